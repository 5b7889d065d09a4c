// How one member of a document is written and read: the twin of the codecs of crypto/encoding.py
// (docs/protocol.md §1).
//
// A codec turns a value into JSON and back and refuses what does not fit, in both directions: a
// document that could not be read again cannot be made. Everything raises NotCanonical.

import { base64url, isWellFormed, readBase64url } from "./bytes.js";
import { DOCUMENT_BYTES, LARGEST_INTEGER } from "./constants.js";
import { readDay } from "./days.js";
import { NotCanonical } from "./errors.js";

/**
 * @typedef {null | boolean | number | string | Json[] | { [name: string]: Json }} Json
 * @typedef {string} Day a date in UTC, `YYYY-MM-DD`
 */

/**
 * @template T
 * @typedef {object} Codec
 * @property {(value: T) => Json} write the JSON value of `value`
 * @property {(json: unknown) => T} read the value of the JSON `json`
 */

/**
 * @template T
 * @param {(value: unknown) => value is T} fits
 * @returns {Codec<T>} for values that are their own JSON
 */
function _itself(fits) {
  /** @param {unknown} value */
  const pass = (value) => {
    if (!fits(value)) throw new NotCanonical();
    return value;
  };
  // What fits is a string, a number or a boolean.
  return { write: (value) => /** @type {Json} */ (pass(value)), read: pass };
}

/**
 * @param {number} least
 * @param {number} [most]
 * @returns {Codec<Uint8Array>} bytes as unpadded base64url: `least` to `most` of them, by default
 *   exactly `least`
 */
export function bytes(least, most = least) {
  /** @param {unknown} value @returns {Uint8Array} */
  const fit = (value) => {
    if (!(value instanceof Uint8Array)) throw new NotCanonical();
    if (value.length < least || value.length > most) throw new NotCanonical();
    return value;
  };
  return {
    write: (value) => base64url(fit(value)),
    read: (json) => {
      if (typeof json !== "string") throw new NotCanonical();
      return fit(readBase64url(json));
    },
  };
}

/**
 * @param {number} [most]
 * @returns {Codec<Uint8Array>} at most so many bytes
 */
export function bytesUpTo(most = DOCUMENT_BYTES) {
  return bytes(0, most);
}

/**
 * @param {string} text
 * @returns {number} its length in code points, as Python and the limits count it
 */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * @param {number} most
 * @param {number} [least]
 * @returns {Codec<string>} a string without lone surrogates of `least` to `most` code points
 */
export function text(most, least = 0) {
  return _itself(
    /** @returns {value is string} */
    (value) => {
      if (typeof value !== "string" || !isWellFormed(value)) return false;
      const length = codePoints(value);
      return least <= length && length <= most;
    },
  );
}

/**
 * @param {string} pattern what has to match the whole string; slugs, language tags, origins
 * @returns {Codec<string>}
 */
export function matching(pattern) {
  const whole = new RegExp(`^(?:${pattern})$`);
  return _itself(
    /** @returns {value is string} */ (value) => typeof value === "string" && whole.test(value),
  );
}

/**
 * @param {number} [least]
 * @param {number} [most]
 * @returns {Codec<number>} a whole number, never outside 0…2⁵³−1
 */
export function integer(least = 0, most = LARGEST_INTEGER) {
  return _itself(
    /** @returns {value is number} */
    (value) => typeof value === "number" && Number.isSafeInteger(value) && least <= value && value <= most,
  );
}

/** @returns {Codec<boolean>} */
export function flag() {
  return _itself(/** @returns {value is boolean} */ (value) => typeof value === "boolean");
}

/** @returns {Codec<Day>} a date that there is, `YYYY-MM-DD` */
export function day() {
  return _itself(
    /** @returns {value is Day} */
    (value) => typeof value === "string" && readDay(value) !== undefined,
  );
}

/**
 * @template {string} W
 * @param {readonly W[]} words
 * @returns {Codec<W>} one of them
 */
export function choice(words) {
  const known = new Set(/** @type {readonly unknown[]} */ (words));
  return _itself(/** @returns {value is W} */ (value) => known.has(value));
}

/**
 * @template {string | number} const V
 * @param {V} constant
 * @returns {Codec<V>} this one value, such as a document's kind
 */
export function fixed(constant) {
  return _itself(/** @returns {value is V} */ (value) => value === constant);
}

/**
 * @template T
 * @param {Codec<T>} codec
 * @returns {Codec<T | null>}
 */
export function nullable(codec) {
  return {
    write: (value) => (value === null ? null : codec.write(value)),
    read: (json) => (json === null ? null : codec.read(json)),
  };
}

/**
 * @template T
 * @param {Codec<T>} codec
 * @param {number} most
 * @returns {Codec<readonly T[]>} a list in its own order, of at most `most` values
 */
export function list(codec, most) {
  return {
    write: (value) => {
      if (!Array.isArray(value) || value.length > most) throw new NotCanonical();
      return value.map((each) => codec.write(each));
    },
    read: (json) => {
      if (!Array.isArray(json) || json.length > most) throw new NotCanonical();
      return Object.freeze(json.map((each) => codec.read(each)));
    },
  };
}

/**
 * What is compared is ASCII in every schema, so JavaScript's order of strings is Python's.
 * @template T
 * @param {Codec<T>} codec
 * @param {number} most
 * @param {(json: any) => string | number} [key] of a JSON value; by default the value itself
 * @returns {Codec<readonly T[]>} a set: a list that rises strictly by `key`
 */
export function sortedSet(codec, most, key = (json) => json) {
  const rows = list(codec, most);
  /** @param {unknown} json */
  const check = (json) => {
    const keys = /** @type {unknown[]} */ (json).map(key);
    const rises = keys.every((each, at) => at === 0 || /** @type {any} */ (keys[at - 1]) < each);
    if (!rises) throw new NotCanonical();
  };
  return {
    write: (value) => {
      const json = rows.write(value);
      check(json);
      return json;
    },
    read: (json) => {
      const value = rows.read(json);
      check(json);
      return value;
    },
  };
}
