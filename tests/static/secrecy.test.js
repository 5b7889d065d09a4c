import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import * as errors from "../../static/js/crypto/errors.js";
import { Answer } from "../../static/js/crypto/documents.js";
import { FileKey } from "../../static/js/crypto/files.js";
import { MailboxSecret, Secret } from "../../static/js/crypto/keys.js";
import { Passphrase } from "../../static/js/crypto/passphrase.js";
import { Draft } from "../../static/js/crypto/reporter.js";
import { load, wordList } from "./node.js";

await load();
const list = wordList();
const BYTES = Uint8Array.from({ length: 32 }, (_, at) => 100 + at);
const WORDS = "abacus zoom unwashed crispy polar yearbook nickname";
const CRYPTO = new URL("../../static/js/crypto/", import.meta.url);

/** Everything that a careless line could show of a value. */
function shown(value) {
  return [String(value), `${value}`, JSON.stringify(value), inspect(value), Object.keys(value).join()]
    .join("\n")
    .toLowerCase();
}

test("neither text, JSON nor a console shows a secret", () => {
  const secrets = [new Secret(BYTES), new MailboxSecret(BYTES), new FileKey(BYTES)];
  for (const secret of secrets) {
    assert.doesNotMatch(shown(secret), /100|101, ?102|zgvm/);
  }
  const { keys } = new MailboxSecret(BYTES);
  assert.doesNotMatch(inspect({ auth: keys }, { depth: 1 }), /secret/i);
  for (const word of WORDS.split(" ")) assert.doesNotMatch(shown(list.read(WORDS)), RegExp(word));
});

test("a text that was written is not its document's or draft's text", () => {
  const typed = "an invented report";
  assert.doesNotMatch(String(new Answer({ question: "who", answer: typed })), /invented/);
  assert.doesNotMatch(String(new Draft({ text: typed, language: "en" })), /invented/);
  assert.doesNotMatch(JSON.stringify(new Draft({ text: typed, language: "en" })), /invented/);
});

test("an unknown word is told to who asks, and stands in no message", () => {
  const problem = thrown(() => list.read("abacus zooms unwashed crispy polar yearbook nickname"));
  assert.equal(problem.word, "zooms");
  assert.deepEqual(problem.nearest.slice(0, 1), ["zoom"]);
  assert.doesNotMatch(`${problem} ${problem.stack} ${inspect(problem)}`, /zoom/);
  assert.doesNotMatch(JSON.stringify(problem), /zoom/);
});

test("every error is of the tree, says its own name and nothing else", () => {
  const { ProtocolError } = errors;
  for (const [name, kind] of Object.entries(errors)) {
    const problem = new kind("typed", ["near"]);
    assert.ok(problem instanceof ProtocolError, name);
    assert.equal(problem.name, name);
    assert.equal(problem.message, name);
  }
});

test("a passphrase that was read is the same whatever its spelling", () => {
  assert.equal(list.read(WORDS.toUpperCase()).expose(), WORDS);
  assert.equal(new Passphrase(WORDS.split(" ")).expose(), WORDS);
});

test("the protocol reaches no clock, network, storage, console or randomness", () => {
  const banned =
    /\b(Date\.now|new Date\(\)|performance|Math\.random|getRandomValues|randombytes|keygen|fetch|XMLHttpRequest|WebSocket|localStorage|sessionStorage|indexedDB|cookie|window|navigator|location|console|setTimeout|eval|Function\(|_keypair\(\)|_enc\()/;
  for (const name of readdirSync(CRYPTO)) {
    const lines = readFileSync(new URL(name, CRYPTO), "utf8").split("\n");
    for (const line of lines.filter((each) => !/^\s*(\/\/|\*|\/\*\*)/.test(each))) {
      assert.doesNotMatch(line, banned, name);
    }
    const imported = [...lines.join("\n").matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
    for (const path of imported) assert.match(path, /^\.\/[a-z]+\.js$/, name);
  }
});

function thrown(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}
