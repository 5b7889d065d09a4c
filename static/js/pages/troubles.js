// What went wrong, in the words of the page.

import { copyIfAny, copy, find } from "./filling.js";
import { writeDay } from "./writing.js";

/**
 * @typedef {import("../client/trouble.js").Trouble} Trouble
 */

/**
 * @param {Trouble} trouble
 * @param {string} [name] of the file it is about
 * @returns {DocumentFragment} what happened, and what to do
 */
export function sayTrouble(trouble, name = "") {
  const values = {
    name,
    today: day(trouble.today),
    first: day(trouble.first),
    last: day(trouble.last),
  };
  const selector = `template[data-trouble="${CSS.escape(trouble.code)}"]`;
  return copyIfAny(selector, values) ?? copy('template[data-trouble="failed"]');
}

/**
 * Say it on top of the step that is shown.
 * @param {Trouble} trouble
 * @param {string} [name] of the file it is about
 */
export function showTrouble(trouble, name = "") {
  const box = document.createElement("div");
  box.className = "error-summary";
  box.tabIndex = -1;
  box.append(sayTrouble(trouble, name));
  find("[data-trouble-here]").replaceChildren(box);
  box.focus();
  box.scrollIntoView({ block: "start" });
}

/** @param {string | undefined} text */
function day(text) {
  return text === undefined ? "" : writeDay(text);
}
