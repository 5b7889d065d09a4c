// Zip archives (APPNOTE 6.3): the list at the end, and single entries, without reading the rest.
//
//     … ‖ [PK 01 02 …46 bytes ‖ name ‖ extra ‖ comment] … ‖ PK 05 06 ‖ … count(2) ‖ size(4) ‖ offset(4) …

import { Unreadable, View, inflate, read, text } from "./bytes.js";

const END = 0x06054b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 65_535;
const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const LARGEST_LIST = 4 * 1024 * 1024;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

/**
 * @typedef {{ name: string, flags: number, method: number, packed: number, size: number,
 *   at: number }} Entry
 */

/** A zip file whose list has been read. */
export class Zip {
  #file;

  /**
   * @param {Blob} file
   * @param {readonly Entry[]} entries
   */
  constructor(file, entries) {
    this.#file = file;
    this.entries = entries;
  }

  /**
   * Throws Unreadable for what is no whole zip file, or one over 4 GiB.
   * @param {Blob} file
   */
  static async open(file) {
    const start = Math.max(0, file.size - END_SIZE - LONGEST_COMMENT);
    const tail = new View(await read(file, start, file.size), true);
    let at = tail.size - END_SIZE;
    while (at >= 0 && tail.u32(at) !== END) at -= 1;
    const [size, offset] = [tail.u32(at + 12), tail.u32(at + 16)];
    if (size > LARGEST_LIST || offset + size > file.size) throw new Unreadable();
    return new Zip(file, list(await read(file, offset, offset + size)));
  }

  /** @param {string} name */
  find(name) {
    return this.entries.find((each) => each.name === name);
  }

  /**
   * What an entry holds: no more than `most` bytes, or Unreadable.
   * @param {Entry} entry
   * @param {number} most
   */
  async read(entry, most) {
    if (entry.flags & ENCRYPTED || entry.packed > most || entry.size > most) {
      throw new Unreadable();
    }
    const local = new View(await read(this.#file, entry.at, entry.at + LOCAL_SIZE), true);
    const start = entry.at + LOCAL_SIZE + local.u16(26) + local.u16(28);
    const data = await read(this.#file, start, start + entry.packed);
    if (data.length !== entry.packed) throw new Unreadable();
    if (entry.method === STORED) return data;
    if (entry.method === DEFLATED) return inflate(data, "deflate-raw", most);
    throw new Unreadable();
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Entry[]}
 */
function list(bytes) {
  const view = new View(bytes, true);
  const entries = [];
  for (let at = 0; at + ENTRY_SIZE <= view.size && view.u32(at) === ENTRY; ) {
    const name = text(view.slice(at + ENTRY_SIZE, view.u16(at + 28)));
    entries.push({
      name,
      flags: view.u16(at + 8),
      method: view.u16(at + 10),
      packed: view.u32(at + 20),
      size: view.u32(at + 24),
      at: view.u32(at + 42),
    });
    at += ENTRY_SIZE + view.u16(at + 28) + view.u16(at + 30) + view.u16(at + 32);
  }
  return entries;
}
