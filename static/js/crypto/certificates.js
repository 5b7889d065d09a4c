// Certificates: who may do what, and who says so. The twin of crypto/certificates.py, for who only
// verifies (docs/protocol.md §6).
//
//     root → analyst, publisher                                 with first and last day
//     intake group, or the case group before → case             for one mailbox, numbered, without dates
//
// A certificate of one role is never accepted for another.

import { same } from "./bytes.js";
import { bytes, choice, day, integer, nullable } from "./codecs.js";
import { ED25519_KEY, ID, TAG } from "./constants.js";
import { daysFrom } from "./days.js";
import { readDocument, schema } from "./encoding.js";
import { Expired, ForeignAuthor, NotCanonical, WrongRole } from "./errors.js";
import { split, verifySigned } from "./signed.js";

/** A signed certificate is never longer than this, in bytes. */
export const SIGNED_CERTIFICATE = 4096;
export const PUBLISHER_DAYS = 366;
/** A document is taken so many days before its first: clocks differ, and days turn over. */
export const CLOCK_SLACK = 1;

/** @typedef {"analyst" | "publisher" | "case"} CertificateRole what the subject may do */
const _ROLES = /** @type {const} */ (["analyst", "publisher", "case"]);

/** `issuer` says that `subject`, whose signing key is `sign`, has `role`. */
export class Certificate extends schema({
  issuer: bytes(ID),
  subject: bytes(ID),
  sign: bytes(ED25519_KEY),
  role: choice(_ROLES),
  mailbox: nullable(bytes(ID)),
  number: nullable(integer(1)),
  not_before: nullable(day()),
  not_after: nullable(day()),
}) {
  /**
   * A case has mailbox and number and no dates; the others have dates and neither.
   * @override
   */
  check() {
    const isCase = this.role === "case";
    if ((this.mailbox === null) === isCase || (this.number === null) === isCase) {
      throw new NotCanonical();
    }
    if (isCase) {
      if (this.not_before !== null || this.not_after !== null) throw new NotCanonical();
      return;
    }
    if (this.not_before === null || this.not_after === null) throw new NotCanonical();
    const days = daysFrom(this.not_before, this.not_after);
    if (days < 0 || (this.role === "publisher" && days > PUBLISHER_DAYS)) throw new NotCanonical();
  }

  /**
   * @param {string} today a day
   * @throws {Expired} outside of the certificate's days. A case's has none
   */
  checkDay(today) {
    if (this.not_before === null || this.not_after === null) return;
    checkDays(this.not_before, this.not_after, today);
  }
}

/**
 * @param {string} first a day
 * @param {string} last a day
 * @param {string} today a day
 * @throws {Expired} unless `today` is one of these days, or the one before them
 */
export function checkDays(first, last, today) {
  if (daysFrom(today, first) > CLOCK_SLACK || daysFrom(today, last) < 0) throw new Expired();
}

/**
 * Days are not compared; see `checkDay`.
 * @param {Uint8Array} signed
 * @param {CertificateRole} role
 * @param {Uint8Array} issuer
 * @param {Uint8Array} issuerSign
 * @param {Uint8Array} service
 * @returns {Certificate} the verified certificate that the principal `issuer` signed
 * @throws {import("./errors.js").Malformed} and its kinds
 * @throws {ForeignAuthor} for another issuer
 * @throws {import("./errors.js").WrongSignature}
 * @throws {WrongRole}
 */
export function readCertificate(signed, role, issuer, issuerSign, service) {
  const certificate = readDocument(Certificate, split(signed).data);
  if (!same(certificate.issuer, issuer)) throw new ForeignAuthor();
  verifySigned(signed, TAG.SIGN_CERTIFICATE, issuerSign, service);
  if (certificate.role !== role) throw new WrongRole();
  return certificate;
}

/**
 * @param {Uint8Array} signed
 * @returns {Uint8Array} whom a certificate names as its issuer; nothing of it is verified yet
 */
export function namedIssuer(signed) {
  return readDocument(Certificate, split(signed).data).issuer;
}
