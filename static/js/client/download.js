// Fetching a file: nothing of it is handed on before all of it is right (docs/protocol.md §8, P12).

import { PartReader, partLength } from "../crypto/files.js";

/**
 * @param {import("./service.js").Service} service
 * @param {import("../crypto/files.js").FileManifest} manifest
 * @returns {Promise<Blob>} its bytes, of no type that a browser would open. Rejected with `FilesDiffer`
 *   or another `ProtocolError` for a file that is not the one of `manifest`
 */
export async function download(service, manifest) {
  const reader = new PartReader(manifest);
  const pieces = [];
  let done = 0;
  for (let index = 0; index < manifest.parts; index += 1) {
    const plain = reader.open(await service.part(manifest.id, index));
    pieces.push(/** @type {Uint8Array<ArrayBuffer>} */ (plain));
    done += partLength(manifest.size, index);
    service.tell({ kind: "moving", place: 0, done, total: manifest.padded });
  }
  reader.finish();
  return new Blob(pieces, { type: "application/octet-stream" });
}
