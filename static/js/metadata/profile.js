// Colour profiles (ICC.1). One that is made for everybody is kept, cut down to its numbers; any other can
// be of one screen or scanner and tells of its owner.
//
//     header(128) ‖ count(4) ‖ [signature(4) ‖ offset(4) ‖ length(4)] … ‖ data

import { Unreadable, View, join, text } from "./bytes.js";

const LARGEST = 64 * 1024;
const MOST_TAGS = 100;
const HEADER = 128;

/** As their makers spell them. */
const STANDARD = new Set([
  "sRGB",
  "sRGB built-in",
  "sRGB IEC61966-2.1",
  "sRGB2014",
  "c2",
  "c2ci",
  "uRGB",
  "Display P3",
  "Adobe RGB (1998)",
  "ProPhoto RGB",
  "Generic Gray Gamma 2.2 Profile",
  "Gray Gamma 2.2",
  "Dot Gain 20%",
]);
const NUMBERS = "rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC wtpt bkpt chad".split(" ");
/** Fields of the header that name a maker, a program, a machine or a day: from, to. */
const NAMING = /** @type {const} */ ([[4, 8], [24, 36], [40, 64], [80, 128]]);

/** @typedef {{ name: string, standard: Uint8Array | null }} Profile */

/**
 * A profile's name; and itself with nothing but its numbers where it is one of those for everybody.
 * Throws Unreadable for a damaged one.
 * @param {Uint8Array} bytes
 * @returns {Profile}
 */
export function readProfile(bytes) {
  const view = new View(bytes);
  view.slice(0, HEADER);
  /** @type {Map<string, Uint8Array>} */
  const tags = new Map();
  const count = Math.min(view.u32(HEADER), MOST_TAGS);
  for (let index = 0; index < count; index += 1) {
    const at = HEADER + 4 + 12 * index;
    tags.set(view.latin(at, 4), view.slice(view.u32(at + 4), view.u32(at + 8)));
  }
  const description = tags.get("desc");
  const name = description === undefined ? "" : described(description);
  const small = view.size <= LARGEST;
  return { name, standard: small && STANDARD.has(name) ? onlyNumbers(view, name, tags) : null };
}

/** @param {Uint8Array} bytes */
function described(bytes) {
  const view = new View(bytes);
  if (view.latin(0, 4) !== "mluc") return text(view.slice(12, view.u32(8))).trim();
  const letters = view.slice(view.u32(24), view.u32(20) & ~1);
  return new TextDecoder("utf-16be").decode(letters).trim();
}

/**
 * @param {View} view
 * @param {string} name
 * @param {Map<string, Uint8Array>} tags
 */
function onlyNumbers(view, name, tags) {
  /** @type {Map<string, Uint8Array>} */
  const kept = new Map([["desc", description(name)]]);
  for (const tag of NUMBERS) {
    const data = tags.get(tag);
    if (data !== undefined) kept.set(tag, data);
  }
  const header = Uint8Array.from(view.slice(0, HEADER));
  for (const [from, to] of NAMING) header.fill(0, from, to);
  const table = new Uint8Array(4 + 12 * kept.size);
  /** @type {Uint8Array[]} */
  const pieces = [header, table];
  const numbers = new DataView(table.buffer);
  numbers.setUint32(0, kept.size);
  let at = HEADER + table.length;
  for (const [index, [tag, data]] of [...kept].entries()) {
    for (let each = 0; each < 4; each += 1) table[4 + 12 * index + each] = tag.charCodeAt(each);
    numbers.setUint32(8 + 12 * index, at);
    numbers.setUint32(12 + 12 * index, data.length);
    const filling = new Uint8Array(-data.length & 3);
    pieces.push(data, filling);
    at += data.length + filling.length;
  }
  const whole = join(pieces);
  new DataView(whole.buffer).setUint32(0, whole.length);
  new DataView(whole.buffer).setUint32(36, 0x61637370); // "acsp"
  return whole;
}

/**
 * A `desc` tag of version 2, which all readers know.
 * @param {string} name in ASCII
 */
function description(name) {
  const bytes = new Uint8Array(12 + name.length + 1 + 78);
  bytes.set([0x64, 0x65, 0x73, 0x63]);
  new DataView(bytes.buffer).setUint32(8, name.length + 1);
  for (let at = 0; at < name.length; at += 1) bytes[12 + at] = name.charCodeAt(at);
  return bytes;
}

/**
 * What to keep of a profile; notes one that is not for everybody.
 * @param {Uint8Array} bytes
 * @param {import("./findings.js").Findings} found
 * @returns {Uint8Array | null}
 */
export function keepProfile(bytes, found) {
  try {
    const { name, standard } = readProfile(bytes);
    if (standard === null) found.add("profile", name);
    return standard;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.add("profile");
    return null;
  }
}
