// The report's page: from the first step to the seven words. What is written stands in the fields of
// this page and nowhere else, until it is sealed.

import "./leave.js";
import { openDesk } from "./client/counter.js";
import { Troubled } from "./client/trouble.js";
import { fill, find, findAll, valuesOf } from "./pages/filling.js";
import { Files } from "./pages/files.js";
import { showProblems } from "./pages/problems.js";
import { Sending } from "./pages/sending.js";
import { Steps } from "./pages/steps.js";
import { sayTrouble, showTrouble } from "./pages/troubles.js";
import { showWords, watchWords } from "./pages/words.js";
import { writeDay, writeNumber } from "./pages/writing.js";
import { findProblems, isConfidential, readDraft } from "./report/answers.js";
import { showCheck } from "./report/check.js";
import { watchForces } from "./report/forces.js";

const ORDER = [
  "start",
  "slow",
  "danger",
  "about",
  "forces",
  "text",
  "who",
  "how-known",
  "how-many-know",
  "more",
  "must-not-know",
  "files",
  "track",
  "contact",
  "language",
  "check",
];
const NOT_ANSWERS = new Set(["start", "slow", "check"]);

/** @typedef {import("./client/trouble.js").Trouble} Trouble */

class Report {
  #steps = new Steps((step) => this.#shown(step));
  #files = new Files();
  #sending = new Sending(() => void this.#desk?.stop());
  /** @type {import("./client/desk.js").Desk | null} */
  #desk = null;
  /** @type {import("./client/desk.js").Arrival | null} */
  #arrival = null;
  #fast = true;
  #changing = false;
  #busy = false;

  begin() {
    for (const form of findAll("[data-form]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.#next();
      });
    }
    find("[data-stay-anonymous]").addEventListener("click", () => {
      const anonymous = find('[name="track"][value="anonymous"]');
      if (anonymous instanceof HTMLInputElement) anonymous.checked = true;
      this.#goOn();
    });
    document.addEventListener("change", showConditions);
    watchForces();
    watchWords(() => this.#ready);
    this.#steps.begin("start");
  }

  get #ready() {
    if (this.#desk === null) throw new Error("not begun");
    return this.#desk;
  }

  /** Somebody pressed the button of the step that is shown. */
  async #next() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const step = this.#steps.now;
      if (step === "files" || step === "check") await this.#files.looked;
      if (step === "start") await this.#start();
      else if (["check", "unsent", "unsure"].includes(step)) await this.#send();
      else if (showProblems(this.#problemsOf(step))) this.#goOn();
    } finally {
      this.#busy = false;
    }
  }

  /** Get ready to seal, before anything is written: what cannot be sent is not asked for. */
  async #start() {
    const loading = find("[data-loading]");
    loading.hidden = false;
    try {
      if (this.#desk === null) {
        const { desk, fast } = await openDesk((event) => this.#sending.tell(event));
        this.#desk = desk;
        this.#fast = fast;
      }
      const root = document.querySelector('meta[name="service"]')?.getAttribute("content") ?? "";
      const arrival = await this.#desk.arrive({ origin: location.origin, root });
      this.#arrival = arrival;
      const { today, first, last } = arrival;
      if (arrival.early) throw new Troubled({ code: "early", today, first, last });
      if (arrival.expired) throw new Troubled({ code: "expired", today, first, last });
      this.#goOn();
    } catch (error) {
      showTrouble(troubleOf(error));
    } finally {
      loading.hidden = true;
    }
  }

  /** @param {string} step */
  #problemsOf(step) {
    const { letters = 0, files = 0, fileBytes = 0 } = this.#arrival ?? {};
    if (step === "files") return this.#files.findProblems({ files, fileBytes });
    return findProblems(step, { letters, files: this.#files.count });
  }

  /** To the next step that applies; back to the check, if that is where somebody came from. */
  #goOn() {
    const now = this.#steps.now;
    const following = ORDER.slice(ORDER.indexOf(now) + 1).find((step) => this.#applies(step));
    const next = following ?? "check";
    const detour = this.#changing && next !== "contact";
    if (detour) this.#steps.return("check");
    else this.#steps.go(next);
    if (detour) this.#changing = false;
  }

  /** @param {string} step */
  #applies(step) {
    if (step === "slow") return !this.#fast;
    return step !== "contact" || isConfidential();
  }

  /** @param {string} step */
  #shown(step) {
    showConditions();
    if (step !== "check") return;
    this.#changing = false;
    showCheck({
      steps: ORDER.filter((each) => !NOT_ANSWERS.has(each) && this.#applies(each)),
      files: this.#files.listed,
      change: (each) => {
        this.#changing = true;
        this.#steps.go(each);
      },
    });
  }

  /** Send it, until there is a receipt. */
  async #send() {
    const unsure = this.#steps.now === "unsure";
    if (!unsure && !showProblems(this.#problemsOf("check"))) return;
    if (!unsure && !(this.#checkStep("contact") && this.#checkStep("files"))) return;
    this.#steps.settle("sending");
    this.#sending.begin([]); // nothing is under way that could be stopped, until the files are ready
    try {
      const attachments = await this.#files.attachments();
      this.#sending.begin(this.#files.names);
      const { day } = await this.#ready.report(readDraft(), attachments);
      await this.#arrived(day);
    } catch (error) {
      await this.#failed(troubleOf(error));
    }
  }

  /**
   * Hold a step against its rules once more; where something is wrong, show it there.
   * @param {string} step
   */
  #checkStep(step) {
    const problems = this.#applies(step) ? this.#problemsOf(step) : [];
    if (problems.length === 0) return true;
    this.#changing = true;
    this.#steps.go(step);
    return showProblems(problems);
  }

  /** @param {string} day */
  async #arrived(day) {
    showWords(await this.#ready.words());
    const place = find('[data-step="sent"]');
    fill(place, {
      day: writeDay(day),
      kept: writeNumber(this.#arrival?.daysKept ?? 0),
    });
    this.#steps.hold("sent");
    this.#files.clear();
    forgetAnswers();
  }

  /** @param {Trouble} trouble */
  async #failed(trouble) {
    const step = trouble.code === "unknown" ? "unsure" : "unsent";
    if (step === "unsure") showWords(await this.#ready.words());
    const name = this.#files.names[trouble.place ?? -1] ?? "";
    const text = find(`[data-step="${step}"] [data-trouble-text]`);
    // "Load this page again" is for the mailbox: here it would lose what is sent again, and the words.
    if (step === "unsent") text.replaceChildren(sayTrouble(trouble, name));
    this.#steps.settle(step, { open: step === "unsent" });
  }
}

/** Show what depends on an answer: `data-if="name=value"`. */
function showConditions() {
  for (const each of findAll("[data-if]")) {
    const [name = "", value = ""] = (each.dataset["if"] ?? "").split("=");
    each.hidden = !valuesOf(name).includes(value);
  }
}

/** What was sent need not stand in the page any more; only what the last step asks for stays. */
function forgetAnswers() {
  for (const area of document.querySelectorAll("textarea")) area.value = "";
  for (const input of document.querySelectorAll("input")) {
    if (input.name !== "danger") input.checked = false;
  }
  find("[data-answers]").replaceChildren();
  find("[data-found]").replaceChildren();
}

/**
 * @param {unknown} error
 * @returns {Trouble}
 */
function troubleOf(error) {
  return error instanceof Troubled ? error.trouble : { code: "failed" };
}

new Report().begin();
