// "Could this point to you?" is found in both languages, in a time that grows with the text alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findPointers } from "../../static/js/report/pointers.js";

const FOUND = [
  ["role", "I am a sergeant in another town", "I am a sergeant"],
  ["role", "As a custody officer I heard it", "As a custody officer"],
  ["role", "He shouted at my sergeant", "my sergeant"],
  ["role", "I was on duty that night", "I was on duty"],
  ["role", "After twelve years in the force", "twelve years in the force"],
  ["role", "Rwy’n gwnstabl yno", "Rwy’n gwnstabl"],
  ["role", "Gofynnodd i fy rhingyll", "fy rhingyll"],
  ["role", "Roeddwn i’n gweithio", "Roeddwn i’n gweithio"],
  ["time", "It was 21:47 when he came", "21:47"],
  ["time", "He came at 9.30pm", "9.30pm"],
  ["time", "at about 7 pm", "7 pm"],
  ["time", "at half past six", "half past six"],
  ["time", "Daeth am hanner awr wedi saith", "hanner awr wedi saith"],
  ["time", "tua naw o’r gloch", "naw o’r gloch"],
  ["day", "on 3rd of May he said", "3rd of May"],
  ["day", "on 14/02/2026", "14/02/2026"],
  ["day", "last Tuesday night", "last Tuesday night"],
  ["day", "ar 3 Tachwedd", "3 Tachwedd"],
  ["day", "ar ddydd Mawrth diwethaf", "ddydd Mawrth diwethaf"],
  ["speech", "He said “you owe me one” and left", "you owe me one"],
  ["speech", "what he told me that day", "told me that"],
  ["speech", "dywedodd wrthyf fod", "dywedodd wrthyf"],
  ["contact", "ring 07700 900123 please", "07700 900123"],
  ["contact", "write to a.b@example.org", "a.b@example.org"],
  ["contact", "PC 1234 saw it", "PC 1234"],
];

for (const [kind, text, quote] of FOUND) {
  test(`${kind}: ${text}`, () => {
    assert.ok(
      findPointers([text]).some((each) => each.kind === kind && each.quote === quote),
      JSON.stringify(findPointers([text])),
    );
  });
}

for (const text of [
  "",
  "A man in uniform took money from a shop in spring.",
  "Gwelais ddyn mewn iwnifform yn cymryd arian.",
  "He has done it for years, and others know.",
]) {
  test(`nothing is found in: ${text}`, () => assert.deepEqual(findPointers([text]), []));
}

test("each form is named once, and no more than five of a kind", () => {
  const times = Array.from({ length: 20 }, (_, hour) => `at ${hour}:15 and ${hour}:15`);
  const found = findPointers(times);
  assert.equal(found.filter((each) => each.kind === "time").length, 5);
  assert.equal(new Set(found.map((each) => each.quote)).size, 5);
});

for (const piece of ["I am a ", "“", "1", "my ", "0 ", "a@", "rwy’n ", "half past ", ".", "a.b@c"]) {
  test(`40,000 letters of ${JSON.stringify(piece)} end`, () => {
    findPointers([piece.repeat(40_000 / piece.length)]);
  });
}
