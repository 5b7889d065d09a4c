// What a file betrays besides what it shows, and pictures without it. Loaded when somebody chooses a
// file; everything happens on the device. Kinds are told by content, never by a file's name.

import { Unreadable, attempt, begins, latin, read, text } from "./bytes.js";
import { readBoxes } from "./boxes.js";
import { readExif } from "./exif.js";
import { Findings } from "./findings.js";
import { readJpeg } from "./jpeg.js";
import { isMail, readMail } from "./mail.js";
import { isOffice, readOffice } from "./office.js";
import { readPdf } from "./pdf.js";
import { readPng } from "./png.js";
import { readWebp } from "./webp.js";
import { Zip } from "./zip.js";

/** @typedef {import("./findings.js").Finding} Finding */
/**
 * @typedef {"jpeg" | "png" | "webp" | "tiff" | "pdf" | "office" | "old-office" | "film" | "mail" | "text"
 *   | "unknown"} Kind
 */
/** @typedef {{ kind: Kind, findings: Finding[], strippable: boolean }} Inspection */
/** @typedef {(bytes: Uint8Array, found: Findings) => Promise<Uint8Array[] | null>} ReadPicture */

const HEAD = 64 * 1024;
const LARGEST_WHOLE = 64 * 1024 * 1024;
const CONTROL = /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/;
const MARKUP = /^\s*(?:<|\{\\rtf|%!)/;

/** @type {Readonly<Record<"jpeg" | "png" | "webp", ReadPicture>>} */
const PICTURES = { jpeg: readJpeg, png: readPng, webp: readWebp };
const TYPES = { jpeg: "image/jpeg", png: "image/png", webp: "image/webp" };

/**
 * Look a file through. Never rejects: what cannot be read is the finding "unread". Of a large file only
 * the parts that matter are read, and no more than 64 MiB.
 * @param {Blob} file
 * @param {string} [_name] not looked at: a name says what it likes
 * @returns {Promise<Inspection>} its kind; what was found; and whether `strip` can take that away.
 *   "unknown" is a kind that cannot be looked into, which is not the same as one with nothing in it
 */
export async function inspect(file, _name) {
  const found = new Findings();
  /** @type {Kind} */
  let kind = "unknown";
  let strippable = false;
  try {
    kind = kindOf(await read(file, 0, HEAD));
    if (kind === "office") {
      const zip = await Zip.open(file);
      if (isOffice(zip)) await readOffice(zip, found, readOnePicture);
      else kind = "unknown";
    } else if (isPicture(kind)) {
      strippable = (await PICTURES[kind](await whole(file), found)) !== null;
    } else {
      await readOther(kind, file, found);
    }
  } catch {
    // The outermost place: whatever a hostile file does, the person gets an answer.
    found.add("unread");
  }
  return { kind, findings: found.list(), strippable };
}

/**
 * A picture without what was found in it: the same to the pixel, and the same way up.
 * @param {Blob} file
 * @returns {Promise<Blob | null>} null where that cannot be done safely; it is looked through once more
 *   and is null as well where anything is left
 */
export async function strip(file) {
  try {
    const kind = kindOf(await read(file, 0, HEAD));
    if (!isPicture(kind)) return null;
    const pieces = await PICTURES[kind](await whole(file), new Findings());
    if (pieces === null) return null;
    const parts = /** @type {Uint8Array<ArrayBuffer>[]} */ (pieces);
    const stripped = new Blob(parts, { type: TYPES[kind] });
    return (await inspect(stripped)).findings.length === 0 ? stripped : null;
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array} head
 * @returns {Kind}
 */
function kindOf(head) {
  if (begins(head, "\xff\xd8\xff")) return "jpeg";
  if (begins(head, "\x89PNG\r\n\x1a\n")) return "png";
  if (begins(head, "RIFF") && begins(head, "WEBP", 8)) return "webp";
  if (begins(head, "II*\0") || begins(head, "MM\0*")) return "tiff";
  if (latin(head.subarray(0, 1024)).includes("%PDF-")) return "pdf";
  if (begins(head, "PK\x03\x04")) return "office";
  if (begins(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return "old-office";
  if (begins(head, "ftyp", 4)) return "film";
  if (begins(head, "\xff\xfe") || begins(head, "\xfe\xff")) return "text";
  const words = latin(head);
  if (CONTROL.test(words)) return "unknown";
  if (isMail(head)) return "mail";
  return MARKUP.test(text(head)) ? "unknown" : "text";
}

/**
 * @param {Kind} kind
 * @returns {kind is "jpeg" | "png" | "webp"}
 */
function isPicture(kind) {
  return Object.hasOwn(PICTURES, kind);
}

/** @param {Blob} file */
async function whole(file) {
  if (file.size > LARGEST_WHOLE) throw new Unreadable();
  return read(file, 0, file.size);
}

/**
 * @param {Kind} kind
 * @param {Blob} file
 * @param {Findings} found
 */
async function readOther(kind, file, found) {
  if (kind === "pdf") await readPdf(await whole(file), found);
  else if (kind === "film") await readBoxes(file, found);
  else if (kind === "mail") readMail(await read(file, 0, HEAD), found);
  else if (kind === "tiff") readExif(await whole(file), found);
  else if (kind === "old-office") found.add("unread");
}

/**
 * A picture inside a document.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
async function readOnePicture(bytes, found) {
  const kind = kindOf(bytes.subarray(0, HEAD));
  if (isPicture(kind)) await attempt(found, async () => void (await PICTURES[kind](bytes, found)));
}
