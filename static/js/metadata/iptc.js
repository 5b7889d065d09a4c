// What picture editors keep in a JPEG: Photoshop's resources, and IPTC within them.
//
//     resource: "8BIM" ‖ id(2) ‖ name (length, characters, filled to even) ‖ length(4) ‖ data
//     IPTC data set: 0x1C ‖ record ‖ number ‖ length(2) ‖ data

import { Unreadable, View, text } from "./bytes.js";

/** @typedef {import("./findings.js").Findings} Findings */

const IPTC = 0x0404;
const THUMBNAILS = [0x0409, 0x040c];
const VERSION = 0;
const MOST = 1000;

/** @type {Readonly<Record<number, string>>} */
const KINDS = {
  5: "title",
  25: "title",
  105: "title",
  120: "title",
  55: "date",
  60: "date",
  62: "date",
  65: "software",
  80: "author",
  110: "author",
  115: "author",
  116: "author",
  122: "author",
  90: "place",
  92: "place",
  95: "place",
  101: "place",
};

/**
 * Note what the resources say.
 * @param {Uint8Array} bytes behind "Photoshop 3.0" and its zero
 * @param {Findings} found
 */
export function readResources(bytes, found) {
  const view = new View(bytes);
  let at = 0;
  for (let number = 0; number < MOST && at + 12 <= view.size; number += 1) {
    if (view.latin(at, 4) !== "8BIM") throw new Unreadable();
    const id = view.u16(at + 4);
    const name = view.u8(at + 6) + 1;
    if (name > 1) found.add("other");
    const start = at + 6 + name + (name % 2);
    const data = view.slice(start + 4, view.u32(start));
    if (id === IPTC) readIptc(data, found);
    else found.add(THUMBNAILS.includes(id) ? "thumbnail" : "other");
    at = start + 4 + data.length + (data.length % 2);
  }
  noteRest(bytes.subarray(at), found);
}

/**
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
function readIptc(bytes, found) {
  const view = new View(bytes);
  let at = 0;
  for (let number = 0; number < MOST && at + 5 <= view.size && view.u8(at) === 0x1c; number += 1) {
    const data = view.slice(at + 5, view.u16(at + 3));
    const set = view.u8(at + 2);
    const kind = view.u8(at + 1) === 2 ? KINDS[set] : undefined;
    const isVersion = view.u8(at + 1) === 2 && set === VERSION && data.length <= 2;
    if (kind !== undefined) found.add(kind, text(data));
    else if (!isVersion) found.add("other");
    at += 5 + data.length;
  }
  noteRest(bytes.subarray(at), found);
}

/**
 * What stands behind the last one, but for zeros that fill it.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
function noteRest(bytes, found) {
  if (bytes.some((each) => each !== 0)) found.add("other");
}
