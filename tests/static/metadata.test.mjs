// Run by `node --test tests/static/`. SAMPLES names the folder that `python -m tests.samples` wrote;
// without it they are written now.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { KINDS } from "../../static/js/metadata/findings.js";
import { inspect, strip } from "../../static/js/metadata/metadata.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = process.env["SAMPLES"] ?? written();
const samples = new Map(
  readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name))]),
);

function written() {
  const made = mkdtempSync(join(tmpdir(), "samples-"));
  after(() => rmSync(made, { recursive: true }));
  execFileSync(join(root, ".venv/bin/python"), ["-m", "tests.samples", made], { cwd: root });
  return made;
}

function blob(bytes) {
  return new Blob([bytes]);
}

function kinds({ findings }) {
  return new Set(findings.map((each) => each.kind));
}

test("every finding is of a kind that has words", async () => {
  for (const [name, bytes] of samples) {
    for (const { kind } of (await inspect(blob(bytes), name)).findings) {
      assert.ok(KINDS.includes(kind), `${name}: ${kind}`);
    }
  }
});

test("a name says nothing of what a file is", async () => {
  const found = await inspect(blob(samples.get("IMG_2231.jpg")), "notes.txt");
  assert.equal(found.kind, "jpeg");
  assert.ok(kinds(found).has("place"));
});

test("the hidden sheet, its author and who saved it are named", async () => {
  const { findings } = await inspect(blob(samples.get("overtime_Q3.xlsx")));
  const said = Object.fromEntries(findings.map(({ kind, value }) => [kind, value]));
  assert.equal(said["author"], "J.Penhallow");
  assert.equal(said["saved-by"], "R. Quill");
  assert.equal(said["hidden-sheets"], "staff numbers");
  assert.equal(said["path"], "C:\\Users\\jpenhallow\\Desk\\");
});

test("a photograph says where it was taken", async () => {
  const { findings } = await inspect(blob(samples.get("IMG_2231.jpg")));
  const place = findings.find(({ kind }) => kind === "place");
  assert.equal(place.value, "51.50722, -0.12750");
});

test("what is sent instead of a picture has nothing left in it", async () => {
  for (const [name, bytes] of samples) {
    if (!/\.(jpg|png|webp)$/.test(name)) continue;
    const stripped = await strip(blob(bytes));
    assert.notEqual(stripped, null, name);
    assert.deepEqual((await inspect(stripped)).findings, [], name);
    assert.equal(stripped.type, `image/${name.split(".")[1].replace("jpg", "jpeg")}`);
    const again = await strip(stripped);
    assert.deepEqual(await again.arrayBuffer(), await stripped.arrayBuffer(), name);
  }
});

test("what is no picture is never changed", async () => {
  for (const [name, bytes] of samples) {
    if (/\.(jpg|png|webp)$/.test(name)) continue;
    assert.equal(await strip(blob(bytes)), null, name);
  }
});

test("a file cut short anywhere is looked through to its end", async () => {
  for (const name of ["small.jpg", "plain.png", "plain.webp", "slides.pptx"]) {
    const bytes = samples.get(name);
    for (let length = 0; length < bytes.length; length += 1) {
      const file = blob(bytes.subarray(0, length));
      assert.ok(Array.isArray((await inspect(file)).findings), `${name} ${length}`);
    }
  }
});

test("a picture cut short is not sent as one that is whole", async () => {
  for (const name of ["plain.jpg", "plain.png", "plain.webp"]) {
    const bytes = samples.get(name);
    const file = blob(bytes.subarray(0, bytes.length - 3));
    assert.ok(kinds(await inspect(file)).has("unread"), name);
    assert.equal(await strip(file), null, name);
  }
});

test("a byte changed anywhere never throws, and what is sent instead is clean", async () => {
  for (const [name, bytes] of samples) {
    if (bytes.length > 20_000) continue;
    const step = Math.max(1, Math.floor(bytes.length / 60));
    for (let at = 0; at < bytes.length; at += step) {
      const changed = Uint8Array.from(bytes);
      changed[at] ^= 0xff;
      await inspect(blob(changed));
      const stripped = await strip(blob(changed));
      if (stripped !== null) assert.deepEqual((await inspect(stripped)).findings, [], name);
    }
  }
});

test("a chunk a decoder must know and we do not stops everything", async () => {
  const png = samples.get("plain.png");
  const changed = Buffer.concat([png.subarray(0, 33), png.subarray(8, 33), png.subarray(33)]);
  changed.write("IXYZ", 33 + 4, "latin1");
  assert.equal(await strip(blob(changed)), null);
  assert.equal((await inspect(blob(changed))).strippable, false);
});

test("a bomb is not unpacked", async () => {
  const chunk = (type, data) => {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length);
    bytes.write(type, 4, "latin1");
    data.copy(bytes, 8);
    return bytes;
  };
  const { deflateSync } = await import("node:zlib");
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  const png = samples.get("plain.png");
  const text = chunk("zTXt", Buffer.concat([Buffer.from("Comment\0\0", "latin1"), bomb]));
  const whole = Buffer.concat([png.subarray(0, 33), text, png.subarray(33)]);
  const found = await inspect(blob(whole));
  assert.ok(kinds(found).has("unread"));
  assert.notEqual(await strip(blob(whole)), null);
});

test("of a large file only little is read", async () => {
  const sizes = [];
  const counted = (size, head) => ({
    size,
    slice(start, end) {
      sizes.push(Math.min(end, size) - start);
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      if (start < head.length) bytes.set(head.subarray(start, Math.min(end, head.length)));
      return { arrayBuffer: async () => bytes.buffer };
    },
  });
  const twoGibibytes = 2 ** 31;
  for (const name of ["IMG_2231.jpg", "scan.pdf", "overtime_Q3.xlsx", "film.mov", "note.txt"]) {
    sizes.length = 0;
    const file = counted(twoGibibytes, samples.get(name));
    await inspect(file);
    assert.ok(sizes.reduce((sum, each) => sum + each, 0) < 2 ** 25, name);
  }
});

test("a file that can no longer be read is said to be so", async () => {
  const gone = { size: 10, slice: () => ({ arrayBuffer: async () => Promise.reject(new Error()) }) };
  const { kind, findings, strippable } = await inspect(gone);
  assert.deepEqual([kind, findings, strippable], ["unknown", [{ kind: "unread" }], false]);
  assert.equal(await strip(gone), null);
});

test("endless lists end", async () => {
  const comments = Buffer.concat(Array(200_000).fill(Buffer.from([0xff, 0xfe, 0, 4, 65, 66])));
  const jpeg = samples.get("plain.jpg");
  const file = blob(Buffer.concat([jpeg.subarray(0, 2), comments, jpeg.subarray(2)]));
  assert.deepEqual((await inspect(file)).findings, [{ kind: "comment", value: "AB" }]);
  const pdf = Buffer.from(`%PDF-1.7\n${"/Type /ObjStm stream\n(((((((/Title(".repeat(50_000)}`);
  assert.ok(kinds(await inspect(blob(pdf))).has("unread"));
});
