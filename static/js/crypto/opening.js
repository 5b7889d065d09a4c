// Opening a mailbox's `team` chain: from what a server gives to entries that are verified or named. The
// twin of crypto/opening.py. The checks are numbered as in `envelope`; (1) to (7) are `openSealed`.

import { hex, same } from "./bytes.js";
import { findAuthor } from "./authors.js";
import { verifyDeletion } from "./chains.js";
import { readTeamPayload } from "./documents.js";
import { openContent } from "./envelope.js";
import { Locked, ProtocolError, WrongPlace } from "./errors.js";
import { TAG } from "./constants.js";
import { verify } from "./keys.js";
import { unwrap } from "./wrapping.js";

/**
 * @typedef {import("./chains.js").Stored} Stored
 * @typedef {import("./documents.js").TeamPayload} TeamPayload
 * @typedef {import("./keys.js").Keys} Keys
 */

/**
 * What became of an envelope: `deleted` is a stub, and a signature says so, the mailbox's own or a later
 * envelope's of the team; `missing` is a stub that nothing signed explains; `quarantined` does not
 * verify, or does not open here.
 * @typedef {"shown" | "deleted" | "missing" | "quarantined"} State
 */

/**
 * One envelope of the chain: what it says, or why it cannot be shown. `payload` is there if it is shown,
 * `problem` if it is quarantined. `day` is the server's word. `erased`: the mailbox has signed that it
 * deleted this.
 * @typedef {object} Entry
 * @property {number} seq
 * @property {Uint8Array} id
 * @property {string} day
 * @property {Stored} stored
 * @property {State} state
 * @property {TeamPayload | null} payload
 * @property {ProtocolError | null} problem
 * @property {boolean} erased
 */

/**
 * One envelope that is hostile never hides another. At a forked place no side changes who has the
 * mailbox.
 * @param {import("./chains.js").Inspected} chain
 * @param {Keys} mailbox
 * @param {import("./directory.js").Directory} directory
 * @param {import("./authors.js").Succession} succession is new, and has followed the chain afterwards
 * @returns {readonly Entry[]}
 */
export function openTeam(chain, mailbox, directory, succession) {
  return chain.entries.map(({ header, stored }) => {
    const entry = { seq: header.seq, id: stored.id, day: stored.day, stored, erased: false };
    if (stored.body === null) return { ...entry, state: "missing", payload: null, problem: null };
    try {
      if (!same(header.recipient, mailbox.card.id)) throw new WrongPlace();
      const content = openSealed(stored, new Map([[hex(mailbox.card.id), mailbox]]));
      const payload = readTeamPayload(content.payload); // (8)
      const author = findAuthor(payload, mailbox.card.id, directory);
      const service = directory.service;
      verify(author.sign, content.signature, TAG.SIGN_TEAM, service, stored.header, content.payload); // (9)
      if (chain.forked.has(header.seq)) succession.check(author, payload);
      else succession.admit(author, payload);
      return { ...entry, state: "shown", payload, problem: null };
    } catch (problem) {
      if (!(problem instanceof ProtocolError)) throw problem;
      return { ...entry, state: "quarantined", payload: null, problem };
    }
  });
}

/**
 * Checks (1) to (7), with whichever wrap opens.
 * @param {Stored} stored
 * @param {ReadonlyMap<string, Keys>} keyring the keys of what is held, by card id in hex
 * @returns {import("./envelope.js").Content}
 * @throws {Locked} where there is no wrap for a key held; otherwise what the last one threw
 */
export function openSealed(stored, keyring) {
  const envelope = stored.parseEnvelope(); // (1) (2) (3)
  /** @type {ProtocolError} */
  let problem = new Locked();
  for (const [recipient, wrapped] of stored.wraps) {
    const keys = keyring.get(hex(recipient));
    if (keys === undefined) continue;
    try {
      const contentKey = unwrap(wrapped, "envelope", [stored.id], keys); // (4)
      return openContent(envelope, contentKey); // (5) (6) (7)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      problem = error;
    }
  }
  throw problem;
}

/**
 * `missing` becomes `deleted` where a signature says so, and `erased` is found out. Of the team, a
 * `deleted` counts for places before its own.
 * @param {readonly Entry[]} entries
 * @param {Uint8Array} signKey the mailbox's
 * @param {Uint8Array} service
 * @returns {readonly Entry[]}
 */
export function explainStubs(entries, signKey, service) {
  const named = entries.flatMap(({ payload, seq }) =>
    payload?.kind === "deleted" ? payload.ids.map((id) => ({ id: hex(id), seq })) : [],
  );
  return entries.map((entry) => {
    const erased = _isErased(entry, signKey, service);
    const id = hex(entry.id);
    const isNamed = named.some((each) => each.id === id && each.seq > entry.seq);
    const isExplained = entry.state === "missing" && (erased || isNamed);
    return { ...entry, erased, state: isExplained ? "deleted" : entry.state };
  });
}

/**
 * @param {Entry} entry
 * @param {Uint8Array} signKey
 * @param {Uint8Array} service
 * @returns {boolean} whether the mailbox itself signed that it deleted this
 */
function _isErased(entry, signKey, service) {
  try {
    verifyDeletion(signKey, service, entry.stored);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
