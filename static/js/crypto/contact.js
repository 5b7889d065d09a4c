// Contact details of the confidential track, sealed apart: the twin of crypto/contact.py, for who gives
// them (docs/protocol.md §5).
//
//     contact = { A, wrap(B, "half", mailbox) to the contact group,
//                 n(24) ‖ XChaCha20-Poly1305(H(contact, A, B), n, AD = mailbox, details) }
//
// `A` lies in the report, which a handler opens; `B` opens for a custodian, who has no report.

import { concat, isWellFormed, utf8 } from "./bytes.js";
import { KIB, NONCE, SECRET, TAG } from "./constants.js";
import { Contact } from "./documents.js";
import { NotCanonical, OverLimit } from "./errors.js";
import { H, aeadSeal } from "./primitives.js";
import { wrap } from "./wrapping.js";

export const DETAILS_BYTES = 8 * KIB;

/**
 * @param {string} details
 * @param {Uint8Array} mailbox its address
 * @param {import("./keys.js").Card} contactGroup
 * @param {import("./primitives.js").RandomBytes} randomBytes
 * @returns {Contact} the compartment for these details
 * @throws {OverLimit} above 8 KiB of UTF-8
 * @throws {NotCanonical} for a lone surrogate
 */
export function sealContact(details, mailbox, contactGroup, randomBytes) {
  if (!isWellFormed(details)) throw new NotCanonical();
  const plain = utf8(details);
  if (plain.length > DETAILS_BYTES) throw new OverLimit("contact", plain.length, DETAILS_BYTES);
  const first = randomBytes(SECRET);
  const second = randomBytes(SECRET);
  const nonce = randomBytes(NONCE);
  const sealed = aeadSeal(H(TAG.CONTACT, first, second), nonce, plain, mailbox);
  return new Contact({
    first,
    second: wrap(second, "half", [mailbox], contactGroup, randomBytes),
    sealed: concat(nonce, sealed),
  });
}
