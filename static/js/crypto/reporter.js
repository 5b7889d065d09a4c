// The reporter as a protocol core: bytes in, bytes out. The twin of crypto/reporter.py
// (docs/protocol.md §5).
//
// She has no memory but her passphrase. What she reads is verified under the directory she pinned; what
// she seals goes to the group that the newest verified `team` envelope was signed by, never to one a
// server names.

import { Succession } from "./authors.js";
import { hex, same } from "./bytes.js";
import { inspect, signDeletion } from "./chains.js";
import { codePoints } from "./codecs.js";
import { Conversation } from "./conversation.js";
import { Closed, ContactWithdrawn, Message, Report } from "./documents.js";
import { stringify } from "./encoding.js";
import { CHAIN, seal } from "./envelope.js";
import {
  Contested,
  NotDeletable,
  NothingHere,
  NothingToSend,
  OverLimit,
  UnsignedKeyAsked,
} from "./errors.js";
import { answer } from "./login.js";
import { checkAcks, newest } from "./marks.js";
import { explainStubs, openTeam } from "./opening.js";
import { Outgoing } from "./outgoing.js";

/**
 * @typedef {import("./chains.js").Deletion} Deletion
 * @typedef {import("./chains.js").Stored} Stored
 * @typedef {import("./directory.js").Directory} Directory
 * @typedef {import("./documents.js").ReporterPayload} ReporterPayload
 * @typedef {import("./files.js").FileManifest} FileManifest
 * @typedef {import("./keys.js").Card} Card
 */

/** What a reporter wants to send, before it is sealed. Sets are given as lists that rise. */
export class Draft {
  /**
   * @param {object} draft
   * @param {string} draft.text
   * @param {string} draft.language as `en`
   * @param {readonly import("./documents.js").Category[]} [draft.categories]
   * @param {readonly string[]} [draft.forces]
   * @param {readonly import("./documents.js").Answer[]} [draft.answers] by their questions
   * @param {readonly FileManifest[]} [draft.files]
   * @param {import("./documents.js").Contact | null} [draft.contact]
   */
  constructor({ text, language, categories = [], forces = [], answers = [], files = [], contact = null }) {
    this.text = text;
    this.language = language;
    this.sealed = /** @type {const} */ ("on device");
    this.categories = categories;
    this.forces = forces;
    this.answers = answers;
    this.files = files;
    this.contact = contact;
    Object.freeze(this);
  }

  /** It holds what she wrote: it has no text of its own. */
  toString() {
    return "<Draft>";
  }

  toJSON() {
    return this.toString();
  }

  /**
   * @param {import("./directory.js").Limits} limits
   * @throws {NothingToSend}
   * @throws {OverLimit}
   */
  check(limits) {
    const { text, files, answers } = this;
    if (!text.trim() && files.length === 0 && answers.length === 0) throw new NothingToSend();
    const characters = codePoints(text);
    if (characters > limits.text_characters) {
      throw new OverLimit("text", characters, limits.text_characters);
    }
    if (files.length > limits.files) throw new OverLimit("files", files.length, limits.files);
    const largest = Math.max(0, ...files.map((file) => file.size));
    if (largest > limits.file_bytes) throw new OverLimit("file", largest, limits.file_bytes);
    const different = new Set(files.map((file) => hex(file.id))).size;
    if (different !== files.length) throw new OverLimit("twice", files.length, different);
  }
}

/** One mailbox, opened with its secret under one verified directory. */
export class Reporter {
  #keys;
  #directory;
  #randomBytes;

  /**
   * @param {import("./keys.js").MailboxSecret} secret
   * @param {Directory} directory
   * @param {import("./primitives.js").RandomBytes} randomBytes
   */
  constructor(secret, directory, randomBytes) {
    this.#keys = secret.keys;
    this.#directory = directory;
    this.#randomBytes = randomBytes;
  }

  /** @returns {Card} the mailbox's card */
  get card() {
    return this.#keys.card;
  }

  /** @returns {Uint8Array} the mailbox's address, 32 bytes: its card's id */
  get address() {
    return this.#keys.card.id;
  }

  /**
   * @param {string} origin as the browser serialises it
   * @param {string} challenge
   * @returns {Uint8Array} the signature that answers a server's challenge
   * @throws {import("./errors.js").ForeignOrigin} where the directory does not name `origin`
   */
  login(origin, challenge) {
    this.#directory.checkOrigin(origin);
    return answer(this.#keys, this.#directory.service, origin, challenge);
  }

  // -- writing --------------------------------------------------------------------------------------

  /**
   * @param {Draft} draft
   * @param {string} today a day
   * @returns {Outgoing} the first envelope of the mailbox
   * @throws {import("./errors.js").Expired} if the directory is
   * @throws {NothingToSend}
   * @throws {OverLimit}
   */
  report(draft, today) {
    draft.check(this.#directory.limits);
    const payload = new Report({
      kind: "report",
      card: this.card.toBytes(),
      sealed: draft.sealed,
      language: draft.language,
      categories: draft.categories,
      forces: draft.forces,
      answers: draft.answers,
      text: draft.text,
      files: draft.files,
      contact: draft.contact,
      seen: null,
    });
    return this.#append(payload, draft.files, this.read([], []), today);
  }

  /**
   * What she writes after the report. With a case group that has her case, an expired directory does
   * not matter.
   * @param {Draft} draft
   * @param {Conversation} conversation
   * @param {string} today a day
   * @returns {Outgoing}
   * @throws as `report`
   */
  message(draft, conversation, today) {
    draft.check(this.#directory.limits);
    const payload = new Message({
      kind: "message",
      card: this.card.toBytes(),
      sealed: draft.sealed,
      language: draft.language,
      text: draft.text,
      files: draft.files,
      contact: draft.contact,
      seen: conversation.seen,
    });
    return this.#append(payload, draft.files, conversation, today);
  }

  /**
   * @param {Conversation} conversation
   * @param {string} today a day
   * @returns {Outgoing} takes contact details back
   * @throws {NothingHere}
   */
  withdrawContact(conversation, today) {
    _checkBegun(conversation);
    const card = this.card.toBytes();
    const payload = new ContactWithdrawn({ kind: "contact-withdrawn", card, seen: conversation.seen });
    return this.#append(payload, [], conversation, today);
  }

  /**
   * @param {Conversation} conversation
   * @param {string} today a day
   * @returns {Outgoing} closes the mailbox for good: the last envelope there is
   * @throws {NothingHere}
   */
  close(conversation, today) {
    _checkBegun(conversation);
    const card = this.card.toBytes();
    const payload = new Closed({ kind: "closed", card, seen: conversation.seen });
    return this.#append(payload, [], conversation, today);
  }

  /**
   * @param {Conversation} conversation
   * @param {readonly Uint8Array[]} ids of the team's replies and receipts
   * @returns {Deletion[]} signatures that delete them, in the chain's order; what is deleted already is
   *   left out
   * @throws {NotDeletable} for anything else: what does not open here could be a `handover`, without
   *   which she would not know who has her case
   */
  delete(conversation, ids) {
    const done = new Set(
      conversation.items.filter(({ state }) => state === "deleted").map(({ id }) => hex(id)),
    );
    const wanted = new Set(ids.map(hex).filter((id) => !done.has(id)));
    const chosen = conversation.deletable.filter(({ id }) => wanted.has(hex(id)));
    if (new Set(chosen.map(({ id }) => hex(id))).size !== wanted.size) throw new NotDeletable();
    const service = this.#directory.service;
    return chosen.map(({ seq, id }) => signDeletion(this.#keys, service, seq, id));
  }

  /**
   * The same envelope for the group that has the mailbox now, after a 409. This reporter and `after` are
   * of a directory and mailbox fetched since.
   * @param {Outgoing} outgoing
   * @param {Conversation} before
   * @param {Conversation} after
   * @param {string} today a day
   * @returns {Outgoing}
   * @throws {import("./errors.js").RolledBack} if they are older than `before`
   * @throws {UnsignedKeyAsked} if the signed documents name the group it already had
   */
  rewrap(outgoing, before, after, today) {
    after.checkFollows(before);
    const card = this.#recipient(after, today);
    const recipients = outgoing.wraps.map(([recipient]) => recipient);
    if (recipients.length === 1 && recipients.every((each) => same(each, card.id))) {
      throw new UnsignedKeyAsked();
    }
    return outgoing.rewrapped([card], this.#randomBytes);
  }

  /**
   * @param {ReporterPayload} payload
   * @param {readonly FileManifest[]} files
   * @param {Conversation} conversation
   * @param {string} today
   */
  #append(payload, files, conversation, today) {
    const data = stringify(payload.toJSON());
    const most = this.#directory.limits.payload_bytes;
    if (data.length > most) throw new OverLimit("payload", data.length, most);
    const recipient = this.#recipient(conversation, today);
    const place = {
      chain: CHAIN.REPORTER,
      seq: conversation.nextSeq,
      mailbox: this.address,
      recipient: recipient.id,
      prev: conversation.prev,
    };
    const sealed = seal(place, data, this.#keys, this.#directory.service, this.#randomBytes);
    const { envelope, contentKey } = sealed;
    return new Outgoing(envelope, contentKey, [recipient], files, this.#randomBytes);
  }

  /**
   * @param {Conversation} conversation
   * @param {string} today
   */
  #recipient(conversation, today) {
    if (conversation.contested) throw new Contested();
    if (conversation.caseCard !== null) return conversation.caseCard;
    this.#directory.checkDay(today);
    return this.#directory.intakeCard;
  }

  // -- reading --------------------------------------------------------------------------------------

  /**
   * What cannot be shown is named, never dropped.
   * @param {readonly Stored[]} own the `reporter` chain, which she cannot open again
   * @param {readonly Stored[]} team the other
   * @returns {Conversation} the mailbox as a server gave it, verified
   */
  read(own, team) {
    const mine = inspect(own, CHAIN.REPORTER, this.address);
    const theirs = inspect(team, CHAIN.TEAM, this.address);
    const succession = new Succession(this.#directory);
    const opened = openTeam(theirs, this.#keys, this.#directory, succession);
    const items = explainStubs(opened, this.card.sign, this.#directory.service);
    const acks = checkAcks(items, mine);
    return new Conversation({
      directorySeq: this.#directory.seq,
      items,
      teamAlarms: [...theirs.alarms, ...acks.alarms],
      ownAlarms: mine.alarms,
      ownIds: mine.entries.map(({ stored }) => stored.id),
      ownDays: mine.entries.map(({ stored }) => stored.day),
      acknowledged: acks.acknowledged,
      nextSeq: mine.nextSeq,
      prev: mine.prev,
      seen: newest(items, "shown", "deleted"),
      caseCard: succession.caseCard,
      contested: theirs.forked.size > 0,
    });
  }
}

/** @param {Conversation} conversation */
function _checkBegun(conversation) {
  if (conversation.nextSeq === 0) throw new NothingHere();
}
