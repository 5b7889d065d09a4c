// Writes dist/assets: the style sheet, the icon, and the scripts. The same sources always give the same
// bytes. `node build.mjs FOLDER` writes to another place than dist.
//
//   assets/workstation*.js   the workstation's, from js/
//   assets/js/**             the reporter's, from js/**, in the same folders, without their comments
//   assets/js/vendor/        libsodium, from its package

import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { compile } from "sass";
import { sodium } from "./vendor.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const assets = join(argv[2] ?? join(here, "dist"), "assets");

// The package's prefix names a service that we are not: templates write class="button".
const PREFIX = /govuk-/g;

function styles() {
  const { css } = compile(join(here, "css/site.scss"), {
    loadPaths: [modules],
    style: "compressed",
    charset: false,
    quietDeps: true,
  });
  return css.replace(PREFIX, "");
}

function isWorkstation(name) {
  return name.startsWith("workstation");
}

function scripts() {
  const js = join(here, "js");
  for (const name of readdirSync(js, { recursive: true }).filter((each) => each.endsWith(".js"))) {
    const text = readFileSync(join(js, name), "utf8");
    const goal = join(assets, isWorkstation(name) ? name : join("js", name));
    mkdirSync(dirname(goal), { recursive: true });
    writeFileSync(goal, isWorkstation(name) ? text : withoutComments(text));
  }
}

// Half of a script is what it means, and a report begins when all of it has come, perhaps through Tor.
// Comments go where they have lines of their own, and nothing else changes: what is served is the
// source, line by line.
function withoutComments(text) {
  return text
    .replace(/^[ \t]*\/\*\*(?:(?!\*\/)[^])*\*\/[ \t]*\n/gm, "")
    .replace(/^[ \t]*\/\/.*\n/gm, "")
    .trimStart();
}

function vendor() {
  const folder = join(assets, "js/vendor");
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of sodium(modules)) writeFileSync(join(folder, name), bytes);
}

const css = styles();
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
writeFileSync(join(assets, "site.css"), css);
cpSync(join(here, "icon.svg"), join(assets, "icon.svg"));
scripts();
vendor();
