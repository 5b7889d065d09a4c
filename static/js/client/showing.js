// A mailbox as a page shows it: plain data, nothing of which is trusted to be short, or to be anything
// but text.

import { hex } from "../crypto/bytes.js";

/**
 * @typedef {{
 *   number: number, id: string, day: string, state: string, kind: string, text: string,
 *   language: string, files: { name: string, size: number }[], deletable: boolean, ack: number
 * }} Shown one message of the team; `number` counts from 1, `ack` is the number of the reporter's
 *   message it was written after, 0 where it names none
 * @typedef {{ chain: "team" | "own", fault: string, place: number }} Alarm `place` counts from 1; 0
 *   where it is not known
 * @typedef {{
 *   messages: Shown[], ownDays: string[], read: number, alarms: Alarm[], contested: boolean,
 *   takesAnswers: boolean, expired: boolean, early: boolean, letters: number, files: number,
 *   fileBytes: number
 * }} Mailbox `read`: so many of one's own messages, from the first on, the team has read
 */

/**
 * @param {import("../crypto/conversation.js").Conversation} conversation
 * @param {import("./desk.js").Arrival} arrival
 * @returns {Mailbox}
 */
export function showMailbox(conversation, arrival) {
  const deletable = new Set(conversation.deletable.map(({ id }) => hex(id)));
  const messages = conversation.items.map((entry) => showEntry(entry, deletable));
  const { expired, early, letters, files, fileBytes } = arrival;
  const mayWrite = conversation.caseCard !== null || !(expired || early);
  return {
    messages,
    ownDays: [...conversation.ownDays],
    read: conversation.acknowledged + 1,
    alarms: [
      ...conversation.teamAlarms.map((each) => showAlarm("team", each)),
      ...conversation.ownAlarms.map((each) => showAlarm("own", each)),
    ],
    contested: conversation.contested,
    takesAnswers: mayWrite && !conversation.contested,
    expired,
    early,
    letters,
    files,
    fileBytes,
  };
}

/**
 * @param {import("../crypto/opening.js").Entry} entry
 * @param {ReadonlySet<string>} deletable
 * @returns {Shown}
 */
function showEntry(entry, deletable) {
  const payload = entry.payload ?? null;
  const reply = payload?.kind === "reply" ? payload : null;
  const ack = payload?.ack ?? null;
  return {
    number: entry.seq + 1,
    id: hex(entry.id),
    day: entry.day,
    state: entry.state,
    kind: payload?.kind ?? "",
    text: reply?.text ?? "",
    language: reply?.language ?? "",
    files: (reply?.files ?? []).map(({ name, size }) => ({ name, size })),
    deletable: deletable.has(hex(entry.id)),
    ack: ack === null ? 0 : ack.seq + 1,
  };
}

/**
 * @param {"team" | "own"} chain
 * @param {import("../crypto/chains.js").Alarm} alarm
 * @returns {Alarm}
 */
function showAlarm(chain, alarm) {
  return { chain, fault: alarm.fault, place: alarm.seq === null ? 0 : alarm.seq + 1 };
}
