// Calls across the line between a page and its worker: plain messages, each with a number.

import { Troubled, explain } from "./trouble.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./retry.js").Event} Event
 * @typedef {{
 *   postMessage: (message: any) => void,
 *   addEventListener: (type: "message" | "error", listener: (event: any) => void) => void
 * }} Line
 */

const METHODS = new Set([
  "load",
  "arrive",
  "report",
  "words",
  "practise",
  "checkWords",
  "enter",
  "answer",
  "look",
  "withdraw",
  "remove",
  "close",
  "save",
  "stop",
]);

/**
 * The worker's end: carry out what is asked, and say that it is there.
 * @param {Line} line
 * @param {(tell: (event: Event) => void) => Desk} makeDesk
 */
export function answerCalls(line, makeDesk) {
  const desk = /** @type {any} */ (makeDesk((event) => line.postMessage({ event })));
  line.addEventListener("message", async ({ data }) => {
    const { call, method, given } = data;
    if (!METHODS.has(method)) return;
    try {
      line.postMessage({ call, result: await desk[method](...given) });
    } catch (error) {
      line.postMessage({ call, trouble: explain(error) });
    }
  });
  line.postMessage({ ready: true });
}

/**
 * The page's end: something that has the desk's methods.
 * @param {Line} line
 * @param {(event: Event) => void} tell
 * @returns {Desk}
 */
export function callOver(line, tell) {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  line.addEventListener("message", ({ data }) => {
    if (data.event !== undefined) tell(data.event);
    const call = waiting.get(data.call);
    waiting.delete(data.call);
    if (data.trouble !== undefined) call?.reject(new Troubled(data.trouble));
    else call?.resolve(data.result);
  });
  line.addEventListener("error", () => {
    for (const { reject } of waiting.values()) reject(new Troubled({ code: "failed" }));
    waiting.clear();
  });
  const make = (/** @type {string} */ method) => (/** @type {any[]} */ ...given) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      line.postMessage({ call: last, method, given });
    });
  const desk = Object.fromEntries([...METHODS].map((method) => [method, make(method)]));
  return /** @type {any} */ (desk);
}
