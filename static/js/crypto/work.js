// Proof of work, for first reports and file starts while a server is flooded: the twin of crypto/work.py
// (docs/protocol.md §9). A proof is a counter `c` such that
//
//     PBKDF2-HMAC-SHA256(H(work, service, token, subject), salt = c as 8 bytes LE, 100 iterations)
//
// begins with `d` zero bits. PBKDF2 is the browser's own, which is as fast where WebAssembly is refused.

import { littleEndian, utf8 } from "./bytes.js";
import { LARGEST_INTEGER, TAG } from "./constants.js";
import { WrongProof } from "./errors.js";
import { H } from "./primitives.js";

export const ITERATIONS = 100;
/** The most zero bits a client works for: more would be minutes on a slow phone. */
export const HARDEST = 21;
/** Counters tried at once: each goes to the browser's own thread and back. */
const _AT_ONCE = 32;

/**
 * @param {Uint8Array} service
 * @param {string} token
 * @param {Uint8Array} subject the address, or the file's id
 * @returns {Uint8Array} what the counters are tried against, 32 bytes
 */
export function workSeed(service, token, subject) {
  return H(TAG.WORK, service, utf8(token), subject);
}

/**
 * @param {Uint8Array} seed
 * @param {number} counter
 * @param {number} difficulty 0 asks for nothing
 * @throws {WrongProof} unless `counter` is a proof
 */
export async function checkProof(seed, counter, difficulty) {
  const isCounter = 0 <= counter && counter <= LARGEST_INTEGER;
  if (!isCounter) throw new WrongProof();
  if (difficulty > 0 && !(await _isProof(await _key(seed), counter, difficulty))) throw new WrongProof();
}

/**
 * Whoever asks can show progress between steps, or stop.
 * @param {Uint8Array} seed
 * @param {number} difficulty
 * @param {number} [start] the counter to begin with
 * @returns {AsyncGenerator<{ tried: number, counter: number | null }, void>} after every few counters
 *   how many were tried, with null; at last the lowest that is a proof
 * @throws {WrongProof} for a difficulty above `HARDEST`
 */
export async function* findProof(seed, difficulty, start = 0) {
  if (!Number.isInteger(difficulty) || difficulty < 0 || difficulty > HARDEST) throw new WrongProof();
  if (difficulty === 0) {
    yield { tried: 0, counter: start };
    return;
  }
  const key = await _key(seed);
  for (let first = start; ; first += _AT_ONCE) {
    const counters = Array.from({ length: _AT_ONCE }, (_, each) => first + each);
    const proofs = await Promise.all(counters.map((each) => _isProof(key, each, difficulty)));
    const counter = counters[proofs.indexOf(true)] ?? null;
    yield { tried: first - start + _AT_ONCE, counter };
    if (counter !== null) return;
  }
}

/** @param {Uint8Array} seed */
function _key(seed) {
  return crypto.subtle.importKey("raw", Uint8Array.from(seed), "PBKDF2", false, ["deriveBits"]);
}

/**
 * @param {CryptoKey} key
 * @param {number} counter
 * @param {number} difficulty
 */
async function _isProof(key, counter, difficulty) {
  const salt = littleEndian(counter, 8);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  const digest = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  const bits = Array.from(digest, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.slice(0, difficulty) === "0".repeat(difficulty);
}
