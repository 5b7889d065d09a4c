// Choosing files: each is looked at on this device, and goes with what it hides, without it, or not at
// all. What is looked for is in metadata/, which is fetched once somebody chooses a file.

import { Troubled } from "../client/trouble.js";
import { copy, copyIfAny, find } from "./filling.js";
import { writeNumber, writeSize } from "./writing.js";

/**
 * @typedef {{ kind: string, value?: string }} Finding
 * @typedef {{ kind: string, findings: Finding[], strippable: boolean }} Inspection
 * @typedef {import("./problems.js").Problem} Problem
 * @typedef {{ file: File, item: HTMLElement, found: Inspection | null, key: number }} Chosen
 */

/** What could not be looked into, which is not the same as a file with nothing in it. */
const UNREAD = "unread";
const UNKNOWN = "unknown";

/** The files somebody has chosen, and what shall be done with each. */
export class Files {
  /** @type {Chosen[]} */
  #chosen = [];
  #last = 0;
  #looking = Promise.resolve();
  #input;
  #list;

  constructor() {
    this.#list = find("[data-chosen]");
    this.#input = find("#files");
    this.#input.addEventListener("change", () => void this.#take());
  }

  /** @returns {Promise<void>} once every file has been looked at: nothing goes on before */
  get looked() {
    return this.#looking;
  }

  /** @returns {number} how many there are that shall be sent */
  get count() {
    return this.#sent.length;
  }

  /** @returns {{ name: string, size: string, choice: string }[]} what is on the list */
  get listed() {
    return this.#chosen.map((each) => ({
      name: each.file.name,
      size: writeSize(each.file.size),
      choice: choiceOf(each),
    }));
  }

  /** @returns {string[]} the names of those that shall be sent, in their order */
  get names() {
    return this.#sent.map((each) => each.file.name);
  }

  /** Take all of them off the list. */
  clear() {
    for (const each of [...this.#chosen]) this.#remove(each);
  }

  /**
   * @param {{ files: number, fileBytes: number }} limits
   * @returns {Problem[]} what has to be put right before they can be sent
   */
  findProblems({ files, fileBytes }) {
    /** @type {Problem[]} */
    const problems = [];
    if (this.count > files) {
      problems.push({ code: "files-many", field: "files", values: { most: writeNumber(files) } });
    }
    for (const each of this.#sent) {
      const values = { name: each.file.name };
      const field = `file-${each.key}`;
      if (each.file.size > fileBytes) problems.push({ code: "file-large", field: "files", values });
      if (each.file.size === 0) problems.push({ code: "file-empty", field: "files", values });
      if (isUndecided(each)) problems.push({ code: "file-undecided", field, values });
    }
    return problems;
  }

  /**
   * @returns {Promise<import("../client/desk.js").Attachment[]>} those that shall be sent, without what
   *   they hide where that was chosen
   */
  async attachments() {
    const made = [];
    for (const each of this.#sent) {
      const { name } = each.file;
      const blob = choiceOf(each) === "strip" ? await this.#stripped(each) : each.file;
      if (blob === null) throw new Troubled({ code: "bad-file", place: made.length });
      made.push({ blob, name, key: `${each.key} ${choiceOf(each)}` });
    }
    return made;
  }

  /** @type {WeakMap<File, Blob>} made once, so that sending again goes on with the same bytes */
  #without = new WeakMap();

  /** @param {Chosen} chosen */
  async #stripped({ file }) {
    const made = this.#without.get(file);
    if (made !== undefined) return made;
    const { strip } = await metadata();
    const stripped = await strip(file);
    if (stripped !== null) this.#without.set(file, stripped);
    return stripped; // null where it has changed, or is gone
  }

  get #sent() {
    return this.#chosen.filter((each) => choiceOf(each) !== "drop");
  }

  async #take() {
    if (!(this.#input instanceof HTMLInputElement)) return;
    const files = [...(this.#input.files ?? [])];
    this.#input.value = "";
    const chosen = files.map((file) => this.#add(file));
    this.#looking = this.#look(chosen, this.#looking);
    await this.#looking;
  }

  /**
   * @param {Chosen[]} chosen
   * @param {Promise<void>} before what was begun earlier
   */
  async #look(chosen, before) {
    await before;
    find("[data-looking]").hidden = false;
    for (const each of chosen) {
      each.found = await look(each.file);
      showFound(each);
    }
    find("[data-looking]").hidden = true;
  }

  /**
   * @param {File} file
   * @returns {Chosen}
   */
  #add(file) {
    this.#last += 1;
    const fragment = copy("template[data-chosen-file]", {
      name: file.name,
      size: writeSize(file.size),
    });
    const item = find("li", fragment);
    /** @type {Chosen} */
    const chosen = { file, item, found: null, key: this.#last };
    nameOptions(chosen);
    find("[data-remove]", item).addEventListener("click", () => {
      this.#remove(chosen);
      this.#input.focus();
    });
    this.#chosen.push(chosen);
    this.#list.append(fragment);
    return chosen;
  }

  /** @param {Chosen} chosen */
  #remove(chosen) {
    this.#chosen = this.#chosen.filter((each) => each !== chosen);
    chosen.item.remove();
  }
}

/** @returns {Promise<{ inspect: (blob: Blob, name: string) => Promise<Inspection>, strip: (blob: Blob) => Promise<Blob | null> }>} */
async function metadata() {
  return import("../metadata/metadata.js");
}

/**
 * @param {File} file
 * @returns {Promise<Inspection | null>} null where it could not be looked at
 */
async function look(file) {
  try {
    const { inspect } = await metadata();
    return await inspect(file, file.name);
  } catch {
    return null;
  }
}

/** @param {Chosen} chosen */
function showFound({ item, found }) {
  const findings = found?.findings ?? [];
  const unread =
    found === null || found.kind === UNKNOWN || findings.some((each) => each.kind === UNREAD);
  find("[data-unread]", item).hidden = !unread;
  find("[data-clean]", item).hidden = unread || findings.length > 0;
  find("[data-hides]", item).hidden = findings.length === 0;
  find("[data-choice]", item).hidden = findings.length === 0 && !unread;
  if (!(found?.strippable ?? false)) find('[data-option="strip"]', item).remove();
  const list = find("[data-findings]", item);
  for (const each of findings) {
    const selector = `template[data-finding="${CSS.escape(each.kind)}"]`;
    const said = copyIfAny(selector, { value: each.value ?? "" });
    if (said === null) continue;
    const line = document.createElement("li");
    line.append(said);
    list.append(line);
  }
}

/**
 * Radios of one file belong together, and have labels.
 * @param {Chosen} chosen
 */
function nameOptions({ item, key }) {
  item.querySelectorAll("[data-option]").forEach((option, at) => {
    const input = option.querySelector("input");
    const label = option.querySelector("label");
    if (input === null || label === null) return;
    input.id = at === 0 ? `file-${key}` : `file-${key}-${at}`;
    input.name = `file-${key}`;
    label.htmlFor = input.id;
  });
}

/**
 * @param {Chosen} chosen
 * @returns {string} "strip", "keep", "drop", or nothing where nothing was chosen
 */
function choiceOf({ item }) {
  const checked = item.querySelector("input:checked");
  return checked instanceof HTMLInputElement ? checked.value : "";
}

/** @param {Chosen} chosen */
function isUndecided(chosen) {
  return !find("[data-choice]", chosen.item).hidden && choiceOf(chosen) === "";
}
