// Writes dist/assets: the style sheet, the icon, and the scripts as they are. The same sources always
// give the same bytes. `node build.mjs FOLDER` writes to another place than dist.
//
//   assets/workstation*.js   the workstation's, from js/
//   assets/js/**             the reporter's, from js/**, in the same folders
//   assets/js/vendor/        libsodium, from its package

import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const assets = join(argv[2] ?? join(here, "dist"), "assets");

// The package's prefix names a service that we are not: templates write class="button".
const PREFIX = /govuk-/g;
// A browser knows no packages: what one module of libsodium asks of the other is named by its file.
const SODIUM = ["libsodium-sumo", "libsodium-wrappers-sumo"];
const IMPORTED = /from"libsodium-sumo"/g;

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
  for (const each of readdirSync(js, { withFileTypes: true })) {
    if (each.isDirectory() || each.name.endsWith(".js")) {
      const goal = isWorkstation(each.name) ? assets : join(assets, "js");
      cpSync(join(js, each.name), join(goal, each.name), { recursive: true });
    }
  }
}

function sodium() {
  const vendor = join(assets, "js/vendor");
  mkdirSync(vendor, { recursive: true });
  for (const name of SODIUM) {
    const folder = join(modules, name, "dist/modules-sumo-esm");
    for (const file of readdirSync(folder).filter((each) => /^[a-z-]+\.mjs$/.test(each))) {
      const text = readFileSync(join(folder, file), "utf8");
      writeFileSync(join(vendor, file), text.replace(IMPORTED, 'from"./libsodium-sumo.mjs"'));
    }
  }
}

const css = styles();
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
writeFileSync(join(assets, "site.css"), css);
cpSync(join(here, "icon.svg"), join(assets, "icon.svg"));
scripts();
sodium();
