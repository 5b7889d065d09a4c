// The directory: the team's public face, signed by a publisher. The twin of crypto/directory.py, for who
// only verifies (docs/protocol.md §6).
//
// It names the one intake group to seal to and every one that ever was. Being listed is a group's
// certificate; only the directory's own days and its publisher's are compared with today, and only by
// who wants to seal. With an expired one everything is still verified and read.

import { hex, same } from "./bytes.js";
import { checkDays, readCertificate, SIGNED_CERTIFICATE } from "./certificates.js";
import { bytes, bytesUpTo, day, integer, list, matching, sortedSet, text } from "./codecs.js";
import { CARD, ED25519_KEY, FINGERPRINT, GIB, ID, MIB, TAG } from "./constants.js";
import { daysFrom } from "./days.js";
import { inner, readDocument, schema } from "./encoding.js";
import {
  ForeignOrigin,
  ForeignService,
  KeysAlike,
  NotCanonical,
  RolledBack,
  WrongId,
} from "./errors.js";
import { Card } from "./keys.js";
import { H } from "./primitives.js";
import { split, verifySigned } from "./signed.js";

/** In days. */
export const LONGEST_VALIDITY = 14;
/** As a browser serialises it: lower case, no path, no final slash. */
export const ORIGIN = "https?://[a-z0-9.-]{1,253}(:[1-9][0-9]{0,4})?";

/** What a client may send. Lengths are in characters or bytes, as named. */
export class Limits extends schema({
  text_characters: integer(1, 40_000),
  payload_bytes: integer(1, MIB),
  files: integer(0, 20),
  file_bytes: integer(0, 2 * GIB),
  plain_file_bytes: integer(0, 2 * GIB),
  unread: integer(1, 1000),
  days_unused: integer(1, 3650),
}) {}

/** The group new reports are sealed to. The two days are for people; nobody compares them. */
export class IntakeGroup extends schema({
  card: bytes(CARD),
  epoch: integer(1),
  first_day: day(),
  last_day: day(),
}) {}

/** A former intake group: enough to verify what it signed. */
export class PastGroup extends schema({
  epoch: integer(1),
  id: bytes(ID),
  sign: bytes(ED25519_KEY),
}) {}

/** The signed document itself, not verified yet: see `readDirectory`. */
export class DirectoryDocument extends schema({
  service: bytes(ID),
  root: bytes(CARD),
  publisher: bytesUpTo(SIGNED_CERTIFICATE),
  name: text(100, 1),
  origins: sortedSet(matching(ORIGIN), 20),
  seq: integer(1),
  issued: day(),
  expires: day(),
  intake: inner(IntakeGroup),
  past: list(inner(PastGroup), 5000),
  contact: bytes(CARD),
  limits: inner(Limits),
  site: bytes(ID),
  previous: bytes(ID),
}) {
  /**
   * Dates in order and not too far apart, an origin, epochs that rise to the intake's.
   * @override
   */
  check() {
    const days = daysFrom(this.issued, this.expires);
    if (days < 0 || days > LONGEST_VALIDITY) throw new NotCanonical();
    if (this.origins.length === 0) throw new NotCanonical();
    let before = 0;
    for (const epoch of [...this.past.map((group) => group.epoch), this.intake.epoch]) {
      if (epoch <= before) throw new NotCanonical();
      before = epoch;
    }
  }
}

/** @typedef {{ readonly epoch: number, readonly sign: Uint8Array }} ListedGroup */

/** A directory that was verified under the root it was asked for. */
export class Directory {
  /**
   * Only `readDirectory` makes one.
   * @param {DirectoryDocument} document
   * @param {Card} rootCard
   * @param {import("./certificates.js").Certificate} publisher
   */
  constructor(document, rootCard, publisher) {
    this.document = document;
    this.rootCard = rootCard;
    this.publisher = publisher;
    /** The card new reports are sealed to. */
    this.intakeCard = Card.fromBytes(document.intake.card);
    /** The card one half of contact details is wrapped to. */
    this.contactCard = Card.fromBytes(document.contact);
    const listed = [
      ...document.past,
      { id: this.intakeCard.id, epoch: document.intake.epoch, sign: this.intakeCard.sign },
    ];
    /** @type {ReadonlyMap<string, ListedGroup>} every intake group that ever was, by its id in hex */
    this.intakeGroups = new Map(listed.map(({ id, epoch, sign }) => [hex(id), { epoch, sign }]));
    Object.freeze(this);
  }

  /** @returns {Uint8Array} the root's card id, 32 bytes */
  get service() {
    return this.document.service;
  }

  /** @returns {number} its number; later ones have higher ones */
  get seq() {
    return this.document.seq;
  }

  /** @returns {Limits} what may be sent */
  get limits() {
    return this.document.limits;
  }

  /** @returns {string} the last day it is good for: its own, or that of its publisher's certificate */
  get lastDay() {
    const [own, publisher] = [this.document.expires, this.publisher.not_after ?? this.document.expires];
    return own < publisher ? own : publisher;
  }

  /**
   * Asked by whoever seals to the intake group, and by nobody else.
   * @param {string} today a day
   * @throws {import("./errors.js").Expired} unless directory and publisher are valid on that day
   */
  checkDay(today) {
    checkDays(this.document.issued, this.document.expires, today);
    this.publisher.checkDay(today);
  }

  /**
   * @param {string} origin as the browser serialises it
   * @throws {ForeignOrigin} unless the directory names it
   */
  checkOrigin(origin) {
    if (!this.document.origins.includes(origin)) throw new ForeignOrigin();
  }
}

/**
 * The order: (1) form (2) the root's card is the pinned one (3) the root certified the publisher (4) the
 * publisher signed (5) no two keys are alike. Days and origin are asked separately.
 * @param {Uint8Array} signed
 * @param {Uint8Array} root 32 bytes of an id, or 20 of a fingerprint
 * @returns {Directory} the verified directory of the service whose root that is
 * @throws {import("./errors.js").Malformed} and its kinds
 * @throws {ForeignService}
 * @throws {import("./errors.js").Forged} and its kinds
 * @throws {KeysAlike}
 */
export function readDirectory(signed, root) {
  const document = readDocument(DirectoryDocument, split(signed).data); // (1)
  const rootCard = Card.fromBytes(document.root);
  const isPinned =
    [ID, FINGERPRINT].includes(root.length) && same(rootCard.id.subarray(0, root.length), root);
  if (!isPinned) throw new ForeignService(); // (2)
  const service = document.service;
  if (!same(service, rootCard.id)) throw new WrongId();
  const publisher = readCertificate(document.publisher, "publisher", service, rootCard.sign, service); // (3)
  verifySigned(signed, TAG.SIGN_DIRECTORY, publisher.sign, service); // (4)
  const directory = new Directory(document, rootCard, publisher);
  _checkDistinct(directory); // (5)
  return directory;
}

/**
 * @param {Uint8Array} signed
 * @returns {Uint8Array} what the next directory names as `previous`
 */
export function directoryHash(signed) {
  return H(TAG.DIRECTORY_HASH, signed);
}

/**
 * One that skips some cannot be linked and is taken: the publisher signed it.
 * @param {Directory} seen
 * @param {Uint8Array} seenSigned
 * @param {Uint8Array} signed
 * @returns {Directory} the verified directory: the one already seen, or one that comes after it
 * @throws as `readDirectory`
 * @throws {RolledBack}
 */
export function readSuccessor(seen, seenSigned, signed) {
  if (same(signed, seenSigned)) return seen;
  const next = readDirectory(signed, seen.service);
  if (next.seq <= seen.seq) throw new RolledBack();
  const follows = same(next.document.previous, directoryHash(seenSigned));
  if (next.seq === seen.seq + 1 && !follows) throw new RolledBack();
  for (const [id, group] of seen.intakeGroups) {
    const listed = next.intakeGroups.get(id);
    const isKept = listed?.epoch === group.epoch && same(listed.sign, group.sign);
    if (!isKept) throw new RolledBack(); // it forgets a key that was listed for good
  }
  return next;
}

/** @param {Directory} directory */
function _checkDistinct(directory) {
  const cards = [directory.rootCard, directory.intakeCard, directory.contactCard];
  const past = directory.document.past;
  const keys = [
    ...cards.flatMap((card) => [card.auth, card.sign, card.box, card.kem]),
    ...past.map((group) => group.sign),
    directory.publisher.sign,
  ].map(hex);
  const ids = [...cards, ...past].map(({ id }) => hex(id));
  const areAlike = new Set(keys).size !== keys.length || new Set(ids).size !== ids.length;
  if (areAlike) throw new KeysAlike();
}
