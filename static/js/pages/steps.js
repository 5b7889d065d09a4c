// One step at a time, in one document. "Back" of the browser is one step back and loses no text; the
// history gets one entry more than the page itself, at the same address and with nothing in it, however
// many steps there are.

import { find, findAll } from "./filling.js";
import { clearProblems } from "./problems.js";

/** The same page in another language: what was written would be lost on the way. */
const FIRST_ONLY = ".language";

/** The steps somebody has come through; the last is the one that is shown. */
export class Steps {
  /** @type {string[]} */
  #path = [];
  /** Whether there is an entry of the history to go back from. */
  #guarded = false;
  /** Whether the last step is one that comes and goes by itself. */
  #settled = false;
  /** Whether "Back" leads to the step before. */
  #open = true;
  #moved = false;

  /** @param {(step: string) => void} onShow told which step is shown, once it is */
  constructor(onShow = () => undefined) {
    this.onShow = onShow;
    window.addEventListener("popstate", () => this.#goneBack());
    find(".skip-link").addEventListener("click", (event) => {
      event.preventDefault(); // a mark in the address would be a step of the history
      find("#main").focus();
    });
    find("[data-back] a").addEventListener("click", (event) => {
      event.preventDefault();
      history.back();
    });
  }

  /** @returns {string} the step that is shown */
  get now() {
    return this.#path.at(-1) ?? "";
  }

  /**
   * Begin with a step: nothing lies behind it.
   * @param {string} step
   */
  begin(step) {
    this.#path = [];
    for (const each of findAll("[data-until-ready]")) each.hidden = true;
    this.go(step);
  }

  /**
   * Go on to a step.
   * @param {string} step
   */
  go(step) {
    this.#leaveSettled();
    this.#path.push(step);
    this.#show();
  }

  /**
   * Show a step that nobody asked for, such as "sending". "Back" never leads to it.
   * @param {string} step
   * @param {{ open?: boolean }} [how] `open`: whether "Back" leads to the step before
   */
  settle(step, { open = false } = {}) {
    this.#leaveSettled();
    this.#settled = true;
    this.#open = open;
    this.#path.push(step);
    this.#show();
  }

  /**
   * Go back to a step that lies behind.
   * @param {string} step
   */
  return(step) {
    const at = this.#path.lastIndexOf(step);
    if (at >= 0) this.#path.length = at;
    this.go(step);
  }

  /**
   * Show a step that nothing leads back from, and that one "Back" does not lose.
   * @param {string} step
   */
  hold(step) {
    this.#path = [];
    this.settle(step);
  }

  #leaveSettled() {
    if (this.#settled) this.#path.pop();
    this.#settled = false;
    this.#open = true;
  }

  #goneBack() {
    if (!this.#guarded) return;
    this.#guarded = false;
    if (!this.#open || this.#path.length < 2) return; // one more "Back" leads away
    this.#path.pop();
    this.#settled = false;
    this.#show();
  }

  #show() {
    if ((!this.#open || this.#path.length > 1) && !this.#guarded) {
      history.pushState(null, "");
      this.#guarded = true;
    }
    clearProblems();
    find("[data-trouble-here]").replaceChildren();
    for (const each of findAll("[data-step]")) each.hidden = each.dataset["step"] !== this.now;
    find("[data-back]").hidden = this.#path.length < 2 || !this.#open;
    for (const each of findAll(FIRST_ONLY)) each.hidden = this.#moved;
    this.onShow(this.now);
    if (this.#moved) focusHeading(find(`[data-step="${this.now}"]`));
    this.#moved = true; // not at first: then the browser itself begins to read
  }
}

/** @param {HTMLElement} section */
function focusHeading(section) {
  window.scrollTo(0, 0);
  const heading = section.querySelector("h1");
  if (!(heading instanceof HTMLElement)) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
