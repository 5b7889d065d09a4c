// Envelopes that come back: a page of a listing, as bytes that nobody has believed yet. Only the form
// is checked here, so that one hostile envelope spoils nothing but itself.

import { hex, readLittleEndian } from "../crypto/bytes.js";
import { Stored } from "../crypto/chains.js";
import { readDocument } from "../crypto/encoding.js";
import { ProtocolError } from "../crypto/errors.js";
import { WrongAnswer } from "./errors.js";
import { Page, unpack } from "./wire.js";

const REPORTER = 1;
const TEAM = 2;

/**
 * @typedef {{ chain: number, seq: number, stored: Stored }} Listed `chain` and `seq` are what the header
 *   claims
 * @typedef {{ entries: Listed[], more: boolean }} Listing `more`: another page follows
 */

/**
 * @param {Uint8Array} parcel
 * @returns {Listing} the listing in a server's answer
 * @throws {WrongAnswer} unless it is whole
 */
export function readListing(parcel) {
  try {
    const [document, blobs] = unpack(parcel);
    const page = readDocument(Page, document);
    const entries = page.entries.map((entry) => readEntry(entry, blobs));
    if (blobs.length > 0) throw new WrongAnswer();
    return { entries, more: page.more };
  } catch (error) {
    if (error instanceof ProtocolError) throw new WrongAnswer();
    throw error;
  }
}

/**
 * @param {Listed} listed
 * @returns {boolean} whether the header claims the `reporter` chain
 */
export function isOwn(listed) {
  return listed.chain === REPORTER;
}

/**
 * @param {Listed} listed
 * @returns {number | null} the place in the `team` chain that the header claims, if it is of that chain
 */
export function teamSeq(listed) {
  return listed.chain === TEAM ? listed.seq : null;
}

/**
 * @param {import("./wire.js").Entry} entry
 * @param {Uint8Array[]} blobs what is read is taken off it
 * @returns {Listed}
 */
function readEntry(entry, blobs) {
  const next = () => {
    const blob = blobs.shift();
    if (blob === undefined) throw new WrongAnswer();
    return blob;
  };
  const header = next();
  const body = entry.has_body ? next() : null;
  const wraps = entry.wraps.map((recipient) => /** @type {const} */ ([recipient, next()]));
  if (new Set(entry.wraps.map(hex)).size !== wraps.length) throw new WrongAnswer();
  return {
    chain: header[1] ?? 0,
    seq: readLittleEndian(header.subarray(2, 6)),
    stored: new Stored({
      header,
      hashOfBody: entry.body_hash,
      body,
      wraps,
      day: entry.day,
      deleted: entry.deleted,
    }),
  };
}
