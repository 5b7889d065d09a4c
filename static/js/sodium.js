// Brings libsodium: compiled to WebAssembly, or as plain JavaScript where that is refused (Tor Browser at
// "Safer", a browser without it). Either way the same functions give the same bytes; plain JavaScript
// takes ten seconds and more for a passphrase. Only one of the two is ever fetched.

import { use } from "./crypto/primitives.js";

/** The smallest module there is: the four bytes of its name, and version 1. */
const SMALLEST = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
// Made by build.mjs from the package; paths and not packages, because a browser knows no packages.
const COMPILED = "./vendor/libsodium-wrappers.mjs";
const PLAIN = "./vendor/libsodium-plain.mjs";

/** @type {Promise<boolean> | undefined} */
let _loading;

/**
 * Brings libsodium, once, and hands it to everything in `crypto/`. Where that fails (a broken
 * connection), a browser may remember it for this page or worker: start another, or load the page again.
 * @returns {Promise<boolean>} whether it is compiled. If not, whoever waits is to be told that it takes
 *   long, and offered to have it sealed on arrival instead
 */
export function load() {
  _loading ??= _load().catch((error) => {
    _loading = undefined;
    throw error;
  });
  return _loading;
}

async function _load() {
  const isCompiled = await canCompile();
  /** @type {{ default: import("./crypto/primitives.js").Sodium }} */
  const { default: library } = await import(isCompiled ? COMPILED : PLAIN);
  await library.ready;
  use(library);
  return isCompiled;
}

/** @returns {Promise<boolean>} whether this browser compiles WebAssembly, found out by trying */
export async function canCompile() {
  try {
    await WebAssembly.compile(SMALLEST);
    return true;
  } catch {
    return false; // there is none, or it is refused
  }
}

/**
 * @param {number} length
 * @returns {Uint8Array<ArrayBuffer>} so many bytes of the browser's own randomness
 */
export function randomBytes(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}
