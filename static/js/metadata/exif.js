// Exif: what a camera or a program writes into a picture (TIFF 6.0, CIPA DC-008).
//
//     "II" or "MM" ‖ 42(2) ‖ offset(4) ─► directory: count(2) ‖ entries(12 each) ‖ next(4)
//     entry: tag(2) ‖ type(2) ‖ count(4) ‖ value or its offset(4)

import { Unreadable, View, begins, text, wide } from "./bytes.js";

/** @typedef {import("./findings.js").Findings} Findings */

const MOST_ENTRIES = 512;
const ORIENTATION = 0x0112;
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** @type {Readonly<Record<number, string>>} */
const KINDS = {
  0x010e: "title",
  0x010f: "device",
  0x0110: "device",
  0x0131: "software",
  0x0132: "date",
  0x013b: "author",
  0x013c: "device",
  0x02bc: "other", // XMP in TIFF
  0x8298: "author", // copyright
  0x83bb: "other", // IPTC in TIFF
  0x9003: "date",
  0x9004: "date",
  0x9286: "comment",
  0x9c9b: "title",
  0x9c9c: "comment",
  0x9c9d: "author",
  0x9c9e: "title",
  0x9c9f: "title",
  0xa420: "identifier",
  0xa430: "author", // owner
  0xa431: "serial",
  0xa433: "device",
  0xa434: "device",
  0xa435: "serial",
};
const USER_COMMENT = 0x9286;
const WIDE = { first: 0x9c9b, last: 0x9c9f };
const CHILDREN = { exif: 0x8769, gps: 0x8825, interoperability: 0xa005 };
const THUMBNAIL = [0x0201, 0x0111];
const SMALL = { at: 0x0201, length: 0x0202 };
const LARGEST = 64 * 1024;
const LONGEST_HARMLESS = 64;
const MOST_INTEROPERABLE = 5;
/** How a picture is packed and to be shown, which says nothing of anybody. */
const HARMLESS = new Set([
  0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0111, ORIENTATION, 0x0115, 0x0116, 0x0117, 0x011a,
  0x011b, 0x011c, 0x0128, 0x0153, 0x0213, 0x0214, 0x8769, 0x8825, 0x9000, 0x9101, 0xa000, 0xa001,
  0xa002, 0xa003, 0xa005,
]);

/**
 * Note what Exif says.
 * @param {Uint8Array} bytes beginning with "II" or "MM"
 * @param {Findings} found
 * @returns {number} which way up the picture is, 1 to 8; 0 where it is not said
 */
export function readExif(bytes, found) {
  const order = new View(bytes).latin(0, 2);
  if (order !== "II" && order !== "MM") throw new Unreadable();
  const view = new View(bytes, order === "II");
  if (view.u16(2) !== 42) throw new Unreadable();
  const first = directory(view, view.u32(4));
  readNames(view, first, found);
  const turned = first.entries.get(ORIENTATION);
  const orientation = turned === undefined ? 0 : view.u16(turned + 8);
  const exif = child(view, first, CHILDREN.exif);
  if (exif !== null) readNames(view, exif, found);
  const gps = child(view, first, CHILDREN.gps);
  if (gps !== null && gps.entries.size > 0) found.add("place", place(view, gps));
  if (first.next !== 0) {
    const second = directory(view, first.next);
    if (THUMBNAIL.some((tag) => second.entries.has(tag))) found.add("thumbnail");
    readNames(view, second, found);
  }
  return orientation >= 1 && orientation <= 8 ? orientation : 0;
}

/**
 * The same where nothing else may stand in `bytes`: what no entry names is noted too.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
export function readWholeExif(bytes, found) {
  const orientation = readExif(bytes, found);
  if (bytes.length > LARGEST || hasMore(bytes)) found.add("other");
  return orientation;
}

/**
 * Whether there are bytes besides directories, values and the thumbnail; zeros are none.
 * @param {Uint8Array} bytes
 */
function hasMore(bytes) {
  const view = new View(bytes, begins(bytes, "II"));
  const rest = Uint8Array.from(bytes).fill(0, 0, 8);
  for (const start of starts(view)) {
    const { entries } = directory(view, start);
    rest.fill(0, start, start + 6 + 12 * view.u16(start));
    for (const [tag, entry] of entries) {
      const length = lengthOf(view, entry);
      const noted = !HARMLESS.has(tag) && !THUMBNAIL.includes(tag);
      if (length > 4 && (noted || length <= LONGEST_HARMLESS)) {
        const at = view.u32(entry + 8);
        rest.fill(0, at, at + length);
      }
    }
    const [small, size] = [entries.get(SMALL.at), entries.get(SMALL.length)];
    if (small !== undefined && size !== undefined) {
      const at = view.u32(small + 8);
      rest.fill(0, at, at + view.u32(size + 8));
    }
  }
  return rest.some((each) => each !== 0);
}

/**
 * Where the directories begin that are looked at.
 * @param {View} view
 */
function starts(view) {
  const made = [view.u32(4)];
  const first = directory(view, view.u32(4));
  if (first.next !== 0) made.push(first.next);
  const gps = first.entries.get(CHILDREN.gps);
  if (gps !== undefined) made.push(view.u32(gps + 8));
  const exif = first.entries.get(CHILDREN.exif);
  if (exif !== undefined) {
    const at = view.u32(exif + 8);
    made.push(at);
    const inner = directory(view, at).entries.get(CHILDREN.interoperability);
    const start = inner === undefined ? undefined : view.u32(inner + 8);
    if (start !== undefined && view.u16(start) <= MOST_INTEROPERABLE) made.push(start);
  }
  return made;
}

/**
 * Exif that says which way up a picture is and nothing else: 26 bytes.
 * @param {number} orientation 1 to 8
 */
export function onlyOrientation(orientation) {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  return Uint8Array.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0]);
}

/** @typedef {{ entries: Map<number, number>, next: number }} Directory */

/**
 * @param {View} view
 * @param {number} at
 * @returns {Directory} tag → where its entry stands
 */
function directory(view, at) {
  const count = view.u16(at);
  if (count > MOST_ENTRIES) throw new Unreadable();
  /** @type {Map<number, number>} */
  const entries = new Map();
  for (let index = 0; index < count; index += 1) {
    const entry = at + 2 + 12 * index;
    view.slice(entry, 12);
    entries.set(view.u16(entry), entry);
  }
  const end = at + 2 + 12 * count;
  return { entries, next: end + 4 <= view.size ? view.u32(end) : 0 };
}

/**
 * @param {View} view
 * @param {Directory} parent
 * @param {number} tag
 */
function child(view, parent, tag) {
  const entry = parent.entries.get(tag);
  return entry === undefined ? null : directory(view, view.u32(entry + 8));
}

/**
 * @param {View} view
 * @param {Directory} from
 * @param {Findings} found
 */
function readNames(view, from, found) {
  for (const [tag, entry] of from.entries) {
    const kind = KINDS[tag];
    if (kind === undefined) {
      if (!HARMLESS.has(tag) && !THUMBNAIL.includes(tag) && tag !== 0x0202) found.add("other");
    } else {
      const data = raw(view, entry);
      const value = words(data, tag);
      const content = tag === USER_COMMENT ? data.subarray(8) : data;
      if (value !== "") found.add(kind, kind === "other" ? "" : value);
      else if (content.some((each) => each !== 0 && each !== 0x20)) found.add("other");
    }
  }
}

/**
 * @param {View} view
 * @param {number} entry
 */
function raw(view, entry) {
  const length = lengthOf(view, entry);
  return view.slice(length > 4 ? view.u32(entry + 8) : entry + 8, length);
}

/**
 * @param {View} view
 * @param {number} entry
 */
function lengthOf(view, entry) {
  return (SIZES[view.u16(entry + 2)] ?? 1) * view.u32(entry + 4);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} tag
 */
function words(bytes, tag) {
  if (tag >= WIDE.first && tag <= WIDE.last) return wide(bytes).trim();
  if (tag !== USER_COMMENT) return text(bytes).trim();
  const code = text(bytes.subarray(0, 8));
  const content = bytes.subarray(8);
  if (code !== "UNICODE") return text(content).trim();
  const decoded = wide(content).trim();
  return decoded === "" && content.some((each) => each !== 0) ? " ? " : decoded;
}

/**
 * Degrees, north and east positive; empty where it is not said in a way we know.
 * @param {View} view
 * @param {Directory} gps
 */
function place(view, gps) {
  const north = degrees(view, gps, 1, 2, "S");
  const east = degrees(view, gps, 3, 4, "W");
  return north === null || east === null ? "" : `${north}, ${east}`;
}

/**
 * @param {View} view
 * @param {Directory} gps
 * @param {number} letterTag
 * @param {number} tag
 * @param {string} negative
 */
function degrees(view, gps, letterTag, tag, negative) {
  const letter = gps.entries.get(letterTag);
  const entry = gps.entries.get(tag);
  if (letter === undefined || entry === undefined || view.u32(entry + 4) !== 3) return null;
  const at = view.u32(entry + 8);
  let sum = 0;
  for (const [index, unit] of [1, 60, 3600].entries()) {
    const below = view.u32(at + 8 * index + 4);
    sum += below === 0 ? 0 : view.u32(at + 8 * index) / below / unit;
  }
  const sign = view.latin(letter + 8, 1) === negative ? -1 : 1;
  return (sign * sum).toFixed(5);
}
