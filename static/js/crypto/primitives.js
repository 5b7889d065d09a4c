// The few cryptographic operations everything else is built from: the twin of crypto/primitives.py
// (docs/protocol.md §1, §3, §4).
//
// All of them are libsodium's, compiled for browsers. It is handed in once, by `use`, because how it
// gets here (WebAssembly, or plain JavaScript where that is refused) is not this module's business.
// Randomness is always a parameter: nothing here calls a function of libsodium that draws its own.

import { concat, littleEndian, utf8 } from "./bytes.js";
import {
  AEAD_TAG,
  ED25519_KEY,
  KEM_CIPHERTEXT,
  KEM_KEY,
  NONCE,
  SEALED_BOX,
  SECRET,
  SIGNATURE,
  X25519_KEY,
} from "./constants.js";
import { DoesNotOpen, WrongLength, WrongPoint, WrongSignature } from "./errors.js";

/**
 * @typedef {typeof import("libsodium-wrappers-sumo").default} Sodium
 * @typedef {(length: number) => Uint8Array} RandomBytes a source of randomness: the browser's in
 *   pages, a fixed stream in tests
 * @typedef {{ public: Uint8Array, secret: Uint8Array }} KeyPair
 */

/** @type {Sodium | undefined} */
let _sodium;

/**
 * Every operation below uses this library from now on.
 * @param {Sodium} library libsodium, ready
 */
export function use(library) {
  _sodium = library;
}

/** @returns {Sodium} */
function sodium() {
  if (_sodium === undefined) throw new ReferenceError("libsodium is not loaded");
  return _sodium;
}

/**
 * @param {string} tag one of `TAG`
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} `H(tag, a, b, …)`, 32 bytes: BLAKE2b-256 of `len8(tag) ‖ tag ‖ len64(a) ‖ a ‖
 *   …`; the lengths make it injective
 */
export function H(tag, ...parts) {
  const name = utf8(tag);
  /** @type {Uint8Array[]} */
  const pieces = [Uint8Array.of(name.length), name];
  for (const part of parts) pieces.push(littleEndian(part.length, 8), part);
  return blake2b(concat(...pieces), 32);
}

/**
 * @param {Uint8Array} data
 * @param {number} length of the hash, in bytes
 * @returns {Uint8Array} BLAKE2b (RFC 7693) without a key
 */
export function blake2b(data, length) {
  return sodium().crypto_generichash(length, data, null);
}

/**
 * @param {Uint8Array} key 32 bytes
 * @param {number} number a whole number from 0 to 2⁵³−1
 * @param {string} context one of `CONTEXT`
 * @returns {Uint8Array} libsodium's `crypto_kdf_derive_from_key(32, number, context, key)`
 */
export function derive(key, number, context) {
  return sodium().crypto_kdf_derive_from_key(32, BigInt(number), context, key);
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {boolean} whether they are the same, in time that does not depend on where they differ
 */
export function equal(one, other) {
  return one.length === other.length && sodium().memcmp(one, other);
}

// -- Ed25519 (RFC 8032, libsodium's strict verification) --------------------------------------------

/**
 * @param {Uint8Array} seed 32 bytes
 * @returns {KeyPair} 32 and 64 bytes
 */
export function ed25519Keypair(seed) {
  const { publicKey, privateKey } = sodium().crypto_sign_seed_keypair(seed);
  return { public: publicKey, secret: privateKey };
}

/**
 * @param {Uint8Array} secretKey 64 bytes
 * @param {Uint8Array} message
 * @returns {Uint8Array} its signature, 64 bytes
 */
export function ed25519Sign(secretKey, message) {
  return sodium().crypto_sign_detached(message, secretKey);
}

/**
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} signature
 * @param {Uint8Array} message
 * @throws {WrongSignature} unless `signature` is `publicKey`'s over `message`
 */
export function ed25519Verify(publicKey, signature, message) {
  if (signature.length !== SIGNATURE || publicKey.length !== ED25519_KEY) throw new WrongSignature();
  if (!sodium().crypto_sign_verify_detached(signature, message, publicKey)) throw new WrongSignature();
}

/**
 * @param {Uint8Array} publicKey
 * @throws {WrongPoint} unless canonical, on the curve, in the group of prime order (P14)
 */
export function checkEd25519Point(publicKey) {
  if (publicKey.length !== ED25519_KEY) throw new WrongLength();
  if (!sodium().crypto_core_ed25519_is_valid_point(publicKey)) throw new WrongPoint();
}

// -- XChaCha20-Poly1305 -----------------------------------------------------------------------------

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} nonce 24 bytes
 * @param {Uint8Array} plain
 * @param {Uint8Array} [associated] authenticated beside it
 * @returns {Uint8Array} `plain` encrypted, 16 bytes longer
 */
export function aeadSeal(key, nonce, plain, associated = new Uint8Array()) {
  return sodium().crypto_aead_xchacha20poly1305_ietf_encrypt(plain, associated, null, nonce, key);
}

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} nonce
 * @param {Uint8Array} sealed
 * @param {Uint8Array} [associated]
 * @returns {Uint8Array} what `aeadSeal` was given
 * @throws {DoesNotOpen}
 */
export function aeadOpen(key, nonce, sealed, associated = new Uint8Array()) {
  if (nonce.length !== NONCE || sealed.length < AEAD_TAG) throw new DoesNotOpen();
  try {
    return sodium().crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, associated, nonce, key);
  } catch {
    throw new DoesNotOpen();
  }
}

// -- X25519 sealed boxes ----------------------------------------------------------------------------

const _P = 2n ** 255n - 19n;
const _SMALL_ORDER = [
  0n,
  1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  _P - 1n,
];

/**
 * @param {Uint8Array} seed 32 bytes
 * @returns {KeyPair} what libsodium derives from it, 32 bytes each
 */
export function x25519Keypair(seed) {
  const { publicKey, privateKey } = sodium().crypto_box_seed_keypair(seed);
  return { public: publicKey, secret: privateKey };
}

/**
 * @param {Uint8Array} publicKey
 * @throws {WrongPoint} for an aliased key (≥ p) or one of small order (P13, P14)
 */
export function checkX25519Point(publicKey) {
  if (publicKey.length !== X25519_KEY) throw new WrongLength();
  const u = publicKey.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if (u >= _P || _SMALL_ORDER.includes(u)) throw new WrongPoint();
}

/**
 * @param {Uint8Array} publicKey 32 bytes
 * @param {Uint8Array} plain
 * @param {RandomBytes} randomBytes gives the seed of the ephemeral key
 * @returns {Uint8Array} a libsodium sealed box, 48 bytes longer: `epk ‖ crypto_box(plain)` with the
 *   nonce `BLAKE2b-192(epk ‖ publicKey)`
 */
export function boxSeal(publicKey, plain, randomBytes) {
  const ephemeral = x25519Keypair(randomBytes(SECRET));
  const nonce = blake2b(concat(ephemeral.public, publicKey), NONCE);
  return concat(
    ephemeral.public,
    sodium().crypto_box_easy(plain, nonce, publicKey, ephemeral.secret),
  );
}

/**
 * @param {KeyPair} keys
 * @param {Uint8Array} sealed
 * @returns {Uint8Array} what a sealed box holds
 * @throws {DoesNotOpen}
 */
export function boxOpen(keys, sealed) {
  if (sealed.length < SEALED_BOX) throw new DoesNotOpen();
  try {
    return sodium().crypto_box_seal_open(sealed, keys.public, keys.secret);
  } catch {
    throw new DoesNotOpen();
  }
}

// -- ML-KEM-768 (FIPS 203) --------------------------------------------------------------------------

const _Q = 3329;

/**
 * @param {Uint8Array} seed 64 bytes, `d ‖ z`
 * @returns {KeyPair} the encapsulation key, 1,184 bytes, and the one that opens
 */
export function kemKeypair(seed) {
  const { publicKey, privateKey } = sodium().crypto_kem_mlkem768_seed_keypair(seed);
  return { public: publicKey, secret: privateKey };
}

/**
 * @param {Uint8Array} publicKey
 * @throws {WrongPoint} for an encapsulation key with a coefficient ≥ q (FIPS 203 §7.2)
 */
export function checkKemKey(publicKey) {
  if (publicKey.length !== KEM_KEY) throw new WrongLength();
  for (let at = 0; at + 2 < KEM_KEY - 32; at += 3) {
    const [low = 0, middle = 0, high = 0] = publicKey.subarray(at, at + 3);
    if ((low | ((middle & 15) << 8)) >= _Q || ((middle >> 4) | (high << 4)) >= _Q) {
      throw new WrongPoint();
    }
  }
}

/**
 * @param {Uint8Array} publicKey 1,184 bytes
 * @param {RandomBytes} randomBytes
 * @returns {{ shared: Uint8Array, ciphertext: Uint8Array }} 32 and 1,088 bytes
 * @throws {WrongPoint} for a key that is not reduced
 */
export function kemEncapsulate(publicKey, randomBytes) {
  checkKemKey(publicKey);
  const seed = randomBytes(SECRET);
  const made = sodium().crypto_kem_mlkem768_enc_deterministic(publicKey, seed);
  return { shared: made.sharedSecret, ciphertext: made.ciphertext };
}

/**
 * @param {KeyPair} keys
 * @param {Uint8Array} ciphertext 1,088 bytes; a wrong one gives another secret, not an error
 * @returns {Uint8Array} the shared secret, 32 bytes
 */
export function kemDecapsulate(keys, ciphertext) {
  if (ciphertext.length !== KEM_CIPHERTEXT) throw new WrongLength();
  return sodium().crypto_kem_mlkem768_dec(ciphertext, keys.secret);
}

// -- Argon2id (RFC 9106) ----------------------------------------------------------------------------

/**
 * Slow on purpose: 0.1 s with WebAssembly, ten seconds and more without.
 * @param {Uint8Array} password
 * @param {Uint8Array} salt 16 bytes
 * @param {number} operations passes
 * @param {number} memory in bytes
 * @returns {Uint8Array} 32 bytes
 */
export function argon2id(password, salt, operations, memory) {
  const library = sodium();
  const algorithm = library.crypto_pwhash_ALG_ARGON2ID13;
  return library.crypto_pwhash(32, password, salt, operations, memory, algorithm);
}
