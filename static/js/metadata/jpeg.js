// JPEG (ITU-T T.81): segments before, between and behind the compressed picture.
//
//     FF D8 ‖ [FF marker ‖ length(2), which counts itself ‖ data] … ‖ FF DA … compressed … ‖ FF D9

import { View, attempt, begins, join } from "./bytes.js";
import { onlyOrientation, readWholeExif } from "./exif.js";
import { readResources } from "./iptc.js";
import { keepProfile } from "./profile.js";
import { readXmp } from "./xmp.js";

/** @typedef {import("./findings.js").Findings} Findings */

const END = 0xd9;
const SCAN = 0xda;
const COMMENT = 0xfe;
const ADOBE = 0xee;
const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const MORE_XMP = "http://ns.adobe.com/xmp/extension/\0";
const PROFILE = "ICC_PROFILE\0";
const RESOURCES = "Photoshop 3.0\0";
const JFIF = "JFIF\0";
const LARGEST_SEGMENT = 65_533;
/** "JFIF" ‖ 0 ‖ version 1.1 ‖ no unit ‖ 1 × 1 ‖ no thumbnail */
const PLAIN_JFIF = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

/**
 * Note what a JPEG holds besides its picture.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 * @returns {Promise<Uint8Array[] | null>} the picture without all that, the same to the pixel; null
 *   where it has something that is not understood
 */
export async function readJpeg(bytes, found) {
  const view = new View(bytes);
  /** @type {Uint8Array[]} */
  const pieces = [];
  const extras = new Extras(found);
  let at = 2;
  for (;;) {
    if (view.u8(at) !== 0xff) return broken(found);
    const marker = view.u8(at + 1);
    if (marker === 0xff) {
      at += 1; // may be filled with these
    } else if (marker === END) {
      pieces.push(view.slice(at, 2));
      if (at + 2 < view.size) found.add("trailing");
      return [view.slice(0, 2), ...extras.kept(), ...pieces];
    } else {
      const length = view.u16(at + 2);
      const data = view.slice(at + 4, length - 2);
      if (!isCoding(marker)) await extras.read(marker, data);
      const end = marker === SCAN ? endOfScan(bytes, at + 2 + length) : at + 2 + length;
      if (isCoding(marker)) pieces.push(bytes.subarray(at, end));
      at = end;
    }
  }
}

/** @param {Findings} found */
function broken(found) {
  found.add("unread");
  return null;
}

/**
 * Frames, tables and scans: what a decoder needs (C0 to CF, DA to DF).
 * @param {number} marker
 */
function isCoding(marker) {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= SCAN && marker <= 0xdf);
}

/**
 * Where the next marker behind a scan stands. FF 00 is a byte of the picture, D0 to D7 restart it.
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function endOfScan(bytes, at) {
  for (let mark = bytes.indexOf(0xff, at); mark >= 0; mark = bytes.indexOf(0xff, mark + 1)) {
    const next = bytes[mark + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return mark;
  }
  return bytes.length;
}

/** The segments a decoder does without: noted, and what little of them stays. */
class Extras {
  #orientation = 0;
  #jfif = false;
  /** @type {Uint8Array | null} */
  #adobe = null;
  /** @type {Map<number, Uint8Array>} */
  #profile = new Map();
  #found;

  /** @param {Findings} found */
  constructor(found) {
    this.#found = found;
  }

  /**
   * @param {number} marker
   * @param {Uint8Array} data
   */
  async read(marker, data) {
    const found = this.#found;
    if (marker === COMMENT) {
      found.add("comment", new TextDecoder().decode(data.subarray(0, 1000)));
    } else if (begins(data, JFIF)) {
      this.#jfif = true;
      if (data.length > PLAIN_JFIF.length) found.add("thumbnail");
    } else if (begins(data, "JFXX\0")) {
      found.add("thumbnail");
    } else if (begins(data, EXIF)) {
      await attempt(found, () => {
        this.#orientation = readWholeExif(data.subarray(EXIF.length), found) || this.#orientation;
      });
    } else if (begins(data, XMP)) {
      readXmp(data.subarray(XMP.length), found);
    } else if (begins(data, MORE_XMP)) {
      readXmp(data.subarray(MORE_XMP.length + 40), found);
    } else if (begins(data, PROFILE)) {
      this.#profile.set(data[PROFILE.length] ?? 0, data.subarray(PROFILE.length + 2));
    } else if (begins(data, RESOURCES)) {
      await attempt(found, () => readResources(data.subarray(RESOURCES.length), found));
    } else if (begins(data, "MPF\0")) {
      found.add("second-picture");
    } else if (marker === ADOBE && begins(data, "Adobe") && data.length === 12) {
      this.#adobe = data; // says how colours are stored
    } else {
      found.add("other");
    }
  }

  /** What stays, made anew. */
  kept() {
    const kept = [];
    if (this.#jfif) kept.push(segment(0xe0, Uint8Array.from(PLAIN_JFIF)));
    if (this.#orientation > 1) {
      kept.push(segment(0xe1, join([letters(EXIF), onlyOrientation(this.#orientation)])));
    }
    const parts = [...this.#profile].sort(([one], [other]) => one - other);
    const profile =
      parts.length > 0 ? keepProfile(join(parts.map(([, part]) => part)), this.#found) : null;
    if (profile !== null && profile.length < LARGEST_SEGMENT - PROFILE.length) {
      kept.push(segment(0xe2, join([letters(PROFILE), Uint8Array.of(1, 1), profile])));
    }
    if (this.#adobe !== null) kept.push(segment(ADOBE, this.#adobe));
    return kept;
  }
}

/** @param {string} characters */
function letters(characters) {
  return new TextEncoder().encode(characters);
}

/**
 * @param {number} marker
 * @param {Uint8Array} data
 */
function segment(marker, data) {
  const length = data.length + 2;
  return join([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), data]);
}
