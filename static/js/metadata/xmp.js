// XMP: the same facts once more, as XML (ISO 16684-1).

import { text } from "./bytes.js";
import { values } from "./markup.js";

/** @typedef {import("./findings.js").Findings} Findings */

const LARGEST = 256 * 1024;

/** @type {readonly (readonly [string, string])[]} */
const NAMES = [
  ["exif:GPSLatitude", "place"],
  ["photoshop:City", "place"],
  ["Iptc4xmpCore:Location", "place"],
  ["dc:creator", "author"],
  ["dc:rights", "author"],
  ["aux:OwnerName", "author"],
  ["photoshop:CaptionWriter", "author"],
  ["tiff:Make", "device"],
  ["tiff:Model", "device"],
  ["aux:SerialNumber", "serial"],
  ["aux:LensSerialNumber", "serial"],
  ["exifEX:BodySerialNumber", "serial"],
  ["exifEX:LensSerialNumber", "serial"],
  ["xmp:CreateDate", "date"],
  ["xmp:ModifyDate", "date"],
  ["xmp:MetadataDate", "date"],
  ["photoshop:DateCreated", "date"],
  ["exif:DateTimeOriginal", "date"],
  ["xmp:CreatorTool", "software"],
  ["pdf:Producer", "software"],
  ["dc:title", "title"],
  ["dc:description", "title"],
  ["dc:subject", "title"],
  ["pdf:Keywords", "title"],
  ["xmpMM:DocumentID", "identifier"],
  ["xmpMM:InstanceID", "identifier"],
  ["xmpMM:OriginalDocumentID", "identifier"],
];
const MARKS = /** @type {const} */ ([
  ["xmpMM:History", "history"],
  ["xmpGImg:image", "thumbnail"],
]);

/**
 * Note what XMP says; what is none of the known names is "other".
 * @param {Uint8Array} bytes
 * @param {Findings} found
 */
export function readXmp(bytes, found) {
  if (bytes.length > LARGEST) found.add("unread");
  const source = text(bytes.subarray(0, LARGEST));
  const before = found.size;
  for (const [name, kind] of NAMES) found.addEach(kind, values(source, name));
  for (const [name, kind] of MARKS) {
    if (source.includes(`<${name}`)) found.add(kind);
  }
  if (found.size === before) found.add("other");
}
