// Who may write in the `team` chain of a mailbox, and in which order: the twin of crypto/authors.py
// (docs/protocol.md §5).
//
// An author is an intake group the directory lists, or a case group certified for this mailbox. Along the
// chain epochs never fall and numbers go up by exactly one:
//
//     from            to               when
//     intake e        intake f         f ≥ e
//     intake e        case n + 1       its certificate is an intake group's, of an epoch ≥ e; first with a
//                                      `handover`; n is the highest number so far
//     case n          case n           not after its `closing`, and no second `handover`
//     case n          case n + 1       its certificate is case n's own or an intake group's; first with a
//                                      `handover`
//     case n          intake f         after `closing`, f ≥ every epoch before
//
// A certificate by a case group that no longer has the case is worth nothing: otherwise a handler who was
// removed could certify somebody behind the back of the one who followed.

import { hex, same } from "./bytes.js";
import { namedIssuer, readCertificate } from "./certificates.js";
import { ForeignAuthor } from "./errors.js";
import { Card } from "./keys.js";

/**
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {import("./documents.js").TeamPayload} TeamPayload
 */

/**
 * A verified author. An intake group has number 0 and neither `card` nor `issuer`. A case group's
 * `issuer` signed the last of its certificates; `epoch` is that of the intake group they start from.
 * @typedef {object} Author
 * @property {Uint8Array} id
 * @property {Uint8Array} sign
 * @property {number} epoch
 * @property {number} number
 * @property {Card | null} card
 * @property {Uint8Array | null} issuer
 */

/**
 * @param {TeamPayload} payload of which only the two members are read that name the author
 * @param {Uint8Array} mailbox
 * @param {Directory} directory
 * @returns {Author}
 * @throws {ForeignAuthor}
 * @throws {import("./errors.js").ProtocolError} WrongRole, WrongId, WrongSignature, Malformed
 */
export function findAuthor(payload, mailbox, directory) {
  if (payload.group === null) {
    const { epoch, sign } = _listedGroup(payload.author, directory);
    return { id: payload.author, sign, epoch, number: 0, card: null, issuer: null };
  }
  const author = certifiedGroup(payload.group, mailbox, directory);
  if (!same(author.id, payload.author)) throw new ForeignAuthor();
  return author;
}

/**
 * Each link is of the role `case`, for this mailbox, and numbered one above the one before. No key of the
 * directory may come back as a case group.
 * @param {import("./documents.js").GroupProof} proof
 * @param {Uint8Array} mailbox
 * @param {Directory} directory
 * @returns {Author} the case group at the end of certificates that start at a listed intake group
 */
export function certifiedGroup(proof, mailbox, directory) {
  const [first] = proof.certificates;
  if (first === undefined) throw new ForeignAuthor();
  let subject = namedIssuer(first);
  let issuer = subject;
  let { epoch, sign } = _listedGroup(subject, directory);
  let number = 0;
  for (const signed of proof.certificates) {
    const certificate = readCertificate(signed, "case", subject, sign, directory.service);
    if (certificate.mailbox === null || certificate.number === null) throw new ForeignAuthor();
    if (!same(certificate.mailbox, mailbox)) throw new ForeignAuthor();
    if (number > 0 && certificate.number !== number + 1) throw new ForeignAuthor();
    issuer = subject;
    ({ subject, sign, number } = { ...certificate, number: certificate.number });
  }
  const card = Card.fromBytes(proof.card);
  const isSubject = same(card.id, subject) && same(card.sign, sign);
  if (!isSubject || _isListed(card.id, directory)) throw new ForeignAuthor();
  return { id: card.id, sign, epoch, number, card, issuer };
}

/**
 * @param {Uint8Array} id
 * @param {Directory} directory
 * @returns {import("./directory.js").ListedGroup}
 */
function _listedGroup(id, directory) {
  const group = directory.intakeGroups.get(hex(id));
  if (group === undefined) throw new ForeignAuthor();
  return group;
}

/** @param {Uint8Array} id @param {Directory} directory */
function _isListed(id, directory) {
  const others = [directory.rootCard.id, directory.contactCard.id];
  return directory.intakeGroups.has(hex(id)) || others.some((each) => same(each, id));
}

/** Follows the authors of one `team` chain, envelope by envelope, in the chain's order. */
export class Succession {
  #directory;
  #epoch = 0;
  #number = 0;
  /** @type {Author | null} */
  #current = null;

  /** @param {Directory} directory */
  constructor(directory) {
    this.#directory = directory;
  }

  /** @returns {Card | null} the card to seal to where a case group has the mailbox */
  get caseCard() {
    return this.#current?.card ?? null;
  }

  /**
   * @param {Author} author
   * @param {TeamPayload} payload
   * @throws {ForeignAuthor} unless `author` may write `payload` next
   */
  check(author, payload) {
    const isHandover = payload.kind === "handover";
    if (author.card === null) this.#checkIntake(author, isHandover);
    else if (this.#hasCase(author)) {
      // Or its own key under another certificate.
      if (isHandover || !_areSame(author, this.#current)) throw new ForeignAuthor();
    } else this.#checkNewCase(author, isHandover);
  }

  /**
   * Takes one more envelope whose signature was verified.
   * @param {Author} author
   * @param {TeamPayload} payload
   * @throws {ForeignAuthor}
   */
  admit(author, payload) {
    this.check(author, payload);
    this.#epoch = author.epoch;
    if (author.card !== null) this.#number = author.number;
    this.#current = payload.kind === "closing" ? null : author;
  }

  /** @param {Author} author */
  #hasCase(author) {
    return this.caseCard !== null && same(author.id, this.caseCard.id);
  }

  /** @param {Author} author @param {boolean} isHandover */
  #checkIntake(author, isHandover) {
    const mayNot = isHandover || this.caseCard !== null || author.epoch < this.#epoch;
    if (mayNot) throw new ForeignAuthor();
  }

  /** @param {Author} author @param {boolean} isHandover */
  #checkNewCase(author, isHandover) {
    const isNext = author.number === this.#number + 1 && author.epoch >= this.#epoch;
    if (!isHandover || !isNext || author.issuer === null) throw new ForeignAuthor();
    const isFollowed = this.caseCard !== null && same(author.issuer, this.caseCard.id);
    const isIntake = this.#directory.intakeGroups.has(hex(author.issuer));
    if (!isFollowed && !isIntake) throw new ForeignAuthor();
  }
}

/**
 * @param {Author} one
 * @param {Author | null} other
 * @returns {boolean} whether every member is the same
 */
function _areSame(one, other) {
  if (other === null || one.epoch !== other.epoch || one.number !== other.number) return false;
  /** @type {[Uint8Array | null | undefined, Uint8Array | null | undefined][]} */
  const pairs = [
    [one.id, other.id],
    [one.sign, other.sign],
    [one.card?.id, other.card?.id],
    [one.issuer, other.issuer],
  ];
  return pairs.every(([a, b]) => (a && b ? same(a, b) : a === b));
}
