// What a reporter does at a server: report, look, answer, delete, close. The twin of
// dropbox/client/visit.py. Nothing is kept: a visit holds the words' secret in memory, and no longer
// than the page.

import { hex } from "../crypto/bytes.js";
import { readDirectory } from "../crypto/directory.js";
import { Contested, RolledBack, UnsignedKeyAsked } from "../crypto/errors.js";
import { Draft, Reporter } from "../crypto/reporter.js";
import { Away, Gone, NotDeleted, Refused, Unknown } from "./errors.js";
import { isOwn } from "./listing.js";
import { Service } from "./service.js";

/** 409s after which the server is asking for a key the team has not signed (§9). */
const CONFLICTS = 2;
/** Times a message is signed anew because somebody else with the words was quicker. */
const PLACES_TAKEN = 3;

/**
 * @typedef {import("../crypto/keys.js").MailboxSecret} MailboxSecret
 * @typedef {import("../crypto/directory.js").Directory} Directory
 * @typedef {import("../crypto/conversation.js").Conversation} Conversation
 * @typedef {import("../crypto/outgoing.js").Outgoing} Outgoing
 * @typedef {import("./wire.js").Receipt} Receipt
 * @typedef {import("./upload.js").Upload} Upload
 * @typedef {(outgoing: Outgoing) => Promise<Receipt>} Submit
 */

/** One reporter at one server. `arrive` first, then `resume`. */
export class Visit {
  #service;
  #origin;
  #root;
  #randomBytes;
  #today;
  /** @type {Directory | null} */
  #directory = null;
  /** @type {MailboxSecret | null} */
  #secret = null;
  /** @type {Outgoing | null} a report that may be stored, and is sent again as it is */
  #pending = null;
  #stoppable = false;

  /**
   * @param {object} place
   * @param {import("./transport.js").Transport} place.transport
   * @param {string} place.origin
   * @param {Uint8Array} place.root the pinned fingerprint or id
   * @param {import("../crypto/primitives.js").RandomBytes} place.randomBytes
   * @param {() => string} place.today asked whenever something is sealed
   * @param {import("./retry.js").Tell} place.tell
   * @param {import("./retry.js").Patience} [place.patience]
   */
  constructor({ transport, origin, root, randomBytes, today, tell, patience }) {
    this.#origin = origin;
    this.#root = root;
    this.#randomBytes = randomBytes;
    this.#today = today;
    this.#service = new Service(transport, origin, tell, patience);
  }

  /**
   * Fetch and verify the directory: of the pinned root, naming this origin, and not older than the one
   * before it in this visit.
   * @returns {Promise<Directory>}
   */
  async arrive() {
    const directory = readDirectory(await this.#service.directory(), this.#root);
    directory.checkOrigin(this.#origin);
    if (this.#directory !== null && directory.seq < this.#directory.seq) throw new RolledBack();
    this.#directory = directory;
    return directory;
  }

  /**
   * Be the reporter whose secret this is, once the directory is there.
   * @param {MailboxSecret} secret
   */
  resume(secret) {
    this.#secret = secret;
    this.#pending = null;
    this.#service.become(secret.keys, this.directory.service);
  }

  /** @returns {Uint8Array} the mailbox's address, 32 bytes */
  get address() {
    return this.#reporter.address;
  }

  /** @returns {Directory} the verified directory */
  get directory() {
    if (this.#directory === null) throw new Error("the visit has not begun");
    return this.#directory;
  }

  /** @returns {boolean} whether a report is on its way that may have been stored */
  get isPending() {
    return this.#pending !== null;
  }

  /**
   * Send the first envelope of a new mailbox. What may be stored already is sent again as the same
   * bytes, whatever is asked for.
   * @param {(directory: Directory) => Draft} write the draft without files, for the newest directory
   * @param {readonly Upload[]} uploads
   * @returns {Promise<Receipt>} rejected with `Unknown` where it may have been stored
   */
  async report(write, uploads) {
    if (this.#pending === null) {
      const whole = await this.#unlessStopped(uploads, async () => {
        const directory = await this.arrive();
        directory.checkDay(this.#today());
        return new Draft({ ...write(directory), files: await this.#upload(uploads) });
      });
      this.#pending = this.#reporter.report(whole, this.#today());
    }
    this.#service.tell({ kind: "sending" });
    try {
      const empty = this.#reporter.read([], []);
      const receipt = await this.#submit(this.#pending, empty, this.#store);
      this.#pending = null;
      return receipt;
    } catch (error) {
      if (!(error instanceof Unknown)) this.#pending = null;
      throw error;
    }
  }

  /** @returns {Promise<Conversation>} the mailbox, verified; the same requests whatever lies in it */
  async read() {
    const listed = await this.#service.mailbox();
    const stored = (/** @type {boolean} */ own) =>
      listed.filter((each) => isOwn(each) === own).map((each) => each.stored);
    return this.#reporter.read(stored(true), stored(false));
  }

  /**
   * Send a message after the report, to whoever has the case by `conversation`.
   * @param {Draft} draft without files
   * @param {Conversation} conversation
   * @param {readonly Upload[]} uploads
   * @returns {Promise<Receipt>}
   */
  async answer(draft, conversation, uploads) {
    if (conversation.contested) throw new Contested();
    const whole = await this.#unlessStopped(uploads, async () => {
      if (conversation.caseCard === null) (await this.arrive()).checkDay(this.#today());
      return new Draft({ ...draft, files: await this.#upload(uploads) });
    });
    this.#service.tell({ kind: "sending" });
    const sign = (/** @type {Conversation} */ each) =>
      this.#reporter.message(whole, each, this.#today());
    // Behind somebody else's it could be the same message, sent twice: its receipt was lost.
    return this.#append(sign, conversation, this.#store, 1);
  }

  /**
   * Tell the team that the contact details left with it may not be used.
   * @param {Conversation} conversation
   */
  withdrawContact(conversation) {
    return this.#append(
      (each) => this.#reporter.withdrawContact(each, this.#today()),
      conversation,
      this.#store,
    );
  }

  /**
   * Delete the team's replies and receipts with these ids; the mailbox after it.
   * @param {Conversation} conversation
   * @param {readonly Uint8Array[]} ids
   * @returns {Promise<Conversation>} rejected with `NotDeleted` where the server has them still
   */
  async delete(conversation, ids) {
    const deletions = this.#reporter.delete(conversation, ids);
    try {
      await this.#service.delete(deletions);
    } catch (error) {
      if (error instanceof Refused && error.fault === "unknown") await this.#readOn(conversation);
      throw error;
    }
    const after = await this.#readOn(conversation);
    const gone = new Set(
      after.items.filter((each) => each.state === "deleted").map((each) => hex(each.id)),
    );
    if (!deletions.every((each) => gone.has(hex(each.id)))) throw new NotDeleted();
    return after;
  }

  /**
   * Close the mailbox: the team is told, its replies are deleted, and nothing opens again.
   * @param {Conversation} conversation
   * @returns {Promise<Receipt>} rejected with `NotDeleted` where the server still shows one
   */
  async closeForGood(conversation) {
    const receipt = await this.#append(
      (each) => this.#reporter.close(each, this.#today()),
      conversation,
      (outgoing) => this.#service.closeMailbox(outgoing),
    );
    if (!(await this.read()).empty) throw new NotDeleted();
    return receipt;
  }

  /** @returns {Service} the server, for files that come back */
  get service() {
    return this.#service;
  }

  /** Stop what is under way, if it can be: an envelope on its way cannot. */
  stop() {
    if (this.#stoppable) this.#service.stop();
  }

  // -- how it is done ---------------------------------------------------------------------------------

  get #reporter() {
    if (this.#secret === null) throw new Error("the visit has not begun");
    return new Reporter(this.#secret, this.directory, this.#randomBytes);
  }

  /** @type {Submit} */
  #store = (outgoing) => this.#service.submit(outgoing);

  /**
   * What comes before an envelope, and can be stopped. The files stay where the network is away, to go
   * on with later; else they are taken back.
   * @template T
   * @param {readonly Upload[]} uploads
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  async #unlessStopped(uploads, act) {
    this.#stoppable = true;
    try {
      return await act().finally(() => {
        this.#stoppable = false;
        this.#service.begin();
      });
    } catch (error) {
      if (!(error instanceof Away)) for (const each of uploads) await each.cancel(this.#service);
      throw error;
    }
  }

  /**
   * One file after another.
   * @param {readonly Upload[]} uploads
   */
  async #upload(uploads) {
    const files = [];
    for (const each of uploads) files.push(await each.send(this.#service));
    return files;
  }

  /**
   * Sign an envelope and send it; again at the next place where this one was taken.
   * @param {(conversation: Conversation) => Outgoing} sign
   * @param {Conversation} conversation
   * @param {Submit} submit
   * @returns {Promise<Receipt>}
   */
  async #append(sign, conversation, submit, most = PLACES_TAKEN) {
    let latest = conversation;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#submit(sign(latest), latest, submit);
      } catch (error) {
        const taken = error instanceof Refused && error.fault === "place-taken";
        if (!taken || tries === most) throw error;
      }
      latest = await this.#readOn(latest);
    }
  }

  /**
   * Send it, and wrap it anew where the mailbox has come to another group meanwhile.
   * @param {Outgoing} outgoing
   * @param {Conversation} before
   * @param {Submit} submit
   * @returns {Promise<Receipt>}
   */
  async #submit(outgoing, before, submit) {
    let latest = outgoing;
    for (let conflicts = 1; conflicts <= CONFLICTS; conflicts += 1) {
      try {
        return await submit(latest);
      } catch (error) {
        if (!(error instanceof Refused && error.fault === "other-group")) throw error;
      }
      if (conflicts < CONFLICTS) {
        await this.arrive();
        const after = await this.read();
        latest = this.#reporter.rewrap(outgoing, before, after, this.#today());
      }
    }
    throw new UnsignedKeyAsked();
  }

  /**
   * The mailbox again, refused if it is older than what was read in this visit.
   * @param {Conversation} before
   * @returns {Promise<Conversation>}
   */
  async #readOn(before) {
    const after = await this.read();
    if (after.empty && !before.empty) throw new Gone();
    after.checkFollows(before);
    return after;
  }
}
