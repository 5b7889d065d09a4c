// Documents of office programs, which are zip files: Office Open XML (ECMA-376) and OpenDocument.

import { attempt, text, wide } from "./bytes.js";
import { values } from "./markup.js";

/** @typedef {import("./findings.js").Findings} Findings */
/** @typedef {import("./zip.js").Zip} Zip */
/** @typedef {(bytes: Uint8Array, found: Findings) => Promise<void>} ReadPicture */

const LARGEST_PART = 8 * 1024 * 1024;
const MOST_PARTS = 40;

/** @type {readonly (readonly [string, string])[]} */
const CORE = [
  ["dc:creator", "author"],
  ["cp:lastModifiedBy", "saved-by"],
  ["dcterms:created", "date"],
  ["dcterms:modified", "date"],
  ["cp:lastPrinted", "date"],
  ["cp:revision", "history"],
  ["dc:title", "title"],
  ["dc:subject", "title"],
  ["dc:description", "title"],
  ["cp:keywords", "title"],
  ["cp:category", "title"],
];
/** @type {readonly (readonly [string, string])[]} */
const APPLICATION = [
  ["Application", "software"],
  ["Company", "organisation"],
  ["Manager", "manager"],
];
/** @type {readonly (readonly [string, string])[]} */
const OPEN_DOCUMENT = [
  ["meta:initial-creator", "author"],
  ["dc:creator", "saved-by"],
  ["meta:printed-by", "saved-by"],
  ["meta:creation-date", "date"],
  ["meta:print-date", "date"],
  ["dc:date", "date"],
  ["meta:generator", "software"],
  ["meta:editing-cycles", "history"],
  ["dc:title", "title"],
  ["dc:subject", "title"],
  ["dc:description", "title"],
  ["meta:keyword", "title"],
];
const ORDINARY_TEMPLATES = /^Normal(\.dotm?)?$/i;
const CHANGES = /<w:(?:ins|del|moveFrom|moveTo)\s/;
const SHEET = /<(?:\w+:)?sheet\s[^>]{0,2000}>/g;

/** The parts whose presence says it all, by their names. */
const NAMED = /** @type {const} */ ([
  [/^(docProps\/thumbnail\.|Thumbnails\/)/, "thumbnail"],
  [/\/embeddings\/|^Object [^/]+\/content\.xml$/, "attachments"],
  [/(^|\/)vbaProject\.bin$|^(Basic|Scripts)\/./, "script"],
  [/^xl\/revisions\//, "changes"],
  [/^docProps\/custom\.xml$|^docMetadata\/|^customXml\/item\d+\.xml$/, "other"],
]);

/**
 * What the parts of a certain name say.
 * @type {readonly (readonly [RegExp, (source: string, found: Findings) => void])[]}
 */
const PARTS = [
  [/^docProps\/core\.xml$/, (source, found) => readNames(source, CORE, found)],
  [/^docProps\/app\.xml$/, readApplication],
  [/^meta\.xml$/, readOpenDocument],
  [/^content\.xml$/, readContent],
  [/^word\/(document|footnotes|endnotes|header\d*|footer\d*)\.xml$/, readText],
  [/^word\/comments\w*\.xml$/, (source, found) => found.addEach("commenters", authors(source))],
  [/^word\/people\.xml$/, (source, found) => found.addEach("commenters", authors(source))],
  [/^word\/settings\.xml$/, readSettings],
  [/^xl\/workbook\.xml$/, readWorkbook],
  [/^xl\/comments\w*\.xml$|^xl\/comments\/\w+\.xml$/, readAuthors],
  [/^xl\/persons\/\w+\.xml$/, readPersons],
  [/^ppt\/(commentAuthors|authors)\.xml$/, readSlideAuthors],
];
const PRINTER = /\/printerSettings\/\w+\.bin$/;
const PICTURE = /^(word|xl|ppt)\/media\/|^Pictures\//;

/**
 * Whether a zip file is an office document.
 * @param {Zip} zip
 */
export function isOffice(zip) {
  return ["[Content_Types].xml", "META-INF/manifest.xml"].some((each) => zip.find(each));
}

/**
 * Note what an office document holds besides its text.
 * @param {Zip} zip
 * @param {Findings} found
 * @param {ReadPicture} readPicture looks through one picture
 */
export async function readOffice(zip, found, readPicture) {
  let parts = 0;
  for (const entry of zip.entries) {
    for (const [name, kind] of NAMED) if (name.test(entry.name)) found.add(kind);
    const part = PARTS.find(([name]) => name.test(entry.name));
    const isPrinter = PRINTER.test(entry.name);
    const isPicture = PICTURE.test(entry.name);
    if (part === undefined && !isPrinter && !isPicture) continue;
    if ((parts += 1) > MOST_PARTS) {
      found.add("unread");
      return;
    }
    await attempt(found, async () => {
      const data = await zip.read(entry, LARGEST_PART);
      if (part !== undefined) part[1](text(data), found);
      else if (isPrinter) found.add("printer", wide(data.subarray(0, 64)));
      else await readPicture(data, found);
    });
  }
}

/**
 * @param {string} source
 * @param {readonly (readonly [string, string])[]} names
 * @param {Findings} found
 */
function readNames(source, names, found) {
  for (const [name, kind] of names) found.addEach(kind, values(source, name));
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readApplication(source, found) {
  readNames(source, APPLICATION, found);
  const templates = values(source, "Template").filter((each) => !ORDINARY_TEMPLATES.test(each));
  found.addEach("template", templates);
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readOpenDocument(source, found) {
  readNames(source, OPEN_DOCUMENT, found);
  if (source.includes("<meta:template")) found.add("template", values(source, "xlink:title")[0]);
  if (source.includes("<meta:user-defined")) found.add("other");
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readContent(source, found) {
  const changes = source.split("<text:tracked-changes").slice(1, 20);
  for (const each of changes) {
    found.add("changes");
    found.addEach("changes", values(each.split("</text:tracked-changes>")[0] ?? "", "dc:creator"));
  }
  for (const each of source.split("<office:annotation").slice(1, 200)) {
    const note = each.split("</office:annotation>")[0] ?? "";
    if (!each.startsWith("-end")) found.add("commenters", values(note, "dc:creator")[0]);
  }
  if (/table:display="false"/.test(source)) found.add("hidden-sheets");
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readText(source, found) {
  if (!CHANGES.test(source)) return;
  found.add("changes");
  found.addEach("changes", authors(source));
}

/** @param {string} source */
function authors(source) {
  return [...values(source, "w:author"), ...values(source, "w15:author")];
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readSettings(source, found) {
  if (source.includes("<w:attachedTemplate")) found.add("template");
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readWorkbook(source, found) {
  for (const [sheet] of source.matchAll(SHEET)) {
    const hidden = values(sheet, "state").some((each) => /^(veryH|h)idden$/.test(each));
    if (hidden) found.add("hidden-sheets", values(sheet, "name")[0]);
  }
  found.addEach("author", values(source, "userName"));
  const folder = /<x15ac:absPath\s[^>]{0,2000}>/.exec(source)?.[0] ?? "";
  found.addEach("path", values(folder, "url"));
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readAuthors(source, found) {
  found.addEach("commenters", values(source, "author"));
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readPersons(source, found) {
  found.addEach("commenters", values(source, "displayName"));
}

/**
 * @param {string} source
 * @param {Findings} found
 */
function readSlideAuthors(source, found) {
  found.addEach("commenters", values(source, "name"));
}
