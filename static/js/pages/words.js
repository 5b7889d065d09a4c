// The seven words: shown, hidden, practised.

import { find, findAll, valueOf } from "./filling.js";
import { showProblems } from "./problems.js";
import { Troubled } from "../client/trouble.js";

/**
 * Put the words into the lists for them.
 * @param {readonly string[]} words
 */
export function showWords(words) {
  for (const list of findAll("[data-words]")) {
    list.replaceChildren(
      ...words.map((word) => {
        const item = document.createElement("li");
        item.textContent = word;
        return item;
      }),
    );
  }
}

/**
 * The button that hides the words, and the field that practises them.
 * @param {() => import("../client/desk.js").Desk} desk
 */
export function watchWords(desk) {
  const button = find("[data-toggle-words]");
  const list = find("#the-words");
  const toggle = (/** @type {boolean} */ show) => {
    list.hidden = !show;
    button.setAttribute("aria-expanded", String(show));
    button.textContent = button.dataset[show ? "hide" : "show"] ?? "";
  };
  button.addEventListener("click", () => toggle(list.hidden === true));
  find("#practice").addEventListener("focus", () => toggle(false));
  find("[data-practice]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const right = find("[data-practice-right]");
    right.hidden = true;
    const problem = await tryWords(desk());
    right.hidden = !showProblems(problem === null ? [] : [problem]);
  });
}

/**
 * @param {import("../client/desk.js").Desk} desk
 * @returns {Promise<import("./problems.js").Problem | null>}
 */
async function tryWords(desk) {
  try {
    if (await desk.practise(valueOf("practice"))) return null;
    return { code: "other-words", field: "practice" };
  } catch (error) {
    return wordProblem(error, "practice");
  }
}

/**
 * @param {unknown} error
 * @param {string} field
 * @returns {import("./problems.js").Problem} what is wrong with the words that were typed
 */
export function wordProblem(error, field) {
  if (!(error instanceof Troubled)) throw error;
  const { code, word = "", nearest = [], count = 0 } = error.trouble;
  if (code === "unknown-word") {
    return { code, field, values: { word, nearest: nearest.join(", ") } };
  }
  if (code === "wrong-number" && count === 0) return { code: "words-missing", field };
  if (code === "wrong-number") return { code, field, values: { count } };
  throw error;
}
