// libsodium as a browser can load it, from what npm brought: each file's name and bytes.
//
//   libsodium.wasm                               compiled
//   libsodium-sumo.mjs, libsodium-wrappers.mjs   what loads it and what calls it, two modules
//   libsodium-plain.mjs                          all of it in one module, in plain JavaScript
//
// The package has the first inside of the second, as text: on the wire that is a third more.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const CORE = "libsodium-sumo";
const WRAPPER = "libsodium-wrappers-sumo";
// A browser knows no packages: what one module asks of the other is named by its file.
const IMPORTED = `from"${CORE}"`;
// A function that reads base64, called with the one long text there is.
const EMBEDDED = /\(A=>\{for\(var I,g,C=0,B=0[^{}]*return E\}\)\("([A-Za-z0-9+/]+=*)"\)/g;
const FETCH = `const answer = await fetch(new URL("./libsodium.wasm", import.meta.url));
const binary = new Uint8Array(await answer.arrayBuffer());
`;

/**
 * @param {string} modules the folder node_modules
 * @returns {[string, string | Uint8Array][]}
 */
export function sodium(modules) {
  const read = (...path) => readFileSync(join(modules, ...path), "utf8");
  const core = read(CORE, "dist/modules-sumo-esm/libsodium-sumo.mjs");
  const wrapper = read(WRAPPER, "dist/modules-sumo-esm/libsodium-wrappers.mjs");
  const embedded = [...core.matchAll(EMBEDDED)];
  if (embedded.length !== 1 || wrapper.split(IMPORTED).length !== 2) {
    throw new Error("libsodium's files have changed: look at vendor.mjs");
  }
  const plain = [
    read(CORE, "dist/modules-sumo/libsodium-sumo.js"),
    read(WRAPPER, "dist/modules-sumo/libsodium-wrappers.js"),
  ];
  return [
    ["libsodium.wasm", Buffer.from(embedded[0][1], "base64")],
    ["libsodium-sumo.mjs", FETCH + core.replace(EMBEDDED, "binary")],
    ["libsodium-wrappers.mjs", wrapper.replace(IMPORTED, `from"./libsodium-sumo.mjs"`)],
    ["libsodium-plain.mjs", asModule(plain)],
  ];
}

/**
 * The package's other build is for `<script>`: each file adds itself to what `this` is there. A module
 * has no `this`, and gives them an object of its own.
 * @param {string[]} scripts
 */
function asModule(scripts) {
  const calls = scripts.map((script) => `(function () {\n${script}\n}).call(scope);\n`);
  return `const scope = {};\n${calls.join("")}export default scope.sodium;\n`;
}
