// Working for a place at a server that is flooded (docs/protocol.md §9), with the browser's own PBKDF2.

import { WrongProof } from "../crypto/errors.js";
import { findProof, workSeed } from "../crypto/work.js";
import { Stopped, TooMuchWork } from "./errors.js";

const SAY_EVERY = 5000; // milliseconds between two estimates

/**
 * @param {import("./wire.js").Work} work
 * @param {Uint8Array} service
 * @param {Uint8Array} subject
 * @param {import("./retry.js").Tell} tell told how long it takes on the average: it is luck, so that
 *   does not shrink
 * @param {AbortSignal} signal
 * @returns {Promise<{ token: string, counter: number, subject: Uint8Array }>}
 * @throws {TooMuchWork} for more than any server of ours asks
 */
export async function solve(work, service, subject, tell, signal) {
  const began = Date.now();
  let said = 0;
  try {
    const seed = workSeed(service, work.token, subject);
    for await (const { tried, counter } of findProof(seed, work.difficulty)) {
      if (counter !== null) return { token: work.token, counter, subject };
      if (signal.aborted) throw new Stopped();
      const now = Date.now();
      if (now - said < SAY_EVERY) continue;
      said = now;
      tell({ kind: "working", seconds: (2 ** work.difficulty * (now - began)) / tried / 1000 });
    }
  } catch (error) {
    if (!(error instanceof WrongProof)) throw error;
  }
  throw new TooMuchWork();
}
