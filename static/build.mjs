// Writes dist/assets: the style sheet, and the scripts as they are. The same sources always give the
// same bytes. `node build.mjs FOLDER` writes to another place than dist.

import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(argv[2] ?? join(here, "dist"), "assets");

// The package's prefix names a service that we are not: templates write class="button".
const PREFIX = /govuk-/g;

function styles() {
  const { css } = compile(join(here, "css/site.scss"), {
    loadPaths: [join(here, "node_modules")],
    style: "compressed",
    charset: false,
    quietDeps: true,
  });
  return css.replace(PREFIX, "");
}

const css = styles();
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
writeFileSync(join(assets, "site.css"), css);
for (const name of readdirSync(join(here, "js")).filter((each) => each.endsWith(".js"))) {
  copyFileSync(join(here, "js", name), join(assets, name));
}
