// WebP (RFC 9649): chunks in a RIFF, filled to even lengths; numbers begin with their lowest byte.
//
//     "RIFF" ‖ size(4) ‖ "WEBP" ‖ [type(4) ‖ length(4) ‖ data ‖ filling] …
//     VP8X: flags(1) ‖ 0(3) ‖ width(3) ‖ height(3)      ANMF: 16 bytes ‖ chunks of the frame

import { Unreadable, View, attempt, begins, join } from "./bytes.js";
import { onlyOrientation, readWholeExif } from "./exif.js";
import { keepProfile } from "./profile.js";
import { readXmp } from "./xmp.js";

/** @typedef {import("./findings.js").Findings} Findings */
/** @typedef {{ type: string, data: Uint8Array }} Chunk */

const HEADER = 12;
const FRAME = 16;
const FLAGS = { profile: 0x20, exif: 0x08, xmp: 0x04 };
const DRAWN = new Set(["VP8 ", "VP8L", "ALPH", "ANIM"]);

/**
 * Note what a WebP holds besides its picture.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 * @returns {Promise<Uint8Array[] | null>} see readJpeg
 */
export async function readWebp(bytes, found) {
  const view = new View(bytes, true);
  const end = 8 + view.u32(4);
  if (end + (end % 2) < view.size) found.add("trailing");
  const drawn = [];
  let orientation = 0;
  /** @type {Uint8Array | null} */
  let profile = null;
  /** @type {Uint8Array | null} */
  let header = null;
  for (const { type, data } of chunks(view.slice(0, end), HEADER)) {
    if (type === "VP8X") {
      header = data;
    } else if (DRAWN.has(type)) drawn.push(chunk(type, data));
    else if (type === "ANMF") drawn.push(chunk(type, frame(data, found)));
    else if (type === "ICCP") profile = keepProfile(data, found);
    else if (type === "XMP ") readXmp(data, found);
    else if (type === "EXIF") {
      await attempt(found, () => {
        // Some programs put the six bytes of JPEG's segment before it.
        orientation = readWholeExif(begins(data, "Exif\0\0") ? data.subarray(6) : data, found);
      });
    } else found.add("other");
  }
  if (header === null) return whole(drawn);
  let flags = new View(header).u8(0) & ~(FLAGS.profile | FLAGS.exif | FLAGS.xmp);
  if (profile !== null) flags |= FLAGS.profile;
  if (orientation > 1) flags |= FLAGS.exif;
  const extended = join([Uint8Array.of(flags), new View(header).slice(1, 9)]);
  return whole([
    chunk("VP8X", extended),
    ...(profile === null ? [] : [chunk("ICCP", profile)]),
    ...drawn,
    ...(orientation > 1 ? [chunk("EXIF", onlyOrientation(orientation))] : []),
  ]);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {Generator<Chunk>}
 */
function* chunks(bytes, at) {
  const view = new View(bytes, true);
  while (at < view.size) {
    const length = view.u32(at + 4);
    yield { type: view.latin(at, 4), data: view.slice(at + 8, length) };
    at += 8 + length + (length % 2);
  }
}

/**
 * A frame of an animation with nothing in it but what is drawn.
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
function frame(bytes, found) {
  const kept = [new View(bytes).slice(0, FRAME)];
  for (const { type, data } of chunks(bytes, FRAME)) {
    if (DRAWN.has(type)) kept.push(chunk(type, data));
    else found.add("other");
  }
  return join(kept);
}

/**
 * @param {string} type
 * @param {Uint8Array} data
 */
function chunk(type, data) {
  const head = new Uint8Array(8);
  new TextEncoder().encodeInto(type, head);
  new DataView(head.buffer).setUint32(4, data.length, true);
  return join([head, data, new Uint8Array(data.length % 2)]);
}

/** @param {Uint8Array[]} pieces */
function whole(pieces) {
  if (pieces.length === 0) throw new Unreadable();
  const head = new TextEncoder().encode("RIFF....WEBP");
  const size = pieces.reduce((sum, each) => sum + each.length, 4);
  new DataView(head.buffer).setUint32(4, size, true);
  return [head, ...pieces];
}
