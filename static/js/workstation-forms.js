// Nothing that was typed gets lost by leaving a page, and nothing is sent twice by clicking twice.

let leaving = false;

/**
 * Leave without asking: the vault has locked, and what is on the page has to go.
 * @returns {boolean} false where a form is on its way: its answer brings back what was typed
 */
export function leaveAnyway() {
  if (leaving) return false;
  leaving = true;
  return true;
}

/** Watch the forms of this page. */
export function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    if (form.dataset["sent"] === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset["sent"] = "yes";
    leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && hasTypedText()) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    for (const form of document.forms) delete form.dataset["sent"];
  });
}

/** @returns {boolean} whether something stands in a field that the page did not come with */
function hasTypedText() {
  return [...document.querySelectorAll("textarea")].some(
    (each) => !each.readOnly && each.value !== each.defaultValue,
  );
}
