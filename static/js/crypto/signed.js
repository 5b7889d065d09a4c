// Signed documents outside envelopes: `signature(64) ‖ document` (docs/protocol.md §1). A reporter
// verifies them and signs none.

import { SIGNATURE } from "./constants.js";
import { WrongLength } from "./errors.js";
import { verify } from "./keys.js";

/**
 * @param {Uint8Array} signed
 * @returns {{ signature: Uint8Array, data: Uint8Array }} signature and document, neither verified
 * @throws {WrongLength}
 */
export function split(signed) {
  if (signed.length <= SIGNATURE) throw new WrongLength();
  return { signature: signed.subarray(0, SIGNATURE), data: signed.subarray(SIGNATURE) };
}

/**
 * @param {Uint8Array} signed
 * @param {string} tag
 * @param {Uint8Array} signKey
 * @param {Uint8Array} service
 * @throws {import("./errors.js").WrongSignature} unless `signKey` signed the bytes of this document
 */
export function verifySigned(signed, tag, signKey, service) {
  const { signature, data } = split(signed);
  verify(signKey, signature, tag, service, data);
}
