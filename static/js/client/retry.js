// The same request again over a broken connection, with growing pauses, up to a bound. Every request
// of ours may be repeated: what is stored is stored under an id the client chose, and what is sent
// again is the same bytes.

import { Away, Refused, Stopped } from "./errors.js";

/**
 * @typedef {{ kind: "waiting", seconds: number, busy: boolean }} Waiting no answer came, or the server
 *   is busy; the next try starts in `seconds`
 * @typedef {{ kind: "moving", place: number, done: number, total: number }} Moving `done` of `total`
 *   bytes of the file at this place are on the other side
 * @typedef {{ kind: "working", seconds: number }} Working the server is busy, and this device works
 *   for a place: about `seconds` more
 * @typedef {{ kind: "session", token: string }} Session the session there is now; empty: none
 * @typedef {{ kind: "sending" }} Sending from here on it cannot be stopped any more
 * @typedef {Waiting | Moving | Working | Session | Sending} Event
 * @typedef {(event: Event) => void} Tell told how it goes, never told anything a server wrote but the
 *   session's token
 * @typedef {{
 *   pauses: readonly number[], sleep: (seconds: number, signal: AbortSignal) => Promise<void>
 * }} Patience how long to go on trying: one pause in seconds before each further try
 */

const WORTH_WAITING = new Set(["busy", "failed"]);

/**
 * @param {number} seconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>} after so many seconds; rejected with `Stopped` as soon as it is stopped
 */
export function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Stopped());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** @type {Patience} */
export const ORDINARY_PATIENCE = { pauses: [0.5, 1, 2, 4, 8, 15, 30], sleep };

/**
 * What `call` gives, called again while the network is away or the server is busy. A server that says
 * how long to wait is waited for, within what all pauses are together.
 * @template T
 * @param {() => Promise<T>} call
 * @param {Patience} patience
 * @param {Tell} tell
 * @param {AbortSignal} signal
 * @returns {Promise<T>} rejected with what the last try was rejected with
 */
export async function patiently(call, patience, tell, signal) {
  let left = patience.pauses.reduce((sum, each) => sum + each, 0);
  for (const usual of patience.pauses) {
    let pause = usual;
    try {
      return await call();
    } catch (error) {
      const refused = error instanceof Refused;
      if (!(error instanceof Away) && !(refused && WORTH_WAITING.has(error.fault))) throw error;
      if (refused) pause = Math.max(usual, Math.min(error.wait, left));
      tell({ kind: "waiting", seconds: pause, busy: refused });
    }
    await patience.sleep(pause, signal);
    left -= pause;
    if (left <= 0) break;
  }
  return call();
}
