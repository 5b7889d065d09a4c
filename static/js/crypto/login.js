// Logging in to the server: the twin of crypto/login.py (docs/protocol.md §9).
//
//     Sign(auth, "dbx1/login", origin, address, challenge)
//
// The `auth` key signs nothing else, so a challenge can never be a message (P17); origin and service are
// inside, so an answer cannot be relayed to another place (P5, P18).

import { utf8 } from "./bytes.js";

/**
 * @param {import("./keys.js").Keys} keys
 * @param {Uint8Array} service
 * @param {string} origin
 * @param {string} challenge
 * @returns {Uint8Array} the 64-byte signature that answers `challenge` at `origin`
 */
export function answer(keys, service, origin, challenge) {
  return keys.signLogin(service, utf8(origin), keys.card.id, utf8(challenge));
}
