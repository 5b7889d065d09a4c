// Values in XML, found by name and not by parsing: what is damaged still gives what it holds, and
// nothing in it is ever made into a page.

const LONGEST = 4000;
const TRIES = 200;
const AFTER = /\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * The values of attributes and the text of elements of this name, in their order.
 * @param {string} source
 * @param {string} name as written, with its prefix
 * @returns {string[]}
 */
export function values(source, name) {
  const found = [];
  let at = source.indexOf(name);
  for (let tries = 0; at >= 0 && tries < TRIES; tries += 1) {
    const before = source.charAt(at - 1);
    const end = at + name.length;
    const value =
      before === "<" && /[\s>/]/.test(source.charAt(end))
        ? element(source, name, end)
        : /\s/.test(before)
          ? attribute(source, end)
          : "";
    if (value !== "") found.push(value);
    at = source.indexOf(name, end);
  }
  return found;
}

/**
 * @param {string} source
 * @param {string} name
 * @param {number} at behind the name in its first tag
 */
function element(source, name, at) {
  const open = source.slice(at, at + LONGEST).indexOf(">");
  if (open < 0 || source.charAt(at + open - 1) === "/") return "";
  const start = at + open + 1;
  const content = source.slice(start, start + LONGEST);
  const close = content.indexOf(`</${name}`);
  return plain(close < 0 ? content : content.slice(0, close));
}

/**
 * @param {string} source
 * @param {number} at behind the name
 */
function attribute(source, at) {
  AFTER.lastIndex = at;
  const match = AFTER.exec(source);
  return plain((match?.[1] ?? match?.[2] ?? "").slice(0, LONGEST));
}

/** @param {string} marked */
function plain(marked) {
  return marked
    .replace(/<[^>]*>/g, " ")
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name) => ENTITIES[name] ?? "")
    .replace(/\s+/g, " ")
    .trim();
}
