// Somebody who stops the sending of a file, at a moment in which nothing is on its way.

import assert from "node:assert/strict";
import { randomBytes as random } from "node:crypto";
import { test } from "node:test";
import { Stopped } from "../../static/js/client/errors.js";
import { Service } from "../../static/js/client/service.js";
import { Upload } from "../../static/js/client/upload.js";
import { Challenge, Session } from "../../static/js/client/wire.js";
import { Keys } from "../../static/js/crypto/keys.js";
import { load } from "./node.js";

await load();

const randomBytes = (length) => new Uint8Array(random(length));
const ANSWERS = {
  "/api/challenge": new Challenge({ challenge: "c" }).toBytes(),
  "/api/session": new Session({ session: "s", role: "mailbox" }).toBytes(),
};

/** A server that takes everything, and the list of what it was asked for. */
function takesAll() {
  const asked = [];
  const transport = async ({ method, path }, signal) => {
    if (signal.aborted) throw new Stopped();
    asked.push(`${method} ${path.split("/").slice(0, 3).join("/")}`);
    const body = ANSWERS[path];
    return { status: body ? 200 : 204, body: body ?? new Uint8Array(), wait: 0 };
  };
  const service = new Service(transport, "http://127.0.0.1", () => {});
  service.become(new Keys(randomBytes(32)), randomBytes(32));
  return { service, asked };
}

/** A file whose reading waits for `letGo`. */
function slowFile(length) {
  let letGo = () => {};
  const ready = new Promise((resolve) => {
    letGo = resolve;
  });
  let begun = () => {};
  const reading = new Promise((resolve) => {
    begun = resolve;
  });
  const slice = () => ({
    arrayBuffer: async () => {
      begun();
      await ready;
      return new ArrayBuffer(length);
    },
  });
  return { blob: { size: length, type: "", slice }, reading, letGo };
}

test("a stop between two requests stops what would have been sent next", async () => {
  const { service, asked } = takesAll();
  const { blob, reading, letGo } = slowFile(1000);
  const upload = new Upload(blob, "a.bin", 0, randomBytes);
  const sent = upload.send(service);
  await reading;
  service.stop();
  letGo();
  await assert.rejects(sent, Stopped);
  service.begin();
  await upload.cancel(service);
  assert.deepEqual(asked.slice(2), ["POST /api/files", "DELETE /api/files"]);
});
