// Wrapping a 32-byte secret to a card: the twin of crypto/wrapping.py (docs/protocol.md §4).
//
//     ss, ct = ML-KEM-768.Encaps(card.kem)                          ct: 1,088 bytes
//     inner  = XChaCha20-Poly1305(H(wrap, ss, ct, card, kind, names…), zero nonce, secret)
//     wrap   = crypto_box_seal(ct ‖ inner, card.box)                1,184 bytes
//
// Two layers, one inside the other. The key of the inner one is used once, so its nonce may be zero; it
// covers the recipient's whole card and what is wrapped for which purpose.

import { concat, utf8 } from "./bytes.js";
import { KEM_CIPHERTEXT, NONCE, SECRET, TAG, WRAP } from "./constants.js";
import { WrongLength } from "./errors.js";
import { H, aeadOpen, aeadSeal, boxOpen, boxSeal, kemDecapsulate, kemEncapsulate } from "./primitives.js";

/**
 * @typedef {import("./keys.js").Card} Card
 * @typedef {import("./keys.js").Keys} Keys
 * @typedef {import("./primitives.js").RandomBytes} RandomBytes
 * @typedef {"envelope" | "half" | "grant"} WrapKind what is wrapped, and the names that go with it: the
 *   envelope's id; the mailbox; the group's and the member's id
 */

const _ZERO_NONCE = new Uint8Array(NONCE);

/**
 * @param {Uint8Array} secret 32 bytes
 * @param {WrapKind} kind
 * @param {readonly Uint8Array[]} names
 * @param {Card} card
 * @param {RandomBytes} randomBytes
 * @returns {Uint8Array} 1,184 bytes that only the holder of `card`'s secret opens, and only as this
 *   kind and under these names
 * @throws {WrongLength} unless `secret` has 32 bytes
 */
export function wrap(secret, kind, names, card, randomBytes) {
  if (secret.length !== SECRET) throw new WrongLength();
  const { shared, ciphertext } = kemEncapsulate(card.kem, randomBytes);
  const key = _innerKey(shared, ciphertext, card, kind, names);
  const inner = aeadSeal(key, _ZERO_NONCE, secret);
  return boxSeal(card.box, concat(ciphertext, inner), randomBytes);
}

/**
 * @param {Uint8Array} wrapped
 * @param {WrapKind} kind
 * @param {readonly Uint8Array[]} names
 * @param {Keys} keys
 * @returns {Uint8Array} the 32 bytes that were wrapped
 * @throws {WrongLength}
 * @throws {import("./errors.js").DoesNotOpen} for a wrap of another card, kind or name
 */
export function unwrap(wrapped, kind, names, keys) {
  if (wrapped.length !== WRAP) throw new WrongLength();
  const opened = boxOpen(keys.box, wrapped);
  const ciphertext = opened.subarray(0, KEM_CIPHERTEXT);
  const inner = opened.subarray(KEM_CIPHERTEXT);
  const shared = kemDecapsulate(keys.kem, ciphertext);
  return aeadOpen(_innerKey(shared, ciphertext, keys.card, kind, names), _ZERO_NONCE, inner);
}

/**
 * @param {Uint8Array} shared
 * @param {Uint8Array} ciphertext
 * @param {Card} card
 * @param {WrapKind} kind
 * @param {readonly Uint8Array[]} names
 */
function _innerKey(shared, ciphertext, card, kind, names) {
  return H(TAG.WRAP, shared, ciphertext, card.toBytes(), utf8(kind), ...names);
}
