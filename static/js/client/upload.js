// Sending a file: read by slices, sealed part by part, several parts at once, before any envelope names
// it (docs/protocol.md §8). What was sent before the connection broke need not be sent again.

import { PART } from "../crypto/constants.js";
import {
  FileManifest,
  NAME_LENGTH,
  newFile,
  fileHash,
  paddedSize,
  partCount,
  partHash,
  partLength,
  sealPart,
} from "../crypto/files.js";
import { ClientError, EmptyFile, Refused, Unreadable } from "./errors.js";

const AT_ONCE = 3; // parts on their way at the same time; each is about 1 MiB of memory
const ANY_TYPE = "application/octet-stream";

/** @typedef {import("./service.js").Service} Service */

/** One file on its way. */
export class Upload {
  #blob;
  #name;
  #place;
  #randomBytes;
  #file;
  /** @type {(Uint8Array | undefined)[]} */
  #hashes = [];
  #begun = false;

  /**
   * @param {Blob} blob
   * @param {string} name
   * @param {number} place which of the files it is, from 0
   * @param {import("../crypto/primitives.js").RandomBytes} randomBytes
   */
  constructor(blob, name, place, randomBytes) {
    if (blob.size === 0) throw new EmptyFile(place);
    this.#blob = blob;
    this.#name = name;
    this.#place = place;
    this.#randomBytes = randomBytes;
    this.#file = newFile(randomBytes);
  }

  /**
   * Send what the server does not hold yet. After an error it can be called again.
   * @param {Service} service
   * @returns {Promise<FileManifest>} for the payload of an envelope that names it. Rejected with
   *   `Unreadable` where the file is gone or was changed, or with a `ClientError`
   */
  async send(service) {
    const parts = partCount(this.#blob.size);
    const missing = await this.#begin(service, parts);
    let done = 0;
    for (let index = 0; index < parts; index += 1) {
      if (!missing.includes(index)) done += partLength(this.#blob.size, index);
    }
    const total = paddedSize(this.#blob.size);
    const tell = () => service.tell({ kind: "moving", place: this.#place, done, total });
    tell();
    /** @type {unknown} */
    let trouble = null;
    const sendParts = async () => {
      for (let index = missing.shift(); index !== undefined; index = missing.shift()) {
        const sealed = await this.#seal(index);
        this.#hashes[index] = partHash(sealed);
        await service.putPart(this.#file.id, index, sealed);
        done += partLength(this.#blob.size, index);
        tell();
      }
    };
    const stopOthers = (/** @type {unknown} */ error) => {
      trouble ??= error;
      missing.length = 0;
    };
    await Promise.all(Array.from({ length: AT_ONCE }, () => sendParts().catch(stopOthers)));
    if (trouble !== null) throw trouble;
    return this.#manifest();
  }

  /**
   * Take it back, as far as the server can be reached. It does so itself in an hour.
   * @param {Service} service
   */
  async cancel(service) {
    if (!this.#begun) return;
    this.#begun = false;
    this.#hashes = [];
    try {
      await service.cancelFile(this.#file.id);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error; // nothing was claimed, so nothing is lost
    }
  }

  /**
   * @param {Service} service
   * @param {number} parts
   * @returns {Promise<number[]>} the parts that still have to be sent
   */
  async #begin(service, parts) {
    const all = Array.from({ length: parts }, (_, index) => index);
    if (this.#begun) {
      try {
        const { held } = await service.fileState(this.#file.id);
        return all.filter((index) => !held.includes(index) || this.#hashes[index] === undefined);
      } catch (error) {
        if (!(error instanceof Refused && error.fault === "unknown")) throw error;
        this.#hashes = []; // it was away for too long, and the server has let go of it
      }
    }
    this.#begun = true;
    await service.startFile(this.#file.id, parts);
    return all;
  }

  /**
   * @param {number} index
   * @returns {Promise<Uint8Array>}
   */
  async #seal(index) {
    const plain = new Uint8Array(partLength(this.#blob.size, index));
    const slice = this.#blob.slice(index * PART, (index + 1) * PART);
    try {
      plain.set(new Uint8Array(await slice.arrayBuffer()));
    } catch {
      throw new Unreadable(this.#place); // the browser also says so of a file that has changed
    }
    return sealPart(this.#file, index, plain, this.#randomBytes);
  }

  #manifest() {
    const size = this.#blob.size;
    const hashes = this.#hashes.filter((each) => each !== undefined);
    if (hashes.length !== partCount(size)) throw new Error("a part was never sent");
    return new FileManifest({
      name: shorten(this.#name),
      type: shorten(this.#blob.type || ANY_TYPE),
      size,
      padded: paddedSize(size),
      id: this.#file.id,
      key: this.#file.key.expose(),
      hash: fileHash(hashes),
    });
  }
}

/**
 * @param {string} text
 * @returns {string} as much of it as a manifest takes
 */
function shorten(text) {
  return [...text.replace(/\p{Surrogate}/gu, "\uFFFD")].slice(0, NAME_LENGTH).join("");
}
