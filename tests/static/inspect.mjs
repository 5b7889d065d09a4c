// Looks through every file of a folder and prints what it found as JSON: `node inspect.mjs FOLDER`.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { inspect, strip } from "../../static/js/metadata/metadata.js";

const [, , folder = "."] = argv;
const all = {};
for (const name of readdirSync(folder).sort()) {
  const file = new Blob([readFileSync(join(folder, name))]);
  const stripped = await strip(file);
  const content = stripped === null ? null : Buffer.from(await stripped.arrayBuffer());
  all[name] = { ...(await inspect(file, name)), stripped: content?.toString("base64") ?? null };
}
stdout.write(JSON.stringify(all));
