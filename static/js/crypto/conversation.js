// A mailbox as its reporter sees it: the twin of Conversation in crypto/reporter.py (docs/protocol.md §5).

import { same } from "./bytes.js";
import { RolledBack } from "./errors.js";

/**
 * @typedef {import("./chains.js").Alarm} Alarm
 * @typedef {import("./opening.js").Entry} Entry
 */

/**
 * @typedef {object} Reading what was found in a mailbox, under one directory
 * @property {number} directorySeq
 * @property {readonly Entry[]} items the `team` chain
 * @property {readonly Alarm[]} teamAlarms
 * @property {readonly Alarm[]} ownAlarms
 * @property {readonly Uint8Array[]} ownIds
 * @property {readonly string[]} ownDays the server's days of her own messages: more of them than she
 *   wrote means that somebody else uses the words
 * @property {number} acknowledged the highest place of her own chain that the team has read, or −1
 * @property {number} nextSeq
 * @property {Uint8Array} prev
 * @property {import("./documents.js").Link | null} seen
 * @property {import("./keys.js").Card | null} caseCard the group that has her case, if one has
 * @property {boolean} contested that this cannot be told
 */

/** `handover` and `closing` say who has the case, and `deleted` explains other stubs. */
const _DELETABLE = ["receipt", "reply"];

/** A mailbox as its reporter sees it, under one directory. */
export class Conversation {
  /** @param {Reading} reading */
  constructor(reading) {
    this.directorySeq = reading.directorySeq;
    this.items = reading.items;
    this.teamAlarms = reading.teamAlarms;
    this.ownAlarms = reading.ownAlarms;
    this.ownIds = reading.ownIds;
    this.ownDays = reading.ownDays;
    this.acknowledged = reading.acknowledged;
    this.nextSeq = reading.nextSeq;
    this.prev = reading.prev;
    this.seen = reading.seen;
    this.caseCard = reading.caseCard;
    this.contested = reading.contested;
    Object.freeze(this);
  }

  /** @returns {boolean} whether nothing lies here: never used, closed and purged look the same */
  get empty() {
    return this.ownDays.length === 0 && this.items.length === 0;
  }

  /** @returns {readonly Entry[]} what she can delete: the team's replies and receipts that open here */
  get deletable() {
    return this.items.filter(
      ({ state, payload }) =>
        state === "shown" && payload !== null && _DELETABLE.includes(payload.kind),
    );
  }

  /**
   * Asked whenever something is sealed again in one sitting: a server that steps back would otherwise
   * have it sealed to a group that no longer has the case.
   * @param {Conversation} before
   * @throws {RolledBack} unless this is `before` or a later state of it
   */
  checkFollows(before) {
    const isLater =
      _beginsWith(this.ownIds, before.ownIds) &&
      _beginsWith(
        this.items.map((entry) => entry.id),
        before.items.map((entry) => entry.id),
      );
    if (this.directorySeq < before.directorySeq || !isLater) throw new RolledBack();
  }
}

/**
 * @param {readonly Uint8Array[]} ids
 * @param {readonly Uint8Array[]} first
 */
function _beginsWith(ids, first) {
  return first.every((id, at) => {
    const other = ids[at];
    return other !== undefined && same(id, other);
  });
}
