// What no vector asks of reading: rules that another rule would also stop, in the cases the vectors have.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Stored } from "../../static/js/crypto/chains.js";
import { Deleted } from "../../static/js/crypto/documents.js";
import { FilesDiffer } from "../../static/js/crypto/errors.js";
import * as files from "../../static/js/crypto/files.js";
import { explainStubs } from "../../static/js/crypto/opening.js";
import { load } from "./node.js";

await load();
const zeros = (length) => new Uint8Array(length);

test("bytes behind a file's end are refused, even under a hash that covers them", () => {
  const file = files.newFile((length) => zeros(length).fill(7));
  for (const [tail, isRefused] of [[0, false], [1, true]]) {
    const plain = zeros(files.paddedSize(10));
    plain[plain.length - 1] = tail;
    const part = files.sealPart(file, 0, plain, zeros);
    const reader = new files.PartReader(
      new files.FileManifest({
        name: "a",
        type: "",
        size: 10,
        padded: plain.length,
        id: file.id,
        key: file.key.expose(),
        hash: files.fileHash([files.partHash(part)]),
      }),
    );
    if (isRefused) assert.throws(() => reader.open(part), FilesDiffer);
    else assert.equal(reader.open(part).length, 10);
  }
});

test("a deletion by the team explains what came before it, and nothing after", () => {
  const entry = (seq, state, payload) => {
    const hashOfBody = zeros(32).fill(seq);
    const row = { header: zeros(134), hashOfBody, body: null, wraps: [], day: "", deleted: null };
    const stored = new Stored(row);
    return { seq, id: stored.id, stored, state, payload, day: "", problem: null, erased: false };
  };
  const [first, last] = [entry(0, "missing", null), entry(2, "missing", null)];
  const ids = [first.id, last.id].sort((one, other) => (text(one) < text(other) ? -1 : 1));
  const deleted = new Deleted({ kind: "deleted", author: zeros(32), group: null, ids, ack: null });
  const explained = explainStubs([first, entry(1, "shown", deleted), last], zeros(32), zeros(32));
  assert.deepEqual(
    explained.map(({ state }) => state),
    ["deleted", "shown", "missing"],
  );
});

/** In the order of base64url, which is that of the set. */
function text(id) {
  return Buffer.from(id).toString("base64url");
}
