// Read marks: what envelopes say of other envelopes. The twin of crypto/marks.py, for the reporter's eyes
// (docs/protocol.md §5).

import { same } from "./bytes.js";
import { Link } from "./documents.js";

/**
 * @typedef {import("./chains.js").Alarm} Alarm
 * @typedef {import("./opening.js").Entry} Entry
 */

/**
 * What the team acknowledges has to be in the `reporter` chain.
 * @param {readonly Entry[]} team
 * @param {import("./chains.js").Inspected} reporter
 * @returns {{ alarms: readonly Alarm[], acknowledged: number }} `acknowledged` is the highest place
 *   that is acknowledged by its right id, or −1
 */
export function checkAcks(team, reporter) {
  /** @type {Alarm[]} */
  const alarms = [];
  let acknowledged = -1;
  for (const { seq, payload } of team) {
    const ack = payload?.ack ?? null;
    if (ack === null) continue;
    const isKnown = reporter.entries.some(
      ({ header, stored }) => header.seq === ack.seq && same(stored.id, ack.id),
    );
    if (isKnown) acknowledged = Math.max(acknowledged, ack.seq);
    else alarms.push({ fault: "unknown-mark", seq });
  }
  return { alarms, acknowledged };
}

/**
 * @param {readonly Entry[]} entries
 * @param {...import("./opening.js").State} states
 * @returns {Link | null} the newest envelope in one of these states, to be named as seen
 */
export function newest(entries, ...states) {
  const found = entries.filter((entry) => states.includes(entry.state)).at(-1);
  return found === undefined ? null : new Link({ seq: found.seq, id: found.id });
}
