// The client's pure parts: what is asked again and for how long, what is a listing, what a name becomes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Away, Refused, Stopped, WrongAnswer } from "../../static/js/client/errors.js";
import { readListing } from "../../static/js/client/listing.js";
import { patiently, sleep } from "../../static/js/client/retry.js";
import { explain } from "../../static/js/client/trouble.js";
import { makeTransport } from "../../static/js/client/transport.js";
import { pack, unpack } from "../../static/js/client/wire.js";
import { NotCanonical, ProtocolError } from "../../static/js/crypto/errors.js";
import * as protocol from "../../static/js/crypto/errors.js";
import * as client from "../../static/js/client/errors.js";
import { safeName } from "../../static/js/mailbox/saving.js";
import { visible } from "../../static/js/mailbox/thread.js";

const { signal } = new AbortController();
const request = { method: "GET", path: "/api/directory", limit: 10 };

// -- asking again -----------------------------------------------------------------------------------

/** @param {unknown[]} outcomes */
async function ask(outcomes, pauses = [1, 2, 4]) {
  const slept = [];
  const told = [];
  const patience = { pauses, sleep: async (seconds) => void slept.push(seconds) };
  const call = async () => {
    const next = outcomes.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  try {
    const said = await patiently(call, patience, (event) => told.push(event.kind), signal);
    return { said, slept, told };
  } catch (error) {
    return { error, slept, told };
  }
}

test("a connection that comes back is waited for", async () => {
  const { said, slept } = await ask([new Away(), new Away(), "here"]);
  assert.deepEqual([said, slept], ["here", [1, 2]]);
});

test("what a server decided is not asked again", async () => {
  const { error, slept } = await ask([new Refused("full"), "never"]);
  assert.ok(error instanceof Refused);
  assert.deepEqual(slept, []);
});

test("a server that says how long is waited for, within all patience", async () => {
  const { said, slept, told } = await ask([new Refused("busy", 5), "here"]);
  assert.deepEqual([said, slept, told], ["here", [5], ["waiting"]]);
  const bounded = await ask([new Refused("busy", 3600), "here"]);
  assert.deepEqual([bounded.said, bounded.slept], ["here", [7]]);
});

test("patience ends, and the last error is the one that is told", async () => {
  const { error, slept } = await ask([new Away(), new Away(), new Away(), new Refused("failed")]);
  assert.ok(error instanceof Refused);
  assert.deepEqual(slept, [1, 2, 4]);
});

test("somebody who stops does not wait", async () => {
  const stop = new AbortController();
  const waiting = sleep(1000, stop.signal);
  stop.abort();
  await assert.rejects(waiting, Stopped);
});

// -- what comes back --------------------------------------------------------------------------------

test("a parcel comes apart as it was put together", () => {
  const blobs = [new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array(70_000).fill(7)];
  const [document, rest] = unpack(pack(new Uint8Array([9]), blobs));
  assert.deepEqual([document, rest], [new Uint8Array([9]), blobs]);
});

test("a parcel that is cut anywhere is none", () => {
  const whole = pack(new Uint8Array([9, 9]), [new Uint8Array([1, 2, 3])]);
  for (let length = 0; length < whole.length; length += 1) {
    const isWhole = length === 6; // the document alone
    if (!isWhole) assert.throws(() => unpack(whole.subarray(0, length)), NotCanonical);
  }
});

for (const [name, bytes] of Object.entries({
  nothing: new Uint8Array(),
  zeros: new Uint8Array(100),
  text: new TextEncoder().encode("<!doctype html>"),
  "a page without its blobs": pack(
    new TextEncoder().encode('{"use":null,"entries":[],"more":false}'),
    [new Uint8Array(3)],
  ),
})) {
  test(`a listing of ${name} is a wrong answer`, () => {
    assert.throws(() => readListing(bytes), WrongAnswer);
  });
}

/** @param {() => Response | Promise<Response>} answer */
const transport = (answer) => makeTransport("http://127.0.0.1", async () => answer());

test("no redirect is followed", async () => {
  const moved = transport(() => new Response(null, { status: 302, headers: { location: "/" } }));
  await assert.rejects(moved(request, signal), client.Redirected);
});

test("no more is read than a right answer has", async () => {
  let given = 0;
  const endless = new ReadableStream({
    pull(controller) {
      given += 1;
      controller.enqueue(new Uint8Array(8));
    },
  });
  await assert.rejects(transport(() => new Response(endless))(request, signal), client.AnswerTooLong);
  assert.ok(given < 10);
});

test("whatever a browser says of a broken connection, it is one", async () => {
  const broken = transport(() => {
    throw new TypeError("network error");
  });
  await assert.rejects(broken(request, signal), Away);
});

for (const [said, wait] of [["5", 5], ["99999", 3600], ["-1", 0], ["soon", 0], ["1e3", 0], ["", 0]]) {
  test(`"Retry-After: ${said}" is ${wait} seconds`, async () => {
    const busy = transport(() => new Response("x", { status: 503, headers: { "Retry-After": said } }));
    assert.equal((await busy(request, signal)).wait, wait);
  });
}

// -- what is told -----------------------------------------------------------------------------------

test("every error of both trees has a code, and none has a text", () => {
  for (const kind of [...Object.values(protocol), ...Object.values(client)]) {
    const error = new kind("secret", "secret", "secret");
    const trouble = explain(error);
    assert.equal(typeof trouble.code, "string");
    assert.equal(error.message.includes("secret"), false);
    if (!(error instanceof protocol.UnknownWord)) {
      assert.equal(JSON.stringify({ ...trouble, place: 0, count: 0 }).includes("secret"), false);
    }
  }
  assert.equal(explain(new RangeError("secret")).code, "failed");
  assert.ok(new protocol.Expired() instanceof ProtocolError);
});

// -- names and texts of somebody else ---------------------------------------------------------------

for (const [name, safe] of [
  ["../../etc/passwd", "passwd"],
  ["..\\..\\boot.ini", "boot.ini"],
  ["C:evil.exe", "C_evil.exe"],
  ["a\u0000b\nc", "a_b_c"],
  ["form\u202egnp.exe", "form_gnp.exe"],
  ["CON", "file-CON"],
  ["nul.txt", "file-nul.txt"],
  ["...", "file-unnamed"],
  ["", "file-unnamed"],
  ["report.pdf", "report.pdf"],
]) {
  test(`a file named ${JSON.stringify(name)} is saved as ${safe}`, () => {
    assert.equal(safeName(name), safe);
  });
}

test("a long name keeps its ending", () => {
  assert.ok(safeName(`${"a".repeat(300)}.pdf`).endsWith(".pdf"));
  assert.ok(safeName("a".repeat(300)).length <= 100);
});

test("what is hidden in a text, or turns it round, is written out", () => {
  assert.equal(visible("a\u202eb\u200bc\u0007\n\t"), "a<U+202E>b<U+200B>c<U+0007>\n    ");
});
