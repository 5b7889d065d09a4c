// Films and pictures of phones (ISO 14496-12, HEIF): boxes in boxes.
//
//     length(4), which counts itself, 1 for a longer one behind the name ‖ name(4) ‖ content

import { Unreadable, View, begins, latin, read } from "./bytes.js";
import { readExif } from "./exif.js";
import { values } from "./markup.js";
import { readXmp } from "./xmp.js";

/** @typedef {import("./findings.js").Findings} Findings */

const MOST_BOXES = 1000;
const LARGEST_MOVIE = 16 * 1024 * 1024;
const PICTURE_HEAD = 8 * 1024 * 1024;
const MOST_XMP = 256 * 1024;
/** A position as ISO 6709 writes it. */
const POSITION = /[+-]\d{2,6}(?:\.\d+)?[+-]\d{3,7}(?:\.\d+)?(?:[+-]\d+(?:\.\d+)?)?[^/]{0,20}\//;
const PICTURES = /^(?:heic|heix|heim|heis|hevc|mif1|msf1|avif|avis)/;
const EPOCH = 2_082_844_800; // seconds from 1904 to 1970

/** @type {readonly (readonly [RegExp, string])[]} */
const TEXTS = [
  [/\u00a9mak|com\.apple\.quicktime\.make|com\.android\.manufacturer/, "device"],
  [/\u00a9mod|com\.apple\.quicktime\.model|com\.android\.model/, "device"],
  [/\u00a9swr|\u00a9too|com\.apple\.quicktime\.software|com\.android\.version/, "software"],
  [/\u00a9day|com\.apple\.quicktime\.creationdate/, "date"],
  [/\u00a9ART|\u00a9aut|com\.apple\.quicktime\.author/, "author"],
  [/\u00a9cmt|\u00a9des/, "comment"],
  [/\u00a9nam/, "title"],
];

/**
 * Note what a film, or a picture in HEIF, holds besides what it shows. Its place is looked for where
 * it usually stands; where it is not there, it may still stand elsewhere.
 * @param {Blob} file
 * @param {Findings} found
 */
export async function readBoxes(file, found) {
  const brand = latin(await read(file, 8, 12));
  if (PICTURES.test(brand)) await readHead(file, found);
  else await readMovie(file, found);
  if (!found.list().some(({ kind }) => kind === "place")) found.add("may-place");
}

/**
 * Exif and XMP stand somewhere near the beginning of a picture.
 * @param {Blob} file
 * @param {Findings} found
 */
async function readHead(file, found) {
  const bytes = await read(file, 0, PICTURE_HEAD);
  const source = latin(bytes);
  const exif = /Exif\0\0(?=II\*\0|MM\0\*)/.exec(source);
  if (exif !== null) readExif(bytes.subarray(exif.index + 6), found);
  const xmp = source.indexOf("<x:xmpmeta");
  if (xmp >= 0) {
    const length = source.slice(xmp, xmp + MOST_XMP).indexOf("</x:xmpmeta>");
    readXmp(bytes.subarray(xmp, xmp + (length < 0 ? MOST_XMP : length)), found);
  }
}

/**
 * @param {Blob} file
 * @param {Findings} found
 */
async function readMovie(file, found) {
  let at = 0;
  for (let number = 0; number < MOST_BOXES && at + 8 <= file.size; number += 1) {
    const head = new View(await read(file, at, at + 16));
    const name = head.latin(4, 4);
    let length = head.u32(0);
    if (length === 1) length = head.u32(8) * 2 ** 32 + head.u32(12);
    if (length === 0) length = file.size - at;
    if (length < 8) throw new Unreadable();
    if (name === "moov" || name === "meta") {
      const size = Math.min(length, LARGEST_MOVIE);
      if (size < length) found.add("unread");
      readTexts(await read(file, at, at + size), found);
    }
    at += length;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
function readTexts(bytes, found) {
  const source = latin(bytes);
  const place = POSITION.exec(source);
  if (place !== null) found.add("place", place[0].slice(0, -1));
  for (const [name, kind] of TEXTS) if (name.test(source)) found.add(kind);
  const header = source.indexOf("mvhd");
  if (header >= 0 && begins(bytes, "\0", header + 4)) {
    const seconds = new View(bytes).u32(header + 8) - EPOCH;
    if (seconds > 0) found.add("date", `${new Date(1000 * seconds).toISOString().slice(0, 19)}Z`);
  }
  found.addEach("software", values(source, "xmp:CreatorTool"));
}
