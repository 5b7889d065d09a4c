// The envelope: what a server stores. The twin of crypto/envelope.py (docs/protocol.md §5).
//
//     header = version(1) ‖ chain(1) ‖ seq(4, LE) ‖ mailbox(32) ‖ recipient(32) ‖ prev(32)
//              ‖ H(commit, com)                                                    134 bytes
//     body   = n(24) ‖ XChaCha20-Poly1305(enc, n, AD = header, pad(signature(64) ‖ payload))
//     id     = H(envelope, header, H(body, body))
//
// Opening checks, in this order: (1) sizes (2) version (3) id (4) wrap (5) commitment (6) AEAD
// (7) padding (8) form (9) signature. (1) to (3) are the constructors' here, (4) is `wrapping`, (5) to
// (7) are `openContent`, (8) and (9) belong to `opening`. The `case` chain is the team's own: its
// headers are told apart from ours here, and nothing of it is ever opened.

import { concat, littleEndian, readLittleEndian, same } from "./bytes.js";
import {
  AEAD_TAG,
  CONTEXT,
  HEADER,
  ID,
  LARGEST_BODY,
  LARGEST_CONTENT,
  NONCE,
  SECRET,
  SIGNATURE,
  SMALLEST_BODY,
  TAG,
  VERSION,
} from "./constants.js";
import { Malformed, UnknownVersion, WrongCommitment, WrongLength, WrongPlace } from "./errors.js";
import { pad, paddedLength, unpad } from "./padding.js";
import { H, aeadOpen, aeadSeal, derive, equal } from "./primitives.js";

/** `prev` of the first envelope of a chain. */
export const NO_PREV = new Uint8Array(ID);
export const LARGEST_SEQ = 2 ** 32 - 1;

/** The three chains of a mailbox; the value is the byte in the header. */
export const CHAIN = Object.freeze({ REPORTER: 1, TEAM: 2, CASE: 3 });

/**
 * @typedef {1 | 2 | 3} Chain one of `CHAIN`
 * @typedef {object} Place where an envelope goes, and the card it is first sealed to
 * @property {Chain} chain
 * @property {number} seq
 * @property {Uint8Array} mailbox
 * @property {Uint8Array} recipient
 * @property {Uint8Array} prev
 */

/** The part of an envelope a server reads. All of it is signed inside. */
export class Header {
  /**
   * @param {Place} place
   * @param {Uint8Array} commitment 32 bytes
   */
  constructor(place, commitment) {
    this.chain = place.chain;
    this.seq = place.seq;
    this.mailbox = place.mailbox;
    this.recipient = place.recipient;
    this.prev = place.prev;
    this.commitment = commitment;
    Object.freeze(this);
  }

  /** @returns {Uint8Array<ArrayBuffer>} 134 bytes */
  toBytes() {
    return concat(
      Uint8Array.of(VERSION, this.chain),
      littleEndian(this.seq, 4),
      this.mailbox,
      this.recipient,
      this.prev,
      this.commitment,
    );
  }

  /**
   * @param {Uint8Array} data
   * @returns {Header}
   * @throws {WrongLength} unless there are 134 bytes
   * @throws {UnknownVersion}
   * @throws {Malformed} for an unknown chain, or a first envelope with a `prev`
   */
  static fromBytes(data) {
    if (data.length !== HEADER) throw new WrongLength();
    if (data[0] !== VERSION) throw new UnknownVersion();
    const chain = data[1];
    if (chain !== 1 && chain !== 2 && chain !== 3) throw new Malformed();
    const seq = readLittleEndian(data.subarray(2, 6));
    /** @param {number} number */
    const part = (number) => data.slice(6 + number * ID, 6 + (number + 1) * ID);
    const [mailbox, recipient, prev, commitment] = [part(0), part(1), part(2), part(3)];
    if ((seq === 0) !== same(prev, NO_PREV)) throw new Malformed();
    return new Header({ chain, seq, mailbox, recipient, prev }, commitment);
  }
}

/**
 * @param {Uint8Array} body
 * @returns {Uint8Array} `H(body, body)`: stands for a body in its envelope's id, and stays when it is
 *   deleted
 */
export function bodyHash(body) {
  return H(TAG.BODY, body);
}

/**
 * @param {Uint8Array} header its bytes
 * @param {Uint8Array} hashOfBody
 * @returns {Uint8Array} an envelope's id, 32 bytes
 */
export function envelopeId(header, hashOfBody) {
  return H(TAG.ENVELOPE, header, hashOfBody);
}

/** A header and a sealed body. Wraps are kept beside it: re-wrapping keeps the id. */
export class Envelope {
  /**
   * @param {Header} header
   * @param {Uint8Array} body
   * @throws {WrongLength} for a body that no padded content has
   */
  constructor(header, body) {
    const sealed = body.length - NONCE - AEAD_TAG;
    const fits = SMALLEST_BODY <= body.length && body.length <= LARGEST_BODY;
    if (!fits || paddedLength(sealed - 1) !== sealed) throw new WrongLength();
    this.header = header;
    this.body = body;
    this.bodyHash = bodyHash(body);
    /** 32 bytes. */
    this.id = envelopeId(header.toBytes(), this.bodyHash);
    Object.freeze(this);
  }

  /** @returns {Uint8Array<ArrayBuffer>} `header ‖ body` */
  toBytes() {
    return concat(this.header.toBytes(), this.body);
  }
}

/**
 * @param {Place} place in the `reporter` chain, the only one that is written here
 * @param {Uint8Array} payload
 * @param {import("./keys.js").Keys} author
 * @param {Uint8Array} service
 * @param {import("./primitives.js").RandomBytes} randomBytes
 * @returns {{ envelope: Envelope, contentKey: Uint8Array }} the content key, 32 bytes, is still to be
 *   wrapped
 * @throws {WrongLength} for content above `LARGEST_CONTENT`
 * @throws {WrongPlace} behind the last place a chain has, which is where a server can send a writer by
 *   inventing a header; and in another chain
 */
export function seal(place, payload, author, service, randomBytes) {
  if (place.seq > LARGEST_SEQ || place.chain !== CHAIN.REPORTER) throw new WrongPlace();
  const contentKey = randomBytes(SECRET);
  const header = new Header(place, _commitment(contentKey));
  const packed = header.toBytes();
  const signature = author.sign(TAG.SIGN_REPORTER, service, packed, payload);
  const content = concat(signature, payload);
  if (content.length > LARGEST_CONTENT) throw new WrongLength();
  const nonce = randomBytes(NONCE);
  const sealed = aeadSeal(derive(contentKey, 1, CONTEXT.ENCRYPT), nonce, pad(content), packed);
  return { envelope: new Envelope(header, concat(nonce, sealed)), contentKey };
}

/** @typedef {{ signature: Uint8Array, payload: Uint8Array }} Content before anybody looked at who signed it */

/**
 * Checks (5) to (7). The signature is *not* checked here: nothing of the payload may be used but what
 * names its signer.
 * @param {Envelope} envelope
 * @param {Uint8Array} contentKey
 * @returns {Content}
 * @throws {WrongCommitment}
 * @throws {import("./errors.js").DoesNotOpen}
 * @throws {import("./errors.js").WrongPadding}
 * @throws {WrongLength}
 */
export function openContent(envelope, contentKey) {
  if (!equal(_commitment(contentKey), envelope.header.commitment)) throw new WrongCommitment(); // (5)
  const nonce = envelope.body.subarray(0, NONCE);
  const sealed = envelope.body.subarray(NONCE);
  const key = derive(contentKey, 1, CONTEXT.ENCRYPT);
  const content = unpad(aeadOpen(key, nonce, sealed, envelope.header.toBytes())); // (6) (7)
  if (content.length < SIGNATURE || content.length > LARGEST_CONTENT) throw new WrongLength();
  return { signature: content.slice(0, SIGNATURE), payload: content.slice(SIGNATURE) };
}

/** @param {Uint8Array} contentKey */
function _commitment(contentKey) {
  return H(TAG.COMMIT, derive(contentKey, 2, CONTEXT.COMMIT));
}
