// Single keys, which do nothing while somebody types and can be switched off (WCAG 2.1.4).

const TYPED_INTO = "input, textarea, select";

/** @type {Readonly<Record<string, () => boolean>>} what a key does, and whether it did */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => hasRows() && move(1),
  ArrowUp: () => hasRows() && move(-1),
  "/": () => focusOn('[data-key="/"]') || visit("/search"),
  s: () => visit("/search"),
  r: () => focusOn('[data-key="r"] textarea'),
  n: () => focusOn('[data-key="n"] textarea'),
  a: () => focusOn('[data-key="a"]'),
  e: () => focusOn('[data-key="e"]'),
  t: () => press('[data-key="t"]'),
  i: () => visit("/"),
  "?": () => visit("/keys"),
  L: () => press('[data-key="L"]'),
};

/** Carry out the keys of the page that says how. */
export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const target = event.target;
    const typing = target instanceof Element && target.matches(TYPED_INTO);
    if (typing && event.key === "Escape" && target instanceof HTMLElement) target.blur();
    if (typing || document.getElementById("frame")?.dataset["keys"] !== "on") return;
    const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined;
    if (act?.()) event.preventDefault();
  });
}

/** @returns {HTMLElement[]} what j and k go through: the cases of a list, or a case's messages */
function stops() {
  return [...document.querySelectorAll("[data-row], .thread > li")].filter(
    (each) => each instanceof HTMLElement,
  );
}

function hasRows() {
  return document.querySelector("[data-row]") !== null;
}

/** @param {number} step */
function move(step) {
  const all = stops();
  const at = all.findIndex((each) => each === document.activeElement);
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (next === undefined) return all.length > 0;
  if (next.tabIndex < 0) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** @param {string} selector */
function focusOn(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) return false;
  found.focus();
  found.scrollIntoView({ block: "center" });
  return true;
}

/** @param {string} path */
function visit(path) {
  location.assign(path);
  return true;
}

/** @param {string} selector */
function press(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) return false;
  found.click();
  return true;
}
