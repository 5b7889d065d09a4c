// Padding, so that size says little: the twin of crypto/padding.py (docs/protocol.md §5).

import { SMALLEST_PADDED } from "./constants.js";
import { WrongPadding } from "./errors.js";

const _MARK = 0x80;

/**
 * @param {number} length in bytes; above 2³¹ too, where JavaScript's bit operators end
 * @returns {number} its PADMÉ size: at most 12 % more
 */
export function padme(length) {
  if (length < 2) return length;
  const exponent = _bitLength(length) - 1;
  const unit = 2 ** (exponent - _bitLength(exponent));
  return Math.ceil(length / unit) * unit;
}

/**
 * @param {number} length of the content, in bytes
 * @returns {number} its length once padded: `max(16 KiB, PADMÉ(length + 1))`
 */
export function paddedLength(length) {
  return Math.max(SMALLEST_PADDED, padme(length + 1));
}

/**
 * @param {Uint8Array} content
 * @returns {Uint8Array<ArrayBuffer>} the content, then `0x80`, then zeros
 */
export function pad(content) {
  const padded = new Uint8Array(paddedLength(content.length));
  padded.set(content);
  padded[content.length] = _MARK;
  return padded;
}

/**
 * @param {Uint8Array} padded
 * @returns {Uint8Array} what was padded; every byte of the padding is checked
 * @throws {WrongPadding}
 */
export function unpad(padded) {
  let mark = padded.length - 1;
  while (padded[mark] === 0) mark -= 1;
  if (padded[mark] !== _MARK || paddedLength(mark) !== padded.length) throw new WrongPadding();
  return padded.subarray(0, mark);
}

/**
 * @param {number} value a whole number from 1 to 2⁵³−1
 * @returns {number} how many bits it has
 */
function _bitLength(value) {
  return value.toString(2).length;
}
