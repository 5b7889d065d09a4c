// Secrets, the keys they expand to, and cards, their public halves: the twin of crypto/keys.py
// (docs/protocol.md §3).
//
//     card = auth(32) ‖ sign(32) ‖ box(32) ‖ kem(1184)        1,280 bytes
//     id   = H(card, auth, H(keys, sign ‖ box ‖ kem))         32 bytes

import { concat } from "./bytes.js";
import { CARD, CONTEXT, ED25519_KEY, FINGERPRINT, SECRET, TAG, X25519_KEY } from "./constants.js";
import { NotCanonical, WrongLength } from "./errors.js";
import {
  H,
  checkEd25519Point,
  checkKemKey,
  checkX25519Point,
  derive,
  ed25519Keypair,
  ed25519Sign,
  ed25519Verify,
  equal,
  kemKeypair,
  x25519Keypair,
} from "./primitives.js";

/** @typedef {import("./primitives.js").KeyPair} KeyPair */

/** 32 bytes that must not be shown. Subclasses say whose they are. */
export class Secret {
  #bytes;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    if (bytes.length !== SECRET) throw new WrongLength();
    this.#bytes = bytes;
  }

  /** @returns {Uint8Array} the 32 bytes. Called only where they are sealed or expanded */
  expose() {
    return this.#bytes;
  }

  /**
   * @param {Secret} other
   * @returns {boolean} whether it is the same secret of the same role
   */
  equals(other) {
    return other.constructor === this.constructor && equal(other.expose(), this.#bytes);
  }

  /** Neither text nor JSON shows anything. */
  toString() {
    return `<${this.constructor.name}>`;
  }

  toJSON() {
    return this.toString();
  }
}

/** A reporter's; derived from the passphrase and never stored. */
export class MailboxSecret extends Secret {
  /** @type {Keys | undefined} */
  #keys;

  /** @returns {Keys} the keys this secret expands to */
  get keys() {
    this.#keys ??= new Keys(this.expose());
    return this.#keys;
  }
}

/** The four keys of a principal. */
export class Keys {
  #auth;
  #sign;
  #box;
  #kem;

  /** @param {Uint8Array} secret 32 bytes */
  constructor(secret) {
    if (secret.length !== SECRET) throw new WrongLength();
    this.#auth = ed25519Keypair(derive(secret, 1, CONTEXT.AUTH));
    this.#sign = ed25519Keypair(derive(secret, 2, CONTEXT.SIGN));
    this.#box = x25519Keypair(derive(secret, 3, CONTEXT.BOX));
    this.#kem = kemKeypair(
      concat(derive(secret, 4, CONTEXT.KEM_FIRST), derive(secret, 5, CONTEXT.KEM_SECOND)),
    );
    /** The public half. */
    this.card = new Card(
      this.#auth.public,
      this.#sign.public,
      this.#box.public,
      this.#kem.public,
    );
  }

  /** @returns {KeyPair} the X25519 keys */
  get box() {
    return this.#box;
  }

  /** @returns {KeyPair} the ML-KEM-768 keys */
  get kem() {
    return this.#kem;
  }

  /**
   * @param {string} tag
   * @param {Uint8Array} service
   * @param {...Uint8Array} parts
   * @returns {Uint8Array} `Sign(sign, tag, …)`: 64 bytes over `H(tag, service, …)`
   */
  sign(tag, service, ...parts) {
    return ed25519Sign(this.#sign.secret, H(tag, service, ...parts));
  }

  /**
   * @param {Uint8Array} service
   * @param {...Uint8Array} parts
   * @returns {Uint8Array} `Sign(auth, "dbx1/login", …)`: the only thing this key ever signs (P17)
   */
  signLogin(service, ...parts) {
    return ed25519Sign(this.#auth.secret, H(TAG.SIGN_LOGIN, service, ...parts));
  }
}

/**
 * @param {Uint8Array} signKey
 * @param {Uint8Array} signature
 * @param {string} tag
 * @param {Uint8Array} service
 * @param {...Uint8Array} parts
 * @throws {import("./errors.js").WrongSignature} unless it is `Sign(signKey, tag, service, parts…)`
 */
export function verify(signKey, signature, tag, service, ...parts) {
  ed25519Verify(signKey, signature, H(tag, service, ...parts));
}

/** A principal's public keys. A mailbox's address is its card's id. */
export class Card {
  /**
   * @param {Uint8Array} auth
   * @param {Uint8Array} sign
   * @param {Uint8Array} box
   * @param {Uint8Array} kem
   */
  constructor(auth, sign, box, kem) {
    this.auth = auth;
    this.sign = sign;
    this.box = box;
    this.kem = kem;
    /** `H(keys, sign ‖ box ‖ kem)`: what a server is given in place of these keys. */
    this.keysHash = H(TAG.KEYS, concat(sign, box, kem));
    /** 32 bytes. */
    this.id = cardId(auth, this.keysHash);
    Object.freeze(this);
  }

  /** @returns {string} what people compare: 32 characters of base32 */
  get fingerprint() {
    return fingerprint(this.id);
  }

  /** @returns {Uint8Array<ArrayBuffer>} 1,280 bytes */
  toBytes() {
    return concat(this.auth, this.sign, this.box, this.kem);
  }

  /**
   * @param {Uint8Array} data
   * @returns {Card}
   * @throws {WrongLength}
   * @throws {import("./errors.js").WrongPoint} for keys no honest principal has
   */
  static fromBytes(data) {
    if (data.length !== CARD) throw new WrongLength();
    const sign = 2 * ED25519_KEY;
    const box = sign + X25519_KEY;
    const keys = /** @type {const} */ ([
      data.slice(0, ED25519_KEY),
      data.slice(ED25519_KEY, sign),
      data.slice(sign, box),
      data.slice(box),
    ]);
    checkEd25519Point(keys[0]);
    checkEd25519Point(keys[1]);
    checkX25519Point(keys[2]);
    checkKemKey(keys[3]);
    return new Card(...keys);
  }
}

/**
 * @param {Uint8Array} auth
 * @param {Uint8Array} keysHash
 * @returns {Uint8Array} a card's id from its `auth` key and the hash of the others
 */
export function cardId(auth, keysHash) {
  return H(TAG.CARD, auth, keysHash);
}

const _BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * @param {Uint8Array} identifier
 * @returns {string} its first 20 bytes as 32 small letters and digits of base32 (RFC 4648)
 */
export function fingerprint(identifier) {
  let bits = "";
  for (const byte of identifier.subarray(0, FINGERPRINT)) bits += byte.toString(2).padStart(8, "0");
  return bits.replace(/.{5}/g, (five) => _BASE32.charAt(Number.parseInt(five, 2)));
}

/**
 * @param {string} text as somebody typed it; spaces and hyphens between characters are ignored
 * @returns {Uint8Array} its 20 bytes
 * @throws {NotCanonical} for anything that is not a whole fingerprint
 */
export function readFingerprint(text) {
  const joined = text.replace(/[\s-]/g, "");
  if (!/^[A-Za-z2-7]{32}$/.test(joined)) throw new NotCanonical();
  let bits = "";
  for (const each of joined.toLowerCase()) bits += _BASE32.indexOf(each).toString(2).padStart(5, "0");
  return Uint8Array.from({ length: FINGERPRINT }, (_, at) =>
    Number.parseInt(bits.slice(8 * at, 8 * at + 8), 2),
  );
}
