// What node has in place of a browser: the package's own build of libsodium, and the word list from
// where the Python side has it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { env } from "node:process";
import { WordList } from "../../static/js/crypto/passphrase.js";
import { use } from "../../static/js/crypto/primitives.js";

const ROOT = new URL("../../", import.meta.url);
const PYTHON = env.PYTHON ?? ".venv/bin/python";
const PRINT_WORDS =
  "from dropbox.client.wordlist import words_file; print(words_file().decode(), end='')";

/** Hands libsodium to `crypto/`. */
export async function load() {
  // The tests stand outside of static/, where node looks for packages.
  const require = createRequire(new URL("static/package.json", ROOT));
  const sodium = require("libsodium-wrappers-sumo");
  await sodium.ready;
  use(sodium);
}

export function wordList() {
  const printed = execFileSync(PYTHON, ["-c", PRINT_WORDS], { cwd: ROOT, encoding: "utf8" });
  return new WordList(printed.split("\n"));
}

/** The content of a file of vectors. */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`tests/vectors/${name}.json`, ROOT), "utf8"));
}
