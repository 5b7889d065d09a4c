// Bytes and their spellings: what Python's own bytes, int and base64 do for its side.

import { NotCanonical } from "./errors.js";

const _B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const _VALUES = new Map([..._B64].map((character, value) => [character.charCodeAt(0), value]));
const _encoder = new TextEncoder();
// Strict: no replacement, and a byte-order mark stays what it is.
const _decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param {...Uint8Array} parts
 * @returns {Uint8Array<ArrayBuffer>} the parts one after another
 */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * For bytes that are public: ids, keys, documents. Secrets are compared by `primitives.equal`.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 * @returns {boolean} whether they are the same
 */
export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/**
 * @param {number} value a whole number from 0 to 2⁵³−1
 * @param {number} length so many bytes
 * @returns {Uint8Array<ArrayBuffer>} the number, little-endian
 */
export function littleEndian(value, length) {
  const bytes = new Uint8Array(length);
  let left = value;
  for (let at = 0; at < length; at += 1) {
    bytes[at] = left % 256;
    left = Math.floor(left / 256);
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes at most 6, so that the number is exact
 * @returns {number} the number they are, little-endian
 */
export function readLittleEndian(bytes) {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>} its UTF-8; lone surrogates have none, see `isWellFormed`
 */
export function utf8(text) {
  return _encoder.encode(text);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} the text they are the UTF-8 of
 * @throws {NotCanonical} if they are none
 */
export function readUtf8(bytes) {
  try {
    return _decoder.decode(bytes);
  } catch {
    throw new NotCanonical();
  }
}

/**
 * @param {string} text
 * @returns {boolean} whether it has UTF-8: no lone surrogate in it
 */
export function isWellFormed(text) {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * The order of hex is that of the bytes, so it is also what maps and sorted lists are keyed by.
 * @param {Uint8Array} bytes
 * @returns {string} two characters a byte, small letters
 */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} unpadded base64url
 */
export function base64url(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const value = (first << 16) | (second << 8) | third;
    for (let shift = 18; shift >= 0; shift -= 6) text += _B64[(value >> shift) & 63];
  }
  return text.slice(0, Math.ceil((bytes.length * 4) / 3));
}

/**
 * @param {string} text unpadded base64url; bits that belong to no byte are not looked at, because
 *   whoever reads a document writes it again and compares
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {NotCanonical} for other characters, or a length that no bytes have
 */
export function readBase64url(text) {
  if (text.length % 4 === 1) throw new NotCanonical();
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let next = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = _VALUES.get(text.charCodeAt(at));
    if (value === undefined) throw new NotCanonical();
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[next] = held >> bits;
      next += 1;
    }
  }
  return bytes;
}
