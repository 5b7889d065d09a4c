import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { load, vectors, wordList } from "./node.js";
import { RUNNERS, TEAM_ONLY, wrongWith } from "./vectors.js";

await load();
const list = wordList();
const FOLDER = new URL("../vectors/", import.meta.url);
const NAMES = [...Object.keys(RUNNERS), "team-chains"].sort();

test("every file of vectors is run, but those that are the team's alone", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  const found = files.map((name) => name.replace(".json", "")).sort();
  assert.deepEqual(found, [...NAMES, ...TEAM_ONLY].sort());
});

for (const name of NAMES) {
  const content = vectors(name);
  for (const vector of content.cases) {
    test(`${name}: ${vector.name}`, async () => {
      assert.equal(await wrongWith(name, content, vector, list), "");
    });
  }
}

test("a vector that says otherwise is found to be wrong", async () => {
  const [first] = vectors("hash").cases;
  assert.notEqual(await wrongWith("hash", {}, { ...first, out: { hash: "" } }), "");
  assert.notEqual(await wrongWith("hash", {}, { ...first, expect: "WrongId" }), "");
});
