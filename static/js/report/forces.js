// The list of forces, made shorter by what is typed. All of them stand in the page, so that it is the
// same for everybody and nobody learns what is looked for.

import { find, findAll } from "../pages/filling.js";
import { writeNumber } from "../pages/writing.js";

/** Watch the field that searches the list. */
export function watchForces() {
  const field = find("#force-search");
  if (!(field instanceof HTMLInputElement)) return;
  const items = findAll("[data-names]").map((element) => ({
    element,
    names: fold(element.dataset["names"] ?? ""),
    always: "always" in element.dataset,
  }));
  field.addEventListener("input", () => {
    const parts = fold(field.value).split(" ").filter(Boolean);
    let shown = 0;
    for (const { element, names, always } of items) {
      const matches = parts.every((part) => names.includes(part));
      const chosen = element.querySelector("input")?.checked ?? false;
      element.hidden = !matches && !always && !chosen;
      if (matches) shown += 1;
    }
    say(parts.length > 0 ? shown : null);
  });
  // Enter chooses nothing and sends nothing here.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

/** @param {number | null} shown */
function say(shown) {
  const place = find("[data-force-count]");
  const { some, none } = place.dataset;
  if (shown === null) place.textContent = "";
  else place.textContent = shown > 0 ? `${some} ${writeNumber(shown)}` : (none ?? "");
}

/**
 * @param {string} text
 * @returns {string} small letters without accents, words apart by one space
 */
function fold(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
