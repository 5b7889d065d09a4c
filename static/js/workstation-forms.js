// Nothing that was typed gets lost by leaving a page, and nothing is sent twice by clicking twice.

const ON_ITS_WAY = 10_000;

let leaving = false;
let sent = -Infinity;
let ended = false;

/**
 * Leave without asking: the vault has locked, and what is on the page has to go.
 * @returns {boolean} false while a form is on its way, and its answer brings back what was typed; not
 *   for ever, because not every form leads to another page
 */
export function leaveAnyway() {
  if (performance.now() - sent < ON_ITS_WAY) return false;
  leaving = true;
  return true;
}

/** Send nothing more: whoever answers at this address from now on may be another program. */
export function endForms() {
  for (const each of document.querySelectorAll("button")) each.disabled = true;
  ended = true;
}

/** Watch the forms of this page. */
export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (ended || form.dataset["sent"] === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
    leaving = true;
    sent = performance.now();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && hasTypedText()) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    sent = -Infinity;
    for (const form of document.forms) delete form.dataset["sent"];
  });
}

/** @returns {boolean} whether something stands in a field that the page did not come with */
function hasTypedText() {
  return [...document.querySelectorAll("textarea")].some(
    (each) => !each.readOnly && each.value !== each.defaultValue,
  );
}
