// Envelopes on their way to the server: the parcel of `POST /api/envelopes`.
//
//     document of places ‖ for each place: header ‖ body, then one wrap per recipient

import { FileClaim, Place, Submission, pack } from "./wire.js";

/**
 * @typedef {import("../crypto/outgoing.js").Outgoing} Outgoing
 * @typedef {import("../crypto/files.js").FileManifest} FileManifest
 */

/**
 * @param {Outgoing} outgoing
 * @returns {Uint8Array<ArrayBuffer>} the body of the request: the same envelope and wraps give the
 *   same bytes
 */
export function packSubmission(outgoing) {
  const place = new Place({
    recipients: outgoing.wraps.map(([recipient]) => recipient),
    files: outgoing.files.map(claim),
    use: null,
  });
  const blobs = [outgoing.envelope.toBytes(), ...outgoing.wraps.map(([, wrap]) => wrap)];
  return pack(new Submission({ places: [place] }).toBytes(), blobs);
}

/**
 * @param {FileManifest} manifest
 * @returns {FileClaim} what is said of a file in the clear, beside the envelope that names it
 */
function claim(manifest) {
  return new FileClaim({ file: manifest.id, parts: manifest.parts, hash: manifest.hash });
}
