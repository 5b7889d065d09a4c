// Files: cut into parts that are sealed one by one. The twin of crypto/files.py (docs/protocol.md §8).
//
// A file has a random id and key. Its bytes are zero-filled to max(16 KiB, PADMÉ) and cut into parts of
// 1 MiB (the last may be shorter):
//
//     part i = n(24) ‖ XChaCha20-Poly1305(KDF(key, i, "dbx1part"), n, AD = id ‖ len64(i), bytes)
//
// Nonces are fresh every time a part is sealed, so a part may be made again even when the file has
// changed meanwhile. Nothing of a file is shown or kept before number, hashes and lengths are those of
// its manifest.

import { concat, littleEndian, same } from "./bytes.js";
import { bytes, integer, text } from "./codecs.js";
import {
  CONTEXT,
  GIB,
  ID,
  NONCE,
  PART,
  SEALED_PART_OVERHEAD,
  SECRET,
  SMALLEST_PADDED,
  TAG,
} from "./constants.js";
import { schema } from "./encoding.js";
import { FilesDiffer, NotCanonical, WrongLength } from "./errors.js";
import { Secret } from "./keys.js";
import { padme } from "./padding.js";
import { H, aeadOpen, aeadSeal, derive } from "./primitives.js";

export const LARGEST_FILE = 2 * GIB;
export const NAME_LENGTH = 255;
const _FAILED = -1;

/** @typedef {import("./primitives.js").RandomBytes} RandomBytes */

/** The 32-byte key of one file. */
export class FileKey extends Secret {}

/**
 * A file that is about to be sealed: its random id, 32 bytes, and key.
 * @typedef {{ readonly id: Uint8Array, readonly key: FileKey }} NewFile
 */

/**
 * @param {RandomBytes} randomBytes
 * @returns {NewFile}
 */
export function newFile(randomBytes) {
  return Object.freeze({ id: randomBytes(ID), key: new FileKey(randomBytes(SECRET)) });
}

/**
 * @param {number} size in bytes
 * @returns {number} how many bytes such a file has once zero-filled
 */
export function paddedSize(size) {
  return Math.max(SMALLEST_PADDED, padme(size));
}

/**
 * @param {number} size in bytes
 * @returns {number} how many parts such a file is cut into
 */
export function partCount(size) {
  return Math.ceil(paddedSize(size) / PART);
}

/**
 * @param {number} size of the file, in bytes
 * @param {number} index of the part, from 0
 * @returns {number} how many plain bytes this part has once zero-filled
 */
export function partLength(size, index) {
  if (!Number.isInteger(index) || index < 0 || index >= partCount(size)) throw new WrongLength();
  return Math.min(PART, paddedSize(size) - index * PART);
}

/**
 * @param {NewFile} file
 * @param {number} index of the part, from 0
 * @param {Uint8Array} plain its bytes, already zero-filled
 * @param {RandomBytes} randomBytes
 * @returns {Uint8Array<ArrayBuffer>} the sealed part, 40 bytes longer
 * @throws {WrongLength} for nothing, or more than 1 MiB
 */
export function sealPart(file, index, plain, randomBytes) {
  if (plain.length === 0 || plain.length > PART) throw new WrongLength();
  const nonce = randomBytes(NONCE);
  const sealed = aeadSeal(_partKey(file.key, index), nonce, plain, _partName(file.id, index));
  return concat(nonce, sealed);
}

/**
 * @param {Uint8Array} sealed
 * @returns {Uint8Array} the hash of a sealed part
 */
export function partHash(sealed) {
  return H(TAG.PART, sealed);
}

/**
 * @param {readonly Uint8Array[]} partHashes in the order of the parts
 * @returns {Uint8Array} the hash of a file
 */
export function fileHash(partHashes) {
  return H(TAG.FILE, ...partHashes);
}

/** What a payload says of one file. `name` is data and never a path. */
export class FileManifest extends schema({
  name: text(NAME_LENGTH),
  type: text(NAME_LENGTH),
  size: integer(0, LARGEST_FILE),
  padded: integer(SMALLEST_PADDED),
  id: bytes(ID),
  key: bytes(SECRET),
  hash: bytes(ID),
}) {
  /**
   * The padded length is the one the true length has.
   * @override
   */
  check() {
    if (this.padded !== paddedSize(this.size)) throw new NotCanonical();
  }

  /** @returns {number} how many parts the file has */
  get parts() {
    return partCount(this.size);
  }
}

/**
 * Opens the parts of one file in their order and holds them against its manifest. Give every sealed
 * part to `open`, then call `finish`; only then may the bytes be shown or kept. Every failure is
 * `FilesDiffer` or `DoesNotOpen` (P12: dropped, swapped, repeated, foreign, added parts).
 */
export class PartReader {
  #manifest;
  #key;
  /** @type {Uint8Array[]} */
  #hashes = [];
  #next = 0;

  /** @param {FileManifest} manifest */
  constructor(manifest) {
    this.#manifest = manifest;
    this.#key = new FileKey(manifest.key);
  }

  /**
   * @param {Uint8Array} sealed
   * @returns {Uint8Array} the next part's plain bytes, without the zeros the last ones are filled with
   */
  open(sealed) {
    const [manifest, index] = [this.#manifest, this.#next];
    this.#next = _FAILED; // until this part has turned out to be right
    if (index < 0 || index >= manifest.parts) throw new FilesDiffer();
    const length = partLength(manifest.size, index);
    if (sealed.length !== length + SEALED_PART_OVERHEAD) throw new FilesDiffer();
    this.#hashes.push(partHash(sealed));
    const plain = openPart(manifest.id, this.#key, index, sealed);
    const content = Math.max(0, Math.min(length, manifest.size - index * PART));
    if (plain.subarray(content).some((byte) => byte !== 0)) throw new FilesDiffer();
    this.#next = index + 1;
    return plain.subarray(0, content);
  }

  /** @throws {FilesDiffer} unless every part was there and the hash is the manifest's */
  finish() {
    const manifest = this.#manifest;
    const whole = this.#next === manifest.parts && same(fileHash(this.#hashes), manifest.hash);
    if (!whole) throw new FilesDiffer();
  }
}

/**
 * @param {Uint8Array} file its id
 * @param {FileKey} key
 * @param {number} index of the part, from 0
 * @param {Uint8Array} sealed
 * @returns {Uint8Array} the part's plain bytes, zeros included
 * @throws {import("./errors.js").DoesNotOpen}
 */
export function openPart(file, key, index, sealed) {
  const nonce = sealed.subarray(0, NONCE);
  return aeadOpen(_partKey(key, index), nonce, sealed.subarray(NONCE), _partName(file, index));
}

/** @param {FileKey} key @param {number} index */
function _partKey(key, index) {
  return derive(key.expose(), index, CONTEXT.PART);
}

/** @param {Uint8Array} file @param {number} index */
function _partName(file, index) {
  return concat(file, littleEndian(index, 8));
}
