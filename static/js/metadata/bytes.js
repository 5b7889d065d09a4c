// Reading bytes that somebody else made: every read is checked, and every amount has a limit.

/** A file, or a part of it, is not what its kind promises, or is larger than what is looked at. */
export class Unreadable extends Error {}

/** Bytes with numbers in them. Reading beyond the end throws Unreadable. */
export class View {
  #data;
  #little;

  /**
   * @param {Uint8Array} bytes
   * @param {boolean} [little] whether numbers begin with their lowest byte
   */
  constructor(bytes, little = false) {
    this.bytes = bytes;
    this.size = bytes.length;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#little = little;
  }

  /** @param {number} at */
  u8(at) {
    return this.#data.getUint8(this.#check(at, 1));
  }

  /** @param {number} at */
  u16(at) {
    return this.#data.getUint16(this.#check(at, 2), this.#little);
  }

  /** @param {number} at */
  u32(at) {
    return this.#data.getUint32(this.#check(at, 4), this.#little);
  }

  /**
   * A whole slice of `length` bytes, not copied.
   * @param {number} at
   * @param {number} length
   */
  slice(at, length) {
    this.#check(at, length);
    return this.bytes.subarray(at, at + length);
  }

  /**
   * `length` bytes as characters U+0000 to U+00FF.
   * @param {number} at
   * @param {number} length
   */
  latin(at, length) {
    return latin(this.slice(at, length));
  }

  /**
   * @param {number} at
   * @param {number} length
   */
  #check(at, length) {
    if (!(at >= 0 && length >= 0 && at + length <= this.size)) throw new Unreadable();
    return at;
  }
}

/**
 * Each byte as the character of the same number.
 * @param {Uint8Array} bytes
 */
export function latin(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return pieces.join("");
}

/**
 * Text in UTF-8, or in Latin 1 where it is no UTF-8. Ends at the first zero byte.
 * @param {Uint8Array} bytes
 */
export function text(bytes) {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(used);
  } catch {
    return latin(used);
  }
}

/**
 * Text in UTF-16, little end first. Ends at the first zero.
 * @param {Uint8Array} bytes
 */
export function wide(bytes) {
  return new TextDecoder("utf-16le").decode(bytes).replace(/\0.*$/su, "");
}

/**
 * The bytes of a stretch of a file. Rejects where it cannot be read.
 * @param {Blob} file
 * @param {number} start
 * @param {number} end
 */
export async function read(file, start, end) {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

/**
 * What was compressed: no more than `most` bytes, or Unreadable.
 * @param {Uint8Array} bytes
 * @param {"deflate" | "deflate-raw"} format
 * @param {number} most
 */
export async function inflate(bytes, format, most) {
  if (typeof DecompressionStream === "undefined") throw new Unreadable();
  const source = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream();
  const reader = source.pipeThrough(new DecompressionStream(format)).getReader();
  const pieces = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return join(pieces);
      pieces.push(value);
      size += value.length;
      if (size > most) break;
    }
  } catch {
    throw new Unreadable();
  }
  await reader.cancel();
  throw new Unreadable();
}

/**
 * The pieces as one.
 * @param {readonly Uint8Array[]} pieces
 */
export function join(pieces) {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Whether `bytes` begin with these characters.
 * @param {Uint8Array} bytes
 * @param {string} beginning
 * @param {number} [at]
 */
export function begins(bytes, beginning, at = 0) {
  return latin(bytes.subarray(at, at + beginning.length)) === beginning;
}

/**
 * Do `look`, and note that something could not be read where it cannot.
 * @param {import("./findings.js").Findings} found
 * @param {() => void | Promise<void>} look
 */
export async function attempt(found, look) {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.add("unread");
  }
}
