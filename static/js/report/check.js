// Everything that was written, once more before it is sent, each with a way back to where it stands.

import { copy, find, valueOf } from "../pages/filling.js";
import { writtenTexts } from "./answers.js";
import { findPointers } from "./pointers.js";

/**
 * @param {{
 *   steps: readonly string[], files: { name: string, size: string, choice: string }[],
 *   change: (step: string) => void
 * }} what `steps` are those that were shown; `change` leads back to one
 */
export function showCheck({ steps, files, change }) {
  const list = find("[data-answers]");
  list.replaceChildren();
  for (const step of steps) {
    const section = find(`[data-step="${step}"]`);
    const rows = step === "files" ? [filesRow(section, files)] : rowsOf(section);
    for (const { question, answer } of rows) list.append(makeRow(question, answer, step, change));
  }
  showPointers();
}

/**
 * @param {string} question
 * @param {string} answer
 * @param {string} step
 * @param {(step: string) => void} change
 */
function makeRow(question, answer, step, change) {
  const shown = answer || (find("[data-not-given]").textContent ?? "");
  const row = copy("template[data-answer-row]", { question, answer: shown });
  find("[data-change]", row).addEventListener("click", (event) => {
    event.preventDefault();
    change(step);
  });
  return row;
}

/**
 * @param {HTMLElement} section
 * @param {{ name: string, size: string, choice: string }[]} files
 */
function filesRow(section, files) {
  const question = section.querySelector("h1")?.textContent ?? "";
  const sent = files.filter(({ choice }) => choice !== "drop");
  return { question, answer: sent.map(({ name, size }) => `${name} (${size})`).join("\n") };
}

/**
 * @param {HTMLElement} section
 * @returns {{ question: string, answer: string }[]} of every field, what it asks and what stands in it
 */
function rowsOf(section) {
  const rows = [];
  for (const area of section.querySelectorAll("textarea")) {
    rows.push({ question: labelOf(area), answer: area.value.trim() });
  }
  for (const group of section.querySelectorAll("fieldset")) {
    const chosen = [...group.querySelectorAll("input:checked")].map(labelOf);
    const legend = group.querySelector("legend");
    rows.push({ question: textOf(legend), answer: chosen.join("\n") });
  }
  return rows;
}

/** @param {Element} field */
function labelOf(field) {
  return textOf(document.querySelector(`label[for="${CSS.escape(field.id)}"]`));
}

/** @param {Element | null} element */
function textOf(element) {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** Say what could point to the writer. Nothing of it leaves this page. */
function showPointers() {
  const place = find("[data-pointers]");
  const list = find("[data-found]", place);
  const found = findPointers(writtenTexts());
  list.replaceChildren(
    ...found.map(({ kind, quote }) => copy(`template[data-pointer="${kind}"]`, { quote })),
  );
  const few = valueOf("how-many-know") === "five-or-fewer";
  if (few) list.prepend(copy('template[data-pointer="few"]'));
  const any = found.length > 0 || few;
  list.hidden = !any;
  find("[data-some]", place).hidden = !any;
  find("[data-none]", place).hidden = any;
}
