// PDF (ISO 32000): found by looking for names, not by following the file's own tables, so that
// earlier versions kept in the file are seen too, and a damaged file still says what it holds.

import { Unreadable, inflate, latin } from "./bytes.js";
import { readExif } from "./exif.js";
import { readXmp } from "./xmp.js";

/** @typedef {import("./findings.js").Findings} Findings */

const MOST_STREAMS = 2000;
const MOST_INFLATED = 16 * 1024 * 1024;
const MOST_PICTURES = 16;
const MOST_VERSIONS = 20;
const MOST_NOTES = 2000;
const LARGEST_NOTE = 2000;
const LARGEST_STREAM = 4 * 1024 * 1024;
const LARGEST_OBJECT = 64 * 1024;
const LARGEST_XMP = 256 * 1024;

/** @type {Readonly<Record<string, string>>} */
const KINDS = {
  Author: "author",
  Creator: "software",
  Producer: "software",
  Company: "organisation",
  Manager: "manager",
  Title: "title",
  Subject: "title",
  Keywords: "title",
  CreationDate: "date",
  ModDate: "date",
};
const STRING = String.raw`(\((?:[^()\\]|\\[^]|\((?:[^()\\]|\\[^]){0,400}\)){0,400}\)|<[\s\da-fA-F]{0,2000}>)`;
const NAME = String.raw`/([^\s/<>()[\]{}%]{1,127})\s{0,9}`;
const INFO = new RegExp(`${NAME}(?:${STRING}|${NAME})?`, "g");
/** Whether a press has set the colours' edges: all that it may say of no person. */
const TRAPPED = ["True", "False", "Unknown"];
const ORIGIN = new RegExp(String.raw`/PTEX\.FileName\s{0,9}` + STRING, "g");
const IDENTIFIERS = new RegExp(String.raw`/ID\s{0,9}\[\s{0,9}${STRING}\s{0,9}${STRING}`, "g");
const SIGNER = new RegExp(String.raw`/T\s{0,9}` + STRING);
/** @type {readonly (readonly [RegExp, string])[]} */
const DATED = [
  [new RegExp(String.raw`/M\s{0,9}` + STRING), "date"],
  [new RegExp(String.raw`/CreationDate\s{0,9}` + STRING), "date"],
  [new RegExp(String.raw`/NM\s{0,9}` + STRING), "identifier"],
];
const PLACED = /\/Rect\s{0,9}(?:\[|\d)/g;
const WRAPPED = /\/Filter\s{0,9}(?:\[[^\]]{0,200})?\/(?:JPXDecode|DCT)\b|\[[^\]]{0,200}\/\w+\s{0,9}\/DCTDecode\b/;

/**
 * Note what a PDF holds besides its pages.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
export async function readPdf(bytes, found) {
  const source = latin(bytes);
  if (source.includes("/Encrypt")) found.add("unread");
  const sources = [source, ...(await objectStreams(bytes, source, found))];
  readInfo(sources, found);
  for (const each of sources) {
    if (/\/EmbeddedFiles?\b|\/Sound\s{1,9}\d+\s+\d+\s+R\b/.test(each)) found.add("attachments");
    if (/\/(?:JavaScript|JS)\b/.test(each)) found.add("script");
    if (/\/PieceInfo\b/.test(each)) found.add("other");
    if (/\/Type\s{0,9}\/(?:Sig|DocTimeStamp)\b/.test(each)) found.add("author");
    if (WRAPPED.test(each)) found.add("unread");
    if (/\/PTEX\.InfoDict\b/.test(each)) found.add("path");
    for (const [, path] of each.matchAll(ORIGIN)) found.add("path", decoded(path ?? ""));
    for (const [, one, other] of each.matchAll(IDENTIFIERS)) {
      // The first stays when a file is changed, and leads to the one it was made from.
      if (decoded(one ?? "") !== decoded(other ?? "")) found.add("identifier");
    }
    readNotes(each, found);
  }
  await readXmpStreams(bytes, source, found);
  readPictures(bytes, source, found);
  const ends = source.split("%%EOF").length - 1;
  if (ends > (source.slice(0, 2000).includes("/Linearized") ? 2 : 1)) found.add("history");
}

/**
 * The stream behind `at`, as it is stored; null where there is none near.
 * @param {Uint8Array} bytes
 * @param {string} source
 * @param {number} at somewhere in its dictionary
 */
function stream(bytes, source, at) {
  const head = source.slice(at, at + 4000);
  const begin = /stream\r?\n/.exec(head);
  if (begin === null || head.slice(0, begin.index).includes("endobj")) return null;
  const start = at + begin.index + begin[0].length;
  const length = source.slice(start, start + LARGEST_STREAM).indexOf("endstream");
  if (length < 0) throw new Unreadable();
  const before = source.slice(Math.max(0, at - 1000), at);
  const dictionary = before.slice(before.lastIndexOf(" obj") + 1) + head.slice(0, begin.index);
  // The length can stand in another object; then the line end before "endstream" is no part of it.
  const [, stated, elsewhere] = /\/Length\s+(\d{1,10})(\s+\d+\s+R)?/.exec(dictionary) ?? [];
  const trimmed = source.slice(start, start + length).replace(/\r?\n$/, "").length;
  const used = stated === undefined || elsewhere !== undefined ? trimmed : Number(stated);
  const packed = /\/FlateDecode\b/.test(dictionary);
  return { packed, data: bytes.subarray(start, start + used) };
}

/**
 * What is in the streams that hold objects.
 * @param {Uint8Array} bytes
 * @param {string} source
 * @param {Findings} found
 */
async function objectStreams(bytes, source, found) {
  const texts = [];
  let left = MOST_INFLATED;
  let count = 0;
  const end = source.lastIndexOf("endstream");
  if (source.includes("/ObjStm", end)) found.add("unread");
  for (const { index } of source.slice(0, Math.max(0, end)).matchAll(/\/ObjStm\b/g)) {
    if ((count += 1) > MOST_STREAMS || left <= 0) {
      found.add("unread");
      break;
    }
    try {
      const piece = stream(bytes, source, index);
      if (piece === null) continue;
      const data = piece.packed ? await inflate(piece.data, "deflate", left) : piece.data;
      left -= data.length;
      texts.push(latin(data));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      found.add("unread");
    }
  }
  return texts;
}

/**
 * The document's own entry about itself, in all its versions.
 * @param {readonly string[]} sources
 * @param {Findings} found
 */
function readInfo([source, ...packed], found) {
  const numbers = new Set();
  for (const [, number] of (source ?? "").matchAll(/\/(?:PTEX\.InfoDict|Info)\s+(\d{1,10})\s+\d+\s+R/g)) {
    if (numbers.size < 8) numbers.add(number);
  }
  for (const number of numbers) {
    const start = new RegExp(String.raw`(?:^|\s)${number}\s+\d+\s+obj\b`, "g");
    let versions = 0;
    for (const { index } of (source ?? "").matchAll(start)) {
      if ((versions += 1) > MOST_VERSIONS) break;
      const object = (source ?? "").slice(index, index + LARGEST_OBJECT);
      readEntries(object.split("endobj")[0] ?? "", found);
    }
    for (const each of packed) readEntries(packedObject(each, number), found);
  }
}

/**
 * One object of a stream of objects: [number offset] … object object …
 * @param {string} source
 * @param {string} number
 */
function packedObject(source, number) {
  const table = /^[\s\d]*/.exec(source)?.[0] ?? "";
  const numbers = table.trim().split(/\s+/);
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    if (numbers[at] !== number) continue;
    // Offsets count from the first object, which is where the table ends.
    const start = table.length + Number(numbers[at + 1]) - Number(numbers[1]);
    const length = Number(numbers[at + 3] ?? Infinity) - Number(numbers[at + 1]);
    return source.slice(start, start + Math.min(length, LARGEST_OBJECT));
  }
  return "";
}

/**
 * @param {string} object
 * @param {Findings} found
 */
function readEntries(object, found) {
  for (const [, name, value, word] of object.matchAll(INFO)) {
    const kind = KINDS[name ?? ""];
    const isTrapped = name === "Trapped" && TRAPPED.includes(word ?? "");
    if (kind !== undefined && value !== undefined) found.addEach(kind, [decoded(value)]);
    else if (!isTrapped) found.add("other");
  }
}

/**
 * Who wrote notes into it.
 * @param {string} source
 * @param {Findings} found
 */
function readNotes(source, found) {
  let count = 0;
  for (const { index } of source.matchAll(PLACED)) {
    if ((count += 1) > MOST_NOTES) break;
    const note = dictionary(source, index);
    const name = SIGNER.exec(note)?.[1];
    // Of a field that is the name it has in its form, not of somebody.
    const isField = /\/Subtype\s{0,9}\/Widget\b/.test(note);
    if (name !== undefined && !isField) found.addEach("commenters", [decoded(name)]);
    for (const [pattern, kind] of DATED) {
      const value = pattern.exec(note)?.[1];
      if (value !== undefined) found.addEach(kind, [decoded(value)]);
    }
  }
}

/**
 * The dictionary around `at`, as far as it is near.
 * @param {string} source
 * @param {number} at
 */
function dictionary(source, at) {
  const start = Math.max(0, at - LARGEST_NOTE);
  const before = [...source.slice(start, at).matchAll(/<<|>>/g)].reverse();
  const behind = source.slice(at, at + LARGEST_NOTE).matchAll(/<<|>>/g);
  const opening = firstOpen(before, "<<");
  const closing = firstOpen(behind, ">>");
  return source.slice(opening === null ? start : start + opening, at + (closing ?? LARGEST_NOTE));
}

/**
 * Where the first bracket stands that has no partner before it.
 * @param {Iterable<RegExpExecArray>} brackets
 * @param {string} wanted
 */
function firstOpen(brackets, wanted) {
  let depth = 0;
  for (const { 0: bracket, index } of brackets) {
    if (bracket === wanted && depth === 0) return index;
    depth += bracket === wanted ? -1 : 1;
  }
  return null;
}

/**
 * A string object as text: (literal) or <hexadecimal>, in UTF-16, UTF-8 or Latin 1.
 * @param {string} written
 */
function decoded(written) {
  const inner = written.slice(1, -1);
  const raw = written.startsWith("<")
    ? (inner.replace(/\s/g, "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
    : [...unescaped(inner)].map((each) => each.charCodeAt(0));
  const bytes = Uint8Array.from(raw);
  if (raw[0] === 0xfe && raw[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (raw[0] === 0xef && raw[1] === 0xbb) return new TextDecoder().decode(bytes);
  return latin(bytes);
}

/** @param {string} inner */
function unescaped(inner) {
  /** @type {Readonly<Record<string, string>>} */
  const named = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return inner.replace(/\\([0-7]{1,3}|\r\n|[^])/g, (_, escape) => {
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 0xff);
    return /^[\r\n]/.test(escape) ? "" : (named[escape] ?? escape);
  });
}

/**
 * @param {Uint8Array} bytes
 * @param {string} source
 * @param {Findings} found
 */
async function readXmpStreams(bytes, source, found) {
  let count = 0;
  for (const { index } of source.matchAll(/\/Type\s{0,9}\/Metadata\b/g)) {
    if ((count += 1) > MOST_PICTURES) break;
    try {
      const piece = stream(bytes, source, index);
      if (piece === null) continue;
      readXmp(piece.packed ? await inflate(piece.data, "deflate", LARGEST_XMP) : piece.data, found);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      found.add("unread");
    }
  }
}

/**
 * Photographs in it keep their own Exif.
 * @param {Uint8Array} bytes
 * @param {string} source
 * @param {Findings} found
 */
function readPictures(bytes, source, found) {
  let at = source.indexOf("Exif\0\0");
  for (let count = 0; at >= 0 && count < MOST_PICTURES; count += 1) {
    try {
      readExif(bytes.subarray(at + 6, at + 6 + 65_536), found);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      found.add("unread");
    }
    at = source.indexOf("Exif\0\0", at + 6);
  }
}
