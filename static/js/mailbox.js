// The mailbox's page: from the seven words to what the team wrote, and everything that can be done there.

import { beginAnew } from "./leave.js";
import { openDesk } from "./client/counter.js";
import { Troubled } from "./client/trouble.js";
import { saveBlob } from "./mailbox/saving.js";
import { showMailbox } from "./mailbox/thread.js";
import { copy, fill, find, findAll, valueOf, valuesOf } from "./pages/filling.js";
import { Files } from "./pages/files.js";
import { showProblems } from "./pages/problems.js";
import { Sending } from "./pages/sending.js";
import { Steps } from "./pages/steps.js";
import { showTrouble } from "./pages/troubles.js";
import { countLetters, tidy } from "./pages/typed.js";
import { wordProblem } from "./pages/words.js";
import { writeNumber, writeSize } from "./pages/writing.js";

/**
 * @typedef {import("./client/desk.js").Desk} Desk
 * @typedef {import("./client/showing.js").Mailbox} Mailbox
 * @typedef {import("./client/showing.js").Shown} Shown
 * @typedef {import("./client/retry.js").Event} Event
 * @typedef {import("./client/trouble.js").Code} Code
 */

/** What the mailbox itself is no more after. */
const ENDED = new Set(["no-mailbox", "gone"]);

class Inside {
  #steps = new Steps();
  #files = new Files();
  #sending = new Sending(() => void this.#desk?.stop());
  /** @type {Desk | null} */
  #desk = null;
  /** @type {Mailbox | null} */
  #mailbox = null;
  /** @type {HTMLElement | null} where the progress of a file that is saved is shown */
  #saving = null;
  #busy = false;

  begin() {
    for (const form of findAll("[data-form]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.#alone(() => this.#next());
      });
    }
    for (const link of findAll("[data-go]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.#steps.go(link.dataset["go"] ?? "inside");
      });
    }
    find("[data-keep]").addEventListener("click", (event) => {
      event.preventDefault();
      this.#steps.return("inside");
    });
    find("[data-log-out]").addEventListener("click", (event) => {
      event.preventDefault();
      beginAnew(location.pathname);
    });
    this.#steps.begin("door");
  }

  get #ready() {
    if (this.#desk === null) throw new Error("not begun");
    return this.#desk;
  }

  get #open() {
    if (this.#mailbox === null) throw new Error("not open");
    return this.#mailbox;
  }

  /**
   * One thing at a time, however often somebody presses.
   * @param {() => Promise<void>} act
   */
  async #alone(act) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await act();
    } catch (error) {
      this.#say(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Somebody pressed the button of the step that is shown. */
  async #next() {
    const step = this.#steps.now;
    if (step === "door") await this.#enter();
    else if (step === "write") await this.#write();
    else if (step === "delete") await this.#delete();
    else if (step === "withdraw") await this.#withdraw();
    else if (step === "close") {
      const sure = valueOf("sure") !== "";
      if (showProblems(sure ? [] : [{ code: "not-sure", field: "sure" }])) this.#steps.go("close-again");
    } else if (step === "close-again") await this.#close();
  }

  async #enter() {
    const typed = valueOf("words");
    const opening = find("[data-opening]");
    opening.hidden = false;
    try {
      if (this.#desk === null) {
        const { desk, fast } = await openDesk((event) => this.#tell(event));
        this.#desk = desk;
        find("[data-slow]").hidden = fast;
      }
      if (!(await this.#areWords(typed))) return;
      const root = document.querySelector('meta[name="service"]')?.getAttribute("content") ?? "";
      await this.#desk.arrive({ origin: location.origin, root });
      this.#show(await this.#desk.enter(typed));
      clear("words");
      this.#steps.begin("inside");
    } finally {
      opening.hidden = true;
    }
  }

  /** @param {string} typed */
  async #areWords(typed) {
    try {
      await this.#ready.checkWords(typed);
      return showProblems([]);
    } catch (error) {
      return showProblems([wordProblem(error, "words")]);
    }
  }

  async #write() {
    const { letters, files, fileBytes } = this.#open;
    await this.#files.looked;
    const text = tidy(valueOf("text"));
    const problems = this.#files.findProblems({ files, fileBytes });
    const length = countLetters(text);
    if (length > letters) {
      const values = { length: writeNumber(length), most: writeNumber(letters) };
      problems.unshift({ code: "too-long", field: "text", values });
    }
    if (text.trim() === "" && this.#files.count === 0) {
      problems.unshift({ code: "answer-missing", field: "text" });
    }
    if (!showProblems(problems)) return;
    const attachments = await this.#files.attachments();
    const draft = { text, language: valueOf("language") === "cy" ? "cy" : "en" };
    const send = async () => {
      try {
        await this.#ready.answer(draft, attachments);
      } catch (error) {
        if (isTrouble(error, "arrived-meanwhile")) this.#show(await this.#ready.look());
        throw error;
      }
      clear("text"); // it is stored, whatever comes now
      this.#files.clear();
      return this.#ready.look();
    };
    await this.#during(send, "sent", this.#files.names);
  }

  async #delete() {
    const chosen = valuesOf("message");
    const all = this.#open.messages.filter((each) => each.deletable).map((each) => each.id);
    const ids = chosen.includes("all") ? all : all.filter((id) => chosen.includes(id));
    if (!showProblems(ids.length > 0 ? [] : [{ code: "nothing-chosen", field: "message" }])) return;
    await this.#during(() => this.#ready.remove(ids), "deleted");
  }

  async #withdraw() {
    await this.#during(() => this.#ready.withdraw(), "withdrawn");
  }

  async #close() {
    this.#steps.settle("sending");
    this.#sending.begin([]);
    try {
      await this.#ready.close();
    } catch (error) {
      this.#steps.return("inside");
      throw error;
    }
    this.#mailbox = null;
    find("[data-thread]").replaceChildren();
    this.#steps.begin("closed");
  }

  /**
   * Do something to the mailbox, and show it as it is afterwards.
   * @param {() => Promise<Mailbox>} act
   * @param {string} said what is said of it then
   * @param {readonly string[]} [names] of the files that go with it
   */
  async #during(act, said, names = []) {
    const from = this.#steps.now;
    this.#steps.settle("sending");
    this.#sending.begin(names);
    try {
      this.#show(await act());
    } catch (error) {
      this.#steps.return(from);
      throw error;
    }
    this.#steps.return("inside");
    find("[data-done]").replaceChildren(copy(`template[data-said="${said}"]`));
  }

  /** @param {Mailbox} mailbox */
  #show(mailbox) {
    this.#mailbox = mailbox;
    find("[data-done]").replaceChildren();
    showMailbox(mailbox, (message, index, item) => {
      void this.#alone(() => this.#save(message, index, item));
    });
  }

  /**
   * @param {Shown} message
   * @param {number} index
   * @param {HTMLElement} item
   */
  async #save(message, index, item) {
    this.#saving = find("[data-saving]", item);
    try {
      const blob = await this.#ready.save(message.id, index);
      saveBlob(blob, message.files[index]?.name ?? "");
      find("[data-done]").replaceChildren(copy('template[data-said="saved"]'));
    } finally {
      this.#saving.hidden = true;
      this.#saving = null;
    }
  }

  /** @param {Event} event */
  #tell(event) {
    if (event.kind === "moving" && this.#saving !== null) {
      fill(this.#saving, { done: writeSize(event.done), total: writeSize(event.total) });
      this.#saving.hidden = false;
    } else this.#sending.tell(event);
  }

  /** @param {unknown} error */
  #say(error) {
    const trouble = error instanceof Troubled ? error.trouble : { code: /** @type {Code} */ ("failed") };
    if (ENDED.has(trouble.code)) {
      this.#mailbox = null;
      find("[data-thread]").replaceChildren();
      if (this.#steps.now !== "door") this.#steps.begin("door");
    }
    showTrouble(trouble, this.#files.names[trouble.place ?? -1] ?? "");
  }
}

/**
 * @param {unknown} error
 * @param {Code} code
 * @returns {boolean} whether it says that this went wrong
 */
function isTrouble(error, code) {
  return error instanceof Troubled && error.trouble.code === code;
}

/** @param {string} name of a field that need not hold any more what was typed */
function clear(name) {
  const field = document.getElementById(name);
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = "";
}

new Inside().begin();
