// What can be found in a file, as kinds from one fixed list. The words for each stand in the page.

/** Every kind there is, in the order in which they are shown. */
export const KINDS = Object.freeze([
  "place",
  "may-place",
  "author",
  "saved-by",
  "organisation",
  "manager",
  "people",
  "network",
  "device",
  "serial",
  "printer",
  "path",
  "template",
  "commenters",
  "changes",
  "hidden-sheets",
  "attachments",
  "script",
  "thumbnail",
  "second-picture",
  "trailing",
  "date",
  "software",
  "title",
  "comment",
  "history",
  "identifier",
  "profile",
  "other",
  "unread",
]);

/** @typedef {{ kind: string, value?: string }} Finding */

const LONGEST_VALUE = 120;
const MOST = 64;
const UNPRINTABLE = /[\p{C}\p{Z}]+/gu;

/** The findings of one file while it is looked through: each once, 64 at most. */
export class Findings {
  /** @type {Map<string, Finding>} */
  #all = new Map();

  /**
   * Note a finding. The value is what the file says, as at most 120 printable characters.
   * @param {string} kind
   * @param {string} [value]
   */
  add(kind, value) {
    if (!KINDS.includes(kind)) throw new TypeError(kind);
    if (this.#all.size >= MOST) return;
    const clean = (value ?? "").slice(0, 8 * LONGEST_VALUE).replace(UNPRINTABLE, " ").trim();
    const short = [...clean].slice(0, LONGEST_VALUE).join("");
    const key = `${kind} ${short}`;
    if (!this.#all.has(key)) this.#all.set(key, short === "" ? { kind } : { kind, value: short });
  }

  /**
   * Note every value that says something.
   * @param {string} kind
   * @param {Iterable<string>} values
   */
  addEach(kind, values) {
    for (const value of values) {
      if (value.trim() !== "") this.add(kind, value);
    }
  }

  /** How many there are. */
  get size() {
    return this.#all.size;
  }

  /**
   * All of them in the order of KINDS; without value only where the kind has none with one.
   * @returns {Finding[]}
   */
  list() {
    const all = [...this.#all.values()];
    const told = new Set(all.filter((each) => each.value !== undefined).map((each) => each.kind));
    return all
      .filter((each) => each.value !== undefined || !told.has(each.kind))
      .sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
  }
}
