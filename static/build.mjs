// Writes dist/assets: the style sheet, the icon, and the scripts without their comments. The same sources always
// give the same bytes. `node build.mjs FOLDER` writes to another place than dist.
//
//   assets/workstation*.js   the workstation's, from js/
//   assets/js/**             the reporter's, from js/**, in the same folders
//   assets/js/vendor/        libsodium, from its package

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, execPath } from "node:process";
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

// What a browser gets is js/ without its comments, which are half of it: over Tor that is seconds.
function scripts() {
  const compiler = join(modules, "typescript/bin/tsc");
  const goal = join(assets, "js");
  execFileSync(execPath, [compiler, "-p", join(here, "tsconfig.build.json"), "--outDir", goal]);
  for (const name of readdirSync(goal).filter((each) => each.startsWith("workstation"))) {
    renameSync(join(goal, name), join(assets, name));
  }
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
