// What envelopes hold: the payloads a reporter writes and reads. The twin of crypto/documents.py, without
// the team's own chain (docs/protocol.md §5).
//
// Every payload begins with its kind and with the members that name its signer: the card in the
// `reporter` chain, the author's card id in `team`. Nothing else of it may be used before the signature
// holds.

import { SIGNED_CERTIFICATE } from "./certificates.js";
import {
  bytes,
  bytesUpTo,
  choice,
  fixed,
  integer,
  list,
  matching,
  nullable,
  sortedSet,
  text,
} from "./codecs.js";
import { CARD, ID, KIB, NONCE, SECRET, WRAP } from "./constants.js";
import { fromParsed, inner, parse, schema } from "./encoding.js";
import { LARGEST_SEQ } from "./envelope.js";
import { NotCanonical } from "./errors.js";
import { FileManifest } from "./files.js";

export const TEXT_CHARACTERS = 40_000;
export const FILES = 20;
const _LANGUAGE = "[a-z]{2,3}(-[A-Z]{2})?";
const _SLUG = "[a-z0-9]+(-[a-z0-9]+)*";

/** The service's five categories of corruption and abuse, and none of them. */
export const CATEGORIES = /** @type {const} */ ([
  "influence",
  "advantage",
  "sexual",
  "partner",
  "discrimination",
  "other",
]);
/** Where the sender says that the words were sealed. A server can only say the second. */
export const SEALED = /** @type {const} */ (["on device", "on arrival", "by telephone"]);

/**
 * @typedef {typeof CATEGORIES[number]} Category
 * @typedef {typeof SEALED[number]} Sealed
 */

/** An envelope that was read: the newest of the other side's chain. */
export class Link extends schema({ seq: integer(0, LARGEST_SEQ), id: bytes(ID) }) {}

/** One answer of the form. `question` is the question's name, not its wording. */
export class Answer extends schema({
  question: matching(_SLUG),
  answer: text(TEXT_CHARACTERS, 1),
}) {}

/** Contact details of the confidential track, sealed apart (`contact`). */
export class Contact extends schema({
  first: bytes(SECRET),
  second: bytes(WRAP),
  sealed: bytesUpTo(NONCE + 16 * KIB),
}) {}

const _FILES = list(inner(FileManifest), FILES);
const _SEEN = nullable(inner(Link));

// -- the reporter's chain ---------------------------------------------------------------------------

/** The first envelope of a mailbox. */
export class Report extends schema({
  kind: fixed("report"),
  card: bytes(CARD),
  sealed: choice(SEALED),
  language: matching(_LANGUAGE),
  categories: sortedSet(choice(CATEGORIES), CATEGORIES.length),
  forces: sortedSet(matching(_SLUG), 100),
  answers: sortedSet(inner(Answer), 100, (row) => row.question),
  text: text(TEXT_CHARACTERS),
  files: _FILES,
  contact: nullable(inner(Contact)),
  seen: _SEEN,
}) {}

/** Whatever the reporter writes after the report. */
export class Message extends schema({
  kind: fixed("message"),
  card: bytes(CARD),
  sealed: choice(SEALED),
  language: matching(_LANGUAGE),
  text: text(TEXT_CHARACTERS),
  files: _FILES,
  contact: nullable(inner(Contact)),
  seen: _SEEN,
}) {}

/** The reporter takes contact details back; nobody may open them from here on. */
export class ContactWithdrawn extends schema({
  kind: fixed("contact-withdrawn"),
  card: bytes(CARD),
  seen: _SEEN,
}) {}

/** The reporter closes the mailbox for good. */
export class Closed extends schema({
  kind: fixed("closed"),
  card: bytes(CARD),
  seen: _SEEN,
}) {}

/** @typedef {Report | Message | ContactWithdrawn | Closed} ReporterPayload */

// -- the team's chain -------------------------------------------------------------------------------

/** A case group's card and the certificates that lead to it, the oldest first. */
export class GroupProof extends schema({
  card: bytes(CARD),
  certificates: list(bytesUpTo(SIGNED_CERTIFICATE), 100),
}) {}

const _AUTHOR = { author: bytes(ID), group: nullable(inner(GroupProof)) };

/** An analyst has opened what `ack` names. */
export class Receipt extends schema({ kind: fixed("receipt"), ..._AUTHOR, ack: _SEEN }) {}

/** The team writes to the reporter. */
export class Reply extends schema({
  kind: fixed("reply"),
  ..._AUTHOR,
  language: matching(_LANGUAGE),
  text: text(TEXT_CHARACTERS, 1),
  files: _FILES,
  ack: _SEEN,
}) {}

/** The first envelope a new case group signs. Carries no words. */
export class Handover extends schema({ kind: fixed("handover"), ..._AUTHOR, ack: _SEEN }) {}

/** The case group ends; the intake group is the mailbox's again. Carries no words. */
export class Closing extends schema({ kind: fixed("closing"), ..._AUTHOR, ack: _SEEN }) {}

/** Names envelopes of this chain that the team has deleted. */
export class Deleted extends schema({
  kind: fixed("deleted"),
  ..._AUTHOR,
  ids: sortedSet(bytes(ID), 1000),
  ack: _SEEN,
}) {}

/** @typedef {Receipt | Reply | Handover | Closing | Deleted} TeamPayload */

/** @type {ReadonlyMap<unknown, import("./encoding.js").Kind<TeamPayload>>} */
const _TEAM_KINDS = new Map(
  /** @type {[string, import("./encoding.js").Kind<TeamPayload>][]} */ ([
    ["receipt", Receipt],
    ["reply", Reply],
    ["handover", Handover],
    ["closing", Closing],
    ["deleted", Deleted],
  ]),
);

/**
 * @param {Uint8Array} data
 * @returns {TeamPayload} the payload of `team` that `data` is the one form of; its signature is not
 *   verified yet
 * @throws {NotCanonical} for unknown kinds too
 * @throws {import("./errors.js").WrongLength}
 */
export function readTeamPayload(data) {
  const json = parse(data);
  const named = typeof json === "object" && json !== null && "kind" in json ? json.kind : undefined;
  const kind = _TEAM_KINDS.get(named);
  if (kind === undefined) throw new NotCanonical();
  return fromParsed(kind, json, data);
}
