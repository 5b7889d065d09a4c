// PNG and APNG (W3C PNG, third edition): a signature and chunks.
//
//     89 "PNG" 0D 0A 1A 0A ‖ [length(4) ‖ type(4) ‖ data ‖ CRC-32(4)] … ‖ IEND

import { Unreadable, View, attempt, begins, inflate, join, latin, text } from "./bytes.js";
import { onlyOrientation, readWholeExif } from "./exif.js";
import { keepProfile } from "./profile.js";
import { readXmp } from "./xmp.js";

/** @typedef {import("./findings.js").Findings} Findings */

const SIGNATURE = 8;
const LARGEST_TEXT = 256 * 1024;
const MOST_TEXTS = 100;
/** What is drawn, and how its colours are meant. */
const KEPT = new Set("IHDR PLTE tRNS gAMA sRGB cICP IDAT acTL fcTL fdAT IEND".split(" "));
/** Hints that no decoder needs and that name nobody. */
const HARMLESS = new Set("pHYs bKGD sBIT hIST sPLT".split(" "));
/** The primaries of sRGB; others can be those of one screen. */
const PRIMARIES = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];

/** @type {Readonly<Record<string, string>>} */
const KEYWORDS = {
  author: "author",
  copyright: "author",
  artist: "author",
  "creation time": "date",
  "date:create": "date",
  "date:modify": "date",
  "date:timestamp": "date",
  software: "software",
  source: "device",
  title: "title",
  description: "title",
};

/**
 * Note what a PNG holds besides its picture.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 * @returns {Promise<Uint8Array[] | null>} see readJpeg
 */
export async function readPng(bytes, found) {
  const view = new View(bytes);
  const kept = [view.slice(0, SIGNATURE)];
  let texts = 0;
  let at = SIGNATURE;
  for (;;) {
    const type = view.latin(at + 4, 4);
    const data = view.slice(at + 8, view.u32(at));
    const chunk = view.slice(at, 12 + data.length);
    if (at === SIGNATURE && type !== "IHDR") throw new Unreadable();
    at += chunk.length;
    if (KEPT.has(type)) {
      kept.push(chunk);
    } else if (type < "a") {
      return null; // a decoder has to know it, and we do not
    } else if (type.endsWith("Xt") && (texts += 1) <= MOST_TEXTS) {
      await attempt(found, () => readText(type, data, found));
    } else {
      kept.push(...(await readChunk(type, data, found)));
    }
    if (type === "IEND") {
      if (at < view.size) found.add("trailing");
      return kept;
    }
  }
}

/**
 * Note what a chunk says that a decoder does without; what stays of it.
 * @param {string} type
 * @param {Uint8Array} data
 * @param {Findings} found
 * @returns {Promise<Uint8Array[]>}
 */
async function readChunk(type, data, found) {
  if (type === "eXIf") {
    let orientation = 0;
    await attempt(found, () => {
      orientation = readWholeExif(data, found);
    });
    return orientation > 1 ? [made("eXIf", onlyOrientation(orientation))] : [];
  }
  if (type === "iCCP") return readProfileChunk(data, found);
  if (type === "cHRM") return readPrimaries(data, found);
  if (type === "tIME") {
    await attempt(found, () => found.add("date", time(new View(data))));
  } else if (!HARMLESS.has(type)) {
    found.add("other");
  }
  return [];
}

/** @param {View} view */
function time(view) {
  const [month, day, hour, minute, second] = [2, 3, 4, 5, 6].map((at) =>
    String(view.u8(at)).padStart(2, "0"),
  );
  return `${view.u16(0)}-${month}-${day} ${hour}:${minute}:${second}`;
}

/**
 * keyword ‖ 0 ‖ text, in three forms; two can be compressed.
 * @param {string} type
 * @param {Uint8Array} data
 * @param {Findings} found
 */
async function readText(type, data, found) {
  const end = data.indexOf(0);
  if (end < 0) throw new Unreadable();
  const keyword = latin(data.subarray(0, end));
  let content = data.subarray(end + 1);
  let packed = type === "zTXt";
  if (packed) content = content.subarray(1);
  if (type === "iTXt") {
    packed = content[0] === 1;
    const language = content.indexOf(0, 2);
    const translated = content.indexOf(0, language + 1);
    if (language < 0 || translated < 0) throw new Unreadable();
    content = content.subarray(translated + 1);
  }
  if (packed) content = await inflate(content, "deflate", LARGEST_TEXT);
  if (keyword === "XML:com.adobe.xmp") readXmp(content, found);
  else if (begins(data, "Raw profile type ")) found.add("other");
  else found.add(KEYWORDS[keyword.toLowerCase()] ?? "comment", text(content.subarray(0, 4000)));
}

/**
 * name ‖ 0 ‖ 0 ‖ compressed profile
 * @param {Uint8Array} data
 * @param {Findings} found
 */
async function readProfileChunk(data, found) {
  let profile = null;
  await attempt(found, async () => {
    const bytes = await inflate(data.subarray(data.indexOf(0) + 2), "deflate", LARGEST_TEXT * 16);
    profile = keepProfile(bytes, found);
  });
  if (profile === null) return [];
  const named = new TextEncoder().encode("ICC\0\0");
  return [made("iCCP", join([named, stored(profile)]))];
}

/**
 * @param {Uint8Array} data
 * @param {Findings} found
 */
function readPrimaries(data, found) {
  const view = new View(data);
  const standard = data.length === 32 && PRIMARIES.every((each, at) => view.u32(4 * at) === each);
  if (!standard) found.add("profile");
  return standard ? [made("cHRM", data)] : [];
}

/**
 * A whole chunk.
 * @param {string} type
 * @param {Uint8Array} data
 */
function made(type, data) {
  const checked = join([new TextEncoder().encode(type), data]);
  return join([number(data.length), checked, number(crc(checked))]);
}

/** @param {number} value */
function number(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** @param {Uint8Array} bytes */
function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/**
 * zlib's form without compressing (RFC 1950, 1951 §3.2.4). At most 65,535 bytes.
 * @param {Uint8Array} bytes
 */
function stored(bytes) {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  const size = bytes.length;
  const header = [0x78, 0x01, 1, size & 0xff, size >> 8, ~size & 0xff, (~size >> 8) & 0xff];
  return join([Uint8Array.from(header), bytes, number(high * 65536 + low)]);
}
