// One request to the server this page came from. It says as little as a browser lets it: no cookie, no
// referrer, nothing kept. It follows no redirect, and reads no more than a right answer has.

import { AnswerTooLong, Away, Redirected, Stopped, WrongAnswer } from "./errors.js";
import { LONGEST_WAIT, WAIT_HEADER } from "./wire.js";

const SECONDS = 1000;
const ANSWER_WITHIN = 60 * SECONDS;
const ANSWER_AT_LAST = 600 * SECONDS;
const SLOWEST = 4; // bytes in a millisecond: a bad line through Tor

/**
 * @typedef {{ status: number, body: Uint8Array, wait: number }} Answer `wait` in seconds, 0 where the
 *   server did not say
 * @typedef {{
 *   method: string, path: string, headers?: Record<string, string>, body?: Uint8Array, limit: number
 * }} Request `path` begins with a slash; `limit` is the most bytes an answer may have
 * @typedef {(request: Request, signal: AbortSignal) => Promise<Answer>} Transport
 */

/**
 * @param {string} origin as a browser writes it
 * @param {(url: string, options: RequestInit) => Promise<Response>} ask what `fetch` does
 * @returns {Transport} which rejects with `Away`, `Stopped`, or a kind of `Nonsense`
 */
export function makeTransport(origin, ask = (url, options) => fetch(url, options)) {
  return async (request, signal) => {
    const bytes = (request.body?.length ?? 0) + request.limit;
    const either = both(signal, Math.min(ANSWER_WITHIN + bytes / SLOWEST, ANSWER_AT_LAST));
    try {
      const response = await ask(`${origin}${request.path}`, options(request, either.signal));
      return await read(response, request.limit);
    } catch (error) {
      if (signal.aborted) throw new Stopped();
      if (error instanceof AnswerTooLong || error instanceof WrongAnswer) throw error;
      if (error instanceof Redirected) throw error;
      throw new Away(); // what a browser says of it is different in each of them
    } finally {
      either.end();
    }
  };
}

/**
 * @param {Request} request
 * @param {AbortSignal} signal
 * @returns {RequestInit}
 */
function options({ method, headers, body }, signal) {
  return {
    method,
    headers: headers ?? {},
    body: body && body.length > 0 ? /** @type {Uint8Array<ArrayBuffer>} */ (body) : null,
    cache: "no-store",
    credentials: "omit",
    mode: "same-origin",
    redirect: "manual",
    referrerPolicy: "no-referrer",
    signal,
  };
}

/**
 * @param {AbortSignal} signal
 * @param {number} milliseconds
 * @returns {{ signal: AbortSignal, end: () => void }} a signal for whichever comes first
 */
function both(signal, milliseconds) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, milliseconds);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, end };
}

/**
 * @param {Response} response
 * @param {number} limit
 * @returns {Promise<Answer>}
 */
async function read(response, limit) {
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
    throw new Redirected();
  }
  const chunks = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    length += next.value.length;
    if (length > limit) {
      await reader?.cancel().catch(() => undefined);
      throw new AnswerTooLong();
    }
    chunks.push(next.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return { status: response.status, body, wait: wait(response) };
}

/**
 * @param {Response} response
 * @returns {number} the seconds after which to ask again; 0 for anything but a number of them
 */
function wait(response) {
  const said = response.headers.get(WAIT_HEADER) ?? "";
  return /^[0-9]{1,9}$/.test(said) ? Math.min(Number(said), LONGEST_WAIT) : 0;
}
