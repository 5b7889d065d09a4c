// Chains as a server gives them, and what is wrong with them: the twin of crypto/chains.py
// (docs/protocol.md §5). A hole, fork, duplicate or broken link is shown to the reader and never
// smoothed over (P4, P23).

import { hex, same } from "./bytes.js";
import { TAG } from "./constants.js";
import { Envelope, Header, NO_PREV, envelopeId } from "./envelope.js";
import { ProtocolError, WrongId, WrongLength, WrongPlace } from "./errors.js";
import { verify } from "./keys.js";

/**
 * @typedef {import("./envelope.js").Chain} Chain
 * @typedef {"missing" | "fork" | "duplicate" | "broken-link" | "unreadable" | "unknown-mark"} Fault
 *   no envelope at this place and a later one is there; two different ones claim it; the same one was
 *   given twice; it does not name the one before it; its header is none, or of another chain or mailbox;
 *   it says that its author has read an envelope that is not there
 * @typedef {object} Alarm
 * @property {Fault} fault
 * @property {number | null} seq where it was found; null where no place can be told
 */

/** One envelope as a server gives it: nothing of it is verified. */
export class Stored {
  /**
   * @param {object} row
   * @param {Uint8Array} row.header
   * @param {Uint8Array} row.hashOfBody
   * @param {Uint8Array | null} row.body null for a stub
   * @param {readonly (readonly [Uint8Array, Uint8Array])[]} row.wraps pairs of card id and wrap
   * @param {string} row.day the server's word
   * @param {Uint8Array | null} row.deleted the mailbox's signature over the deletion, if there is one
   */
  constructor({ header, hashOfBody, body, wraps, day, deleted }) {
    this.header = header;
    this.hashOfBody = hashOfBody;
    this.body = body;
    this.wraps = wraps;
    this.day = day;
    this.deleted = deleted;
    /** The id of header and body hash, computed: 32 bytes. */
    this.id = envelopeId(header, hashOfBody);
    Object.freeze(this);
  }

  /**
   * Checks (1) to (3).
   * @returns {Envelope} the envelope whose body is here, held against the body hash
   * @throws {import("./errors.js").Malformed} and its kinds
   * @throws {WrongId}
   */
  parseEnvelope() {
    if (this.body === null) throw new WrongLength();
    const header = Header.fromBytes(this.header);
    const envelope = new Envelope(header, this.body);
    if (!same(envelope.bodyHash, this.hashOfBody)) throw new WrongId();
    return envelope;
  }
}

/**
 * A chain in its order, each envelope once, and everything that is wrong with it.
 * @typedef {object} Inspected
 * @property {readonly { readonly header: Header, readonly stored: Stored }[]} entries
 * @property {readonly Alarm[]} alarms
 * @property {ReadonlySet<number>} forked the places that two envelopes claim
 * @property {number} nextSeq where its author writes next
 * @property {Uint8Array} prev what is named there
 */

/** @typedef {Map<string, { header: Header, stored: Stored }>} Sides the envelopes at one place, by id */

/**
 * Of a fork every side is kept, in an order that is not the server's: which one counts is for a person
 * to see. Never throws.
 * @param {Iterable<Stored>} given
 * @param {Chain} chain
 * @param {Uint8Array} mailbox
 * @returns {Inspected}
 */
export function inspect(given, chain, mailbox) {
  /** @type {Alarm[]} */
  const alarms = [];
  /** @type {Map<number, Sides>} */
  const places = new Map();
  for (const stored of given) {
    const header = _readHeader(stored, chain, mailbox);
    if (header === undefined) {
      alarms.push({ fault: "unreadable", seq: null });
      continue;
    }
    const sides = places.get(header.seq) ?? new Map();
    places.set(header.seq, sides);
    const id = hex(stored.id);
    if (sides.has(id)) alarms.push({ fault: "duplicate", seq: header.seq });
    else if (sides.size > 0) alarms.push({ fault: "fork", seq: header.seq });
    if (!sides.has(id)) sides.set(id, { header, stored });
  }
  const ordered = [...places.keys()].sort((one, other) => one - other);
  alarms.push(..._linkFaults(ordered, places));
  const last = ordered.at(-1);
  const newest = last === undefined ? undefined : _inOrder(places.get(last))[0];
  return {
    entries: ordered.flatMap((seq) => _inOrder(places.get(seq))),
    alarms,
    forked: new Set(ordered.filter((seq) => (places.get(seq)?.size ?? 0) > 1)),
    nextSeq: last === undefined ? 0 : last + 1,
    prev: newest?.stored.id ?? NO_PREV,
  };
}

/**
 * @param {Stored} stored
 * @param {Chain} chain
 * @param {Uint8Array} mailbox
 * @returns {Header | undefined} undefined where it is none, or of another chain or mailbox (P3, P23)
 */
function _readHeader(stored, chain, mailbox) {
  try {
    const header = Header.fromBytes(stored.header);
    if (header.chain !== chain || !same(header.mailbox, mailbox)) throw new WrongPlace();
    return header;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** @param {Sides} [sides] */
function _inOrder(sides = new Map()) {
  return [...sides].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

/**
 * @param {readonly number[]} ordered
 * @param {ReadonlyMap<number, Sides>} places
 * @returns {Alarm[]}
 */
function _linkFaults(ordered, places) {
  /** @type {Alarm[]} */
  const faults = [];
  let expected = 0;
  for (const seq of ordered) {
    if (seq > expected) faults.push({ fault: "missing", seq: expected });
    else if (seq > 0) {
      const before = places.get(seq - 1);
      const isBroken = _inOrder(places.get(seq)).some(({ header }) => !before?.has(hex(header.prev)));
      if (isBroken) faults.push({ fault: "broken-link", seq });
    }
    expected = seq + 1;
  }
  return faults;
}

/**
 * What the mailbox says to have deleted: an envelope of the `team` chain. The signature is over the id
 * alone, which names mailbox, chain and place.
 * @typedef {{ readonly seq: number, readonly id: Uint8Array, readonly signature: Uint8Array }} Deletion
 */

/**
 * @param {import("./keys.js").Keys} mailbox
 * @param {Uint8Array} service
 * @param {number} seq
 * @param {Uint8Array} envelope its id
 * @returns {Deletion} of the `team` envelope at that place
 */
export function signDeletion(mailbox, service, seq, envelope) {
  return { seq, id: envelope, signature: mailbox.sign(TAG.SIGN_DELETED, service, envelope) };
}

/**
 * @param {Uint8Array} signKey
 * @param {Uint8Array} service
 * @param {Stored} stub
 * @throws {import("./errors.js").WrongSignature} unless the mailbox itself deleted this envelope
 * @throws {WrongLength} where no deletion lies beside it
 */
export function verifyDeletion(signKey, service, stub) {
  if (stub.deleted === null) throw new WrongLength();
  verify(signKey, stub.deleted, TAG.SIGN_DELETED, service, stub.id);
}
