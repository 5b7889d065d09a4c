// A message of e-mail as it is saved (RFC 5322): who sent it, who got it, and on which way.

import { latin } from "./bytes.js";

/** @typedef {import("./findings.js").Findings} Findings */

const HEADER = /^[!-9;-~]{1,70}:/;
const USUAL = /^(?:from|to|date|subject|message-id|received|mime-version|return-path):/gim;
const PEOPLE = /^(?:from|to|cc|bcc|sender|reply-to|delivered-to|x-original-to|return-path)$/;
const ROUTE = /^(?:received|x-originating-ip|x-sender-ip)$/;
const PROGRAM = /^(?:x-mailer|user-agent)$/;
const MOST_FIELDS = 200;

/**
 * Whether a text begins with the fields of a message: three of the usual ones at least.
 * @param {Uint8Array} head the file's first bytes
 */
export function isMail(head) {
  const source = fields(head);
  return HEADER.test(source) && new Set(source.match(USUAL)?.map(lower)).size >= 3;
}

/**
 * Note what the fields say.
 * @param {Uint8Array} head the file's first bytes
 * @param {Findings} found
 */
export function readMail(head, found) {
  for (const line of fields(head).split("\n").slice(0, MOST_FIELDS)) {
    const colon = line.indexOf(":");
    const name = lower(line.slice(0, colon));
    const value = line.slice(colon + 1);
    if (PEOPLE.test(name)) found.addEach("people", [value]);
    else if (ROUTE.test(name)) found.addEach("network", [value]);
    else if (PROGRAM.test(name)) found.addEach("software", [value]);
    else if (name === "date") found.addEach("date", [value]);
    else if (name === "message-id") found.addEach("identifier", [value]);
  }
}

/**
 * The lines before the first empty one, each field on one line.
 * @param {Uint8Array} head
 */
function fields(head) {
  const lines = latin(head).replace(/\r\n/g, "\n").replace(/^\n+/, "");
  return (lines.split("\n\n")[0] ?? "").replace(/\n[ \t]+/g, " ");
}

/** @param {string} words */
function lower(words) {
  return words.toLowerCase();
}
