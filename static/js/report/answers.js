// What was written in the steps: read from the fields when it is needed, and kept nowhere else.

import { find, valueOf, valuesOf } from "../pages/filling.js";
import { countLetters, tidy } from "../pages/typed.js";
import { writeNumber } from "../pages/writing.js";

/** The questions whose answers travel by name, and the field of each: dropbox/site/questions.py. */
const QUESTIONS = [
  "danger",
  "evidence",
  "follows",
  "harmed",
  "how-known",
  "how-many-know",
  "must-not-know",
  "told",
  "when",
  "where",
  "who",
];
const DETAILS_BYTES = 8 * 1024;

/** @typedef {import("../pages/problems.js").Problem} Problem */
/** @typedef {import("../client/desk.js").Draft} Draft */

/** @returns {boolean} whether the police may know who this is */
export function isConfidential() {
  return valueOf("track") === "confidential";
}

/** @returns {Draft} */
export function readDraft() {
  return {
    text: tidy(valueOf("text")),
    language: valueOf("language") === "cy" ? "cy" : "en",
    categories: valuesOf("category").sort(),
    forces: valuesOf("force").sort(),
    answers: QUESTIONS.map((question) => ({ question, answer: tidy(valueOf(question)) })).filter(
      ({ answer }) => answer !== "",
    ),
    contact: isConfidential() ? tidy(valueOf("contact")) : "",
  };
}

/** @returns {string[]} everything that was written in words of one's own */
export function writtenTexts() {
  const names = ["text", "who", "when", "where", "harmed", "evidence", "told", "follows", "must-not-know"];
  return names.map((name) => valueOf(name)).filter(Boolean);
}

/**
 * @param {string} step
 * @param {{ letters: number, files: number }} has the most letters of a text; how many files there are
 * @returns {Problem[]} what has to be put right before going on from this step
 */
export function findProblems(step, has) {
  const problems = tooLong(step, has.letters);
  if (step === "check" && valueOf("text").trim() === "" && has.files === 0) {
    problems.push({ code: "text-missing", field: "text" });
  }
  if (step === "contact") problems.push(...contactProblems());
  return problems;
}

/**
 * @param {string} step
 * @param {number} most
 * @returns {Problem[]}
 */
function tooLong(step, most) {
  const problems = [];
  for (const area of find(`[data-step="${step}"]`).querySelectorAll("textarea")) {
    const length = countLetters(tidy(area.value));
    if (area.name !== "contact" && length > most) {
      problems.push({ code: "too-long", field: area.id, values: { length: writeNumber(length), most: writeNumber(most) } });
    }
  }
  return problems;
}

/** @returns {Problem[]} */
function contactProblems() {
  const details = tidy(valueOf("contact"));
  /** @type {Problem[]} */
  const problems = [];
  if (details === "") problems.push({ code: "contact-missing", field: "contact" });
  if (new TextEncoder().encode(details).length > DETAILS_BYTES) {
    problems.push({ code: "contact-too-long", field: "contact" });
  }
  if (valueOf("sure") === "") problems.push({ code: "contact-unsure", field: "sure" });
  return problems;
}
