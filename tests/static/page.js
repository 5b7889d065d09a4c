// Runs every vector, here or in a module worker, and says what is wrong with which.

import { load } from "../../static/js/sodium.js";
import { wordList } from "../../static/js/wordlist.js";
import { wrongWith } from "./vectors.js";

/**
 * @param {string[]} names of files
 * @returns {Promise<{ compiled: boolean, run: Record<string, number>, wrong: string[] }>}
 */
export async function runVectors(names) {
  const compiled = await load();
  const list = await wordList();
  const run = {};
  const wrong = [];
  for (const name of names) {
    const answer = await fetch(new URL(`../vectors/${name}.json`, import.meta.url));
    const content = await answer.json();
    for (const vector of content.cases) {
      const problem = await wrongWith(name, content, vector, list);
      if (problem) wrong.push(`${name}: ${vector.name}: ${problem}`);
    }
    run[name] = content.cases.length;
  }
  return { compiled, run, wrong };
}

/** The same in a module worker, the way the site's pages start theirs. */
export function runInWorker(names) {
  const address = new URL("./worker.js", import.meta.url).href;
  const policy = globalThis.trustedTypes?.createPolicy("worker", { createScriptURL: (url) => url });
  const worker = new Worker(policy ? policy.createScriptURL(address) : address, { type: "module" });
  return new Promise((done, fail) => {
    worker.onmessage = (event) => done(event.data);
    worker.onerror = (event) => fail(new Error(event.message));
    worker.postMessage(names);
  });
}
