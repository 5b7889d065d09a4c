// The seam between pages and protocol: one object whose methods take and give plain data, which can
// cross to a worker and back. What goes wrong is a `Troubled` with a code of a fixed list, never a text
// of a server or of the person.

import { hex } from "../crypto/bytes.js";
import { sealContact } from "../crypto/contact.js";
import { Answer, CATEGORIES } from "../crypto/documents.js";
import { readFingerprint } from "../crypto/keys.js";
import { Expired, ProtocolError } from "../crypto/errors.js";
import { mailboxSecret } from "../crypto/passphrase.js";
import { Draft as Letter } from "../crypto/reporter.js";
import { load, randomBytes } from "../sodium.js";
import { wordList } from "../wordlist.js";
import { Refused } from "./errors.js";
import { download } from "./download.js";
import { showMailbox } from "./showing.js";
import { makeTransport } from "./transport.js";
import { Troubled, explain } from "./trouble.js";
import { Upload } from "./upload.js";
import { Visit } from "./visit.js";

/**
 * @typedef {{
 *   text: string, language: string, categories: string[], forces: string[],
 *   answers: { question: string, answer: string }[], contact: string
 * }} Draft `contact` empty: anonymous
 * @typedef {{ blob: Blob, name: string, key: string }} Attachment
 * @typedef {{
 *   today: string, expired: boolean, early: boolean, first: string, last: string,
 *   letters: number, files: number, fileBytes: number, daysKept: number
 * }} Arrival what the verified directory says; `expired` and `early` by this device's date
 * @typedef {{ day: string }} Sent
 * @typedef {import("./showing.js").Mailbox} Mailbox
 */

/** One person at one page. `load` first, then `arrive`. */
export class Desk {
  #tell;
  #transport;
  /** @type {import("../crypto/passphrase.js").WordList | null} */
  #list = null;
  /** @type {Visit | null} */
  #visit = null;
  /** @type {import("../crypto/passphrase.js").Passphrase | null} */
  #passphrase = null;
  /** @type {import("../crypto/conversation.js").Conversation | null} */
  #conversation = null;
  /** @type {Map<string, Upload>} what was begun to be sent, to go on with */
  #uploads = new Map();

  /**
   * @param {import("./retry.js").Tell} tell
   * @param {import("./transport.js").Transport} [transport] by default to `origin` of `arrive`
   */
  constructor(tell, transport) {
    this.#tell = tell;
    this.#transport = transport;
  }

  /** @returns {Promise<{ fast: boolean }>} whether WebAssembly works here; without it, sealing is slow */
  load() {
    return guard(async () => {
      try {
        const fast = await load();
        this.#list = await wordList();
        return { fast };
      } catch (error) {
        // What a browser says of a script or list that did not come.
        throw new Troubled({ code: error instanceof TypeError ? "away" : "no-crypto" });
      }
    });
  }

  /**
   * Fetch and verify the directory.
   * @param {{ origin: string, root: string }} place `root` is the fingerprint that stands in the page
   * @returns {Promise<Arrival>}
   */
  arrive({ origin, root }) {
    return guard(async () => {
      this.#visit ??= new Visit({
        transport: this.#transport ?? makeTransport(origin),
        origin,
        root: readFingerprint(root),
        randomBytes,
        today,
        tell: this.#tell,
      });
      await this.#visit.arrive();
      return this.#arrival();
    });
  }

  // -- the report -------------------------------------------------------------------------------------

  /**
   * Make the words, if there are none yet, and send the report. Called again after it failed, it goes on
   * with the files it was at; and what may be stored already is sent as it was.
   * @param {Draft} draft
   * @param {Attachment[]} attachments
   * @returns {Promise<Sent>}
   */
  report(draft, attachments) {
    return this.#sealing(async (visit) => {
      if (this.#passphrase === null) {
        const made = this.#words.generate(randomBytes);
        visit.resume(mailboxSecret(made, visit.directory.service));
        this.#passphrase = made;
      }
      const { contact, categories, forces, answers } = draft;
      /** @param {import("../crypto/directory.js").Directory} directory */
      const write = ({ contactCard }) =>
        new Letter({
          text: draft.text,
          language: draft.language,
          categories: CATEGORIES.filter((each) => categories.includes(each)).sort(),
          forces: [...forces].sort(),
          answers: answers.map((each) => new Answer(each)),
          contact: contact ? sealContact(contact, visit.address, contactCard, randomBytes) : null,
        });
      const receipt = await visit.report(write, this.#prepare(attachments));
      this.#uploads.clear();
      return { day: receipt.day };
    });
  }

  /** @returns {Promise<readonly string[]>} the seven words of the report that was sent */
  async words() {
    return this.#passphrase?.words ?? [];
  }

  /**
   * @param {string} typed
   * @returns {Promise<boolean>} whether these are the words of the report that was sent
   */
  practise(typed) {
    return guard(() => this.#words.read(typed).expose() === this.#passphrase?.expose());
  }

  // -- the mailbox ------------------------------------------------------------------------------------

  /**
   * Nothing is sent before what was typed are seven words of the list.
   * @param {string} typed
   */
  checkWords(typed) {
    return guard(() => {
      this.#words.read(typed);
    });
  }

  /**
   * Open the mailbox of these words. `arrive` first.
   * @param {string} typed
   * @returns {Promise<Mailbox>} rejected with "no-mailbox" where nothing is
   */
  enter(typed) {
    return guard(async () => {
      const visit = this.#here;
      const passphrase = this.#words.read(typed);
      visit.resume(mailboxSecret(passphrase, visit.directory.service));
      return this.#show(await visit.read());
    });
  }

  /**
   * @param {{ text: string, language: string }} draft
   * @param {Attachment[]} attachments
   * @returns {Promise<void>} once the message is stored
   */
  answer(draft, attachments) {
    return this.#sealing(async (visit) => {
      const uploads = this.#prepare(attachments);
      await visit.answer(new Letter(draft), this.#opened, uploads);
      this.#uploads.clear();
    });
  }

  /** @returns {Promise<Mailbox>} the mailbox as it is now */
  look() {
    return guard(async () => this.#show(await this.#here.read()));
  }

  /** @returns {Promise<Mailbox>} the mailbox, once the team is told to use no contact details */
  withdraw() {
    return this.#sealing(async (visit) => {
      await visit.withdrawContact(this.#opened);
      return this.#show(await visit.read());
    });
  }

  /**
   * @param {string[]} ids of messages that can be deleted
   * @returns {Promise<Mailbox>} the mailbox without them
   */
  remove(ids) {
    return guard(async () => {
      const wanted = this.#opened.items.map((each) => each.id).filter((id) => ids.includes(hex(id)));
      return this.#show(await this.#here.delete(this.#opened, wanted));
    });
  }

  /** Close the mailbox for good. */
  close() {
    return this.#sealing(async (visit) => {
      await visit.closeForGood(this.#opened);
    });
  }

  /**
   * @param {string} id of a message
   * @param {number} index of its file
   * @returns {Promise<Blob>} the whole file, checked
   */
  save(id, index) {
    return guard(async () => {
      const entry = this.#opened.items.find((each) => hex(each.id) === id);
      const payload = entry?.state === "shown" ? entry.payload : null;
      const manifest = payload?.kind === "reply" ? payload.files[index] : undefined;
      if (manifest === undefined) throw new Troubled({ code: "failed" });
      try {
        return await download(this.#here.service, manifest);
      } catch (error) {
        const isGone = error instanceof Refused && error.fault === "unknown";
        if (isGone || error instanceof ProtocolError) throw new Troubled({ code: "file-differs" });
        throw error;
      }
    });
  }

  /** Stop what is under way, where that is possible. */
  async stop() {
    this.#visit?.stop();
  }

  // -- how it is done ---------------------------------------------------------------------------------

  get #here() {
    if (this.#visit === null) throw new Error("arrive first");
    return this.#visit;
  }

  get #words() {
    if (this.#list === null) throw new Error("load first");
    return this.#list;
  }

  get #opened() {
    if (this.#conversation === null) throw new Error("enter first");
    return this.#conversation;
  }

  /**
   * @param {import("../crypto/conversation.js").Conversation} conversation
   * @returns {Mailbox}
   */
  #show(conversation) {
    const shown = showMailbox(conversation, this.#arrival());
    if (conversation.empty && shown.alarms.length === 0) throw new Troubled({ code: "no-mailbox" });
    this.#conversation = conversation;
    return shown;
  }

  /** @returns {Arrival} */
  #arrival() {
    const { document, lastDay, limits } = this.#here.directory;
    const now = today();
    return {
      today: now,
      expired: now > lastDay,
      early: !isValid(this.#here.directory, now) && now <= lastDay,
      first: document.issued,
      last: lastDay,
      letters: limits.text_characters,
      files: limits.files,
      fileBytes: limits.file_bytes,
      daysKept: limits.days_unused,
    };
  }

  /**
   * @template T
   * @param {(visit: Visit) => Promise<T>} act something that may seal to the intake group
   * @returns {Promise<T>}
   */
  #sealing(act) {
    return guard(async () => {
      try {
        return await act(this.#here);
      } catch (error) {
        if (!(error instanceof Expired)) throw error;
        const { today: now, early, first, last } = this.#arrival();
        throw new Troubled({ code: early ? "early" : "expired", today: now, first, last });
      }
    });
  }

  /**
   * @param {Attachment[]} attachments
   * @returns {Upload[]} those that were begun go on
   */
  #prepare(attachments) {
    return attachments.map(({ blob, name, key }, place) => {
      const upload = this.#uploads.get(key) ?? new Upload(blob, name, place, randomBytes);
      this.#uploads.set(key, upload);
      return upload;
    });
  }
}

/**
 * @param {import("../crypto/directory.js").Directory} directory
 * @param {string} day
 * @returns {boolean} whether something may be sealed to its intake group on that day
 */
function isValid(directory, day) {
  try {
    directory.checkDay(day);
    return true;
  } catch (error) {
    if (error instanceof Expired) return false;
    throw error;
  }
}

/**
 * @template T
 * @param {() => T | Promise<T>} act
 * @returns {Promise<T>} rejected with a `Troubled`, whatever went wrong
 */
async function guard(act) {
  try {
    return await act();
  } catch (error) {
    throw new Troubled(explain(error));
  }
}

/** @returns {string} this device's day, in UTC: there is nobody else whom it could believe */
function today() {
  return new Date().toISOString().slice(0, 10);
}
