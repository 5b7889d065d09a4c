// How it goes while something is on its way: what happens now, and of files how much is through and how
// long it takes yet.

import { copy, fill, find } from "./filling.js";
import { writeSize, writeTime } from "./writing.js";

const SAY_EVERY = 5000; // milliseconds between two sentences read out about one thing

/** The part of the page that shows it. */
export class Sending {
  #place;
  #said = "";
  #saidAt = 0;
  /** @type {string[]} */
  #names = [];
  #began = { place: -1, at: 0, done: 0 };

  /** @param {() => void} onCancel somebody wants to stop */
  constructor(onCancel) {
    this.#place = find("[data-sending]");
    find("[data-cancel]", this.#place).addEventListener("click", onCancel);
  }

  /**
   * @param {readonly string[]} names of the files, in their order
   */
  begin(names) {
    this.#names = [...names];
    this.#began = { place: -1, at: 0, done: 0 };
    this.#said = "";
    this.#files.hidden = true;
    this.#cancel.hidden = names.length === 0;
    this.#say("sealing");
  }

  /** @param {import("../client/retry.js").Event} event */
  tell(event) {
    if (event.kind === "moving") this.#move(event);
    else if (event.kind === "waiting") {
      this.#say(event.busy ? "busy" : "waiting", { seconds: writeTime(event.seconds) });
    } else if (event.kind === "working") {
      this.#say("working", { seconds: writeTime(event.seconds) });
    } else if (event.kind === "sending") {
      this.#files.hidden = true;
      this.#cancel.hidden = true;
      this.#say("sending");
    }
  }

  get #files() {
    return find("[data-progress-files]", this.#place);
  }

  get #cancel() {
    return find("[data-cancel]", this.#place);
  }

  /** @param {import("../client/retry.js").Moving} moving */
  #move({ place, done, total }) {
    this.#say("files");
    const now = performance.now();
    if (this.#began.place !== place) this.#began = { place, at: now, done };
    const moved = done - this.#began.done;
    const left = ((total - done) * (now - this.#began.at)) / Math.max(1, moved) / 1000;
    const bar = find("progress", this.#place);
    if (bar instanceof HTMLProgressElement) bar.value = done / total;
    find("[data-left]", this.#place).hidden = moved === 0 || done === total;
    fill(this.#files, {
      file: this.#names[place] ?? "",
      done: writeSize(done),
      total: writeSize(total),
      left: writeTime(left),
    });
    this.#files.hidden = false;
  }

  /**
   * @param {string} what
   * @param {import("./filling.js").Values} [values]
   */
  #say(what, values = {}) {
    const now = performance.now();
    if (what === this.#said && now - this.#saidAt < SAY_EVERY) return;
    if (what === "files" && what === this.#said) return;
    this.#said = what;
    this.#saidAt = now;
    find("[data-progress-say]", this.#place).replaceChildren(
      copy(`template[data-say="${what}"]`, values),
    );
  }
}
