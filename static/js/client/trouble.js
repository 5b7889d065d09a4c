// What went wrong, as a code of a fixed list: what crosses from the worker to the page. The words for
// each stand in the page (templates/pages/_troubles.html).

import * as protocol from "../crypto/errors.js";
import * as client from "./errors.js";

/**
 * @typedef {"away" | "nonsense" | "foreign" | "unsigned" | "early" | "expired" | "expired-directory" |
 *   "full" | "busy" | "too-many-unread" | "too-large" | "nothing" | "bad-file" | "stopped" | "unknown" |
 *   "no-mailbox" | "gone" | "arrived-meanwhile" | "not-deleted" | "file-differs" | "no-crypto" |
 *   "unknown-word" | "wrong-number" | "failed"} Code
 * @typedef {{
 *   code: Code, word?: string, nearest?: readonly string[], count?: number, place?: number,
 *   today?: string, first?: string, last?: string, pending?: boolean
 * }} Trouble `place`: of a file, from 0; the days are those of the device and of the directory;
 *   `pending`: what was sent may have been stored, and can be sent again as it was
 */

/** Thrown by what talks to the desk. */
export class Troubled extends Error {
  /** @param {Trouble} trouble */
  constructor(trouble) {
    super(trouble.code);
    this.name = "Troubled";
    this.trouble = trouble;
  }
}

/** @type {Readonly<Partial<Record<import("./wire.js").Fault, Code>>>} */
const FAULTS = {
  "other-group": "unsigned",
  "place-taken": "arrived-meanwhile",
  "too-large": "too-large",
  "expired-directory": "expired-directory",
  "too-many-unread": "too-many-unread",
  "work-needed": "busy",
  busy: "busy",
  full: "full",
};

/** @type {readonly (readonly [new (...arguments_: any[]) => Error, Code])[]} the first that fits */
const KINDS = [
  [client.Unknown, "unknown"],
  [client.Stopped, "stopped"],
  [client.BadFile, "bad-file"],
  [client.NotDeleted, "not-deleted"],
  [client.Gone, "gone"],
  [client.Away, "away"],
  [client.Nonsense, "nonsense"],
  [protocol.UnknownWord, "unknown-word"],
  [protocol.WrongNumberOfWords, "wrong-number"],
  [protocol.OverLimit, "too-large"],
  [protocol.NothingToSend, "nothing"],
  [protocol.NothingHere, "no-mailbox"],
  [protocol.FilesDiffer, "file-differs"],
  [protocol.UnsignedKeyAsked, "unsigned"],
  [protocol.Contested, "unsigned"],
  [protocol.RolledBack, "unsigned"],
  [protocol.ForeignService, "foreign"],
  [protocol.ForeignOrigin, "foreign"],
  [protocol.KeysAlike, "foreign"],
  [protocol.Malformed, "foreign"],
  [protocol.Forged, "foreign"],
];

/**
 * @param {unknown} error
 * @returns {Trouble} what it means to the person; "failed" for what is a mistake of ours
 */
export function explain(error) {
  if (error instanceof Troubled) return error.trouble;
  if (error instanceof client.Refused) {
    return { code: FAULTS[/** @type {import("./wire.js").Fault} */ (error.fault)] ?? "failed" };
  }
  const code = KINDS.find(([kind]) => error instanceof kind)?.[1] ?? "failed";
  if (error instanceof protocol.UnknownWord) {
    return { code, word: error.word.slice(0, 40), nearest: error.nearest };
  }
  if (error instanceof protocol.WrongNumberOfWords) return { code, count: error.count };
  if (error instanceof client.BadFile) return { code, place: error.place };
  return { code };
}
