// What client and server say to each other over HTTP, as far as a reporter's side says it: the twin of
// dropbox/wire.py. Nothing here is trusted by anybody: what matters is signed inside the envelopes.
//
//     parcel = len32(document) ‖ document ‖ len32(blob 0) ‖ blob 0 ‖ …      (little-endian)

import { base64url, concat, littleEndian, readLittleEndian } from "../crypto/bytes.js";
import {
  bytes,
  choice,
  day,
  flag,
  integer,
  list,
  matching,
  nullable,
  sortedSet,
  text,
} from "../crypto/codecs.js";
import {
  ED25519_KEY,
  HEADER,
  ID,
  KIB,
  LARGEST_BODY,
  MIB,
  PART,
  SEALED_PART_OVERHEAD,
  SIGNATURE,
  WRAP,
} from "../crypto/constants.js";
import { inner, schema } from "../crypto/encoding.js";
import { NotCanonical } from "../crypto/errors.js";

/** Carries the session token. A header and no cookie: a page elsewhere cannot send it. */
export const SESSION_HEADER = "Dropbox-Session";
/** Carries a proof of work: `token counter subject`, with one space between. */
export const WORK_HEADER = "Dropbox-Work";
/** Comes with a refusal that passes: seconds, coarse, after which to try again. */
export const WAIT_HEADER = "Retry-After";
/** The most seconds that it names. */
export const LONGEST_WAIT = 3600;

export const FILES_PER_ENVELOPE = 20;
export const DELETIONS_PER_REQUEST = 256;
export const WRAPS_PER_ENVELOPE = 8;
export const LARGEST_PART = PART + SEALED_PART_OVERHEAD;
/** Parts of a file of 2 GiB once padded, rounded up. */
export const LARGEST_PARTS = 2 * 1024 + 256;
export const LARGEST_SMALL = 64 * KIB;
export const LARGEST_DIRECTORY = MIB;
export const LARGEST_SUBMISSION =
  2 * (HEADER + LARGEST_BODY + WRAPS_PER_ENVELOPE * WRAP) + LARGEST_SMALL;
export const LARGEST_PAGE = 4 * MIB + LARGEST_SUBMISSION;

const _LARGEST_SEQ = 2 ** 32 - 1;

/** Why a request was refused, and the one status each reason has. */
export const FAULTS = Object.freeze({
  malformed: 400,
  "no-session": 401,
  refused: 403,
  unknown: 404,
  "other-group": 409,
  "place-taken": 412,
  "too-large": 413,
  encoded: 415,
  misled: 421,
  "files-differ": 422,
  "expired-directory": 423,
  "too-early": 425,
  "work-needed": 428,
  "too-many-unread": 429,
  failed: 500,
  busy: 503,
  full: 507,
});

/** @typedef {keyof typeof FAULTS} Fault */

const _faults = /** @type {Fault[]} */ (Object.keys(FAULTS));

/** The body of every answer that is not a success. */
export class Refusal extends schema({ fault: choice(_faults), sentence: text(200) }) {}

/** `POST /api/challenge`: to be signed within 60 seconds, once. */
export class Challenge extends schema({ challenge: text(1024) }) {}

/** `POST /api/session`: the answer to a challenge (docs/protocol.md §9). */
export class Login extends schema({
  auth: bytes(ED25519_KEY),
  keys: bytes(ID),
  challenge: text(1024),
  origin: text(300),
  signature: bytes(SIGNATURE),
  certificate: nullable(bytes(0, 4 * KIB)),
}) {}

/** The answer to a log-in: a token, which goes into a header, good for 15 minutes. */
export class Session extends schema({
  session: matching("[A-Za-z0-9._~+/=-]{1,1024}"),
  role: choice(/** @type {const} */ (["mailbox", "analyst", "publisher"])),
}) {}

/** `POST /api/work`: asks for a token after a `work-needed`. */
export class WorkRequest extends schema({
  purpose: choice(/** @type {const} */ (["report", "file"])),
}) {}

/** The answer: a token, which goes into a header, and the zero bits a proof has to have. */
export class Work extends schema({
  token: matching("[A-Za-z0-9._~+/=-]{1,1024}"),
  difficulty: integer(0, 256),
}) {}

/** What an envelope's sender says of one of its files: compared with the parts held. */
export class FileClaim extends schema({
  file: bytes(ID),
  parts: integer(1, LARGEST_PARTS),
  hash: bytes(ID),
}) {}

/** One envelope of a submission. Its bytes and wraps are the parcel's blobs, in this order. */
export class Place extends schema({
  recipients: list(bytes(ID), WRAPS_PER_ENVELOPE),
  files: list(inner(FileClaim), FILES_PER_ENVELOPE),
  use: nullable(bytes(ID)),
}) {}

/** `POST /api/envelopes` and `POST /api/closing`: the document of a parcel. */
export class Submission extends schema({ places: list(inner(Place), 2) }) {}

/** The answer to a submission, given only after the commit is on the disk. */
export class Receipt extends schema({ ids: list(bytes(ID), 2), day: day() }) {}

/** One envelope of the caller's `team` chain, and the mailbox's signature over its deletion. */
export class Deletion extends schema({
  seq: integer(0, _LARGEST_SEQ),
  id: bytes(ID),
  signature: bytes(SIGNATURE),
}) {}

/** `POST /api/deletions`: all of them are deleted, or none. Asking again changes nothing. */
export class Deletions extends schema({
  deletions: list(inner(Deletion), DELETIONS_PER_REQUEST),
}) {}

/** `POST /api/files`: room for a file that an envelope will name within the hour. */
export class FileStart extends schema({ file: bytes(ID), parts: integer(1, LARGEST_PARTS) }) {}

/** `GET /api/files/{file}`: the parts the server holds. */
export class FileState extends schema({
  parts: integer(1, LARGEST_PARTS),
  held: sortedSet(integer(0, LARGEST_PARTS - 1), LARGEST_PARTS),
}) {}

/** One envelope of a listing. Its blobs are the header, the body and the wraps, where present. */
export class Entry extends schema({
  position: integer(),
  mailbox: bytes(ID),
  day: day(),
  body_hash: bytes(ID),
  has_body: flag(),
  wraps: list(bytes(ID), WRAPS_PER_ENVELOPE),
  files: list(inner(FileClaim), FILES_PER_ENVELOPE),
  use: nullable(bytes(ID)),
  deleted: nullable(bytes(SIGNATURE)),
}) {}

/** `GET /api/mailbox/{from}`: a page of a listing, the document of a parcel. */
export class Page extends schema({
  use: nullable(bytes(ID)),
  entries: list(inner(Entry), 1000),
  more: flag(),
}) {}

/**
 * @param {{ token: string, counter: number, subject: Uint8Array }} proof
 * @returns {string} as it is sent
 */
export function writeProof({ token, counter, subject }) {
  return `${token} ${counter} ${base64url(subject)}`;
}

/**
 * @param {Uint8Array} document
 * @param {readonly Uint8Array[]} blobs
 * @returns {Uint8Array<ArrayBuffer>} the parcel of a document's bytes and the blobs behind it
 */
export function pack(document, blobs) {
  return concat(...[document, ...blobs].flatMap((blob) => [littleEndian(blob.length, 4), blob]));
}

/**
 * @param {Uint8Array} parcel
 * @returns {[Uint8Array, Uint8Array[]]} the document's bytes and the blobs
 * @throws {NotCanonical}
 */
export function unpack(parcel) {
  const blobs = [];
  for (let at = 0; at < parcel.length; ) {
    if (at + 4 > parcel.length) throw new NotCanonical();
    const end = at + 4 + readLittleEndian(parcel.subarray(at, at + 4));
    if (end > parcel.length) throw new NotCanonical();
    blobs.push(parcel.subarray(at + 4, end));
    at = end;
  }
  const [document, ...rest] = blobs;
  if (document === undefined) throw new NotCanonical();
  return [document, rest];
}
