// Days: dates in UTC as `YYYY-MM-DD`, which as strings have the order of time. The protocol knows no
// finer time (docs/protocol.md §1).

const _DAY = /^\d{4}-\d{2}-\d{2}$/;
const _MILLISECONDS = 86_400_000;

/**
 * @param {string} text
 * @returns {number | undefined} days since 1970-01-01; undefined where it is no day of the years 1 to
 *   9999, such as 30 February
 */
export function readDay(text) {
  if (!_DAY.test(text) || text.startsWith("0000")) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Some browsers turn 30 February into 2 March, others refuse it.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return undefined;
  return time / _MILLISECONDS;
}

/**
 * @param {string} first a day
 * @param {string} last a day
 * @returns {number} how many days `last` is after `first`; less than 0 where it is before
 */
export function daysFrom(first, last) {
  const [from, to] = [readDay(first), readDay(last)];
  if (from === undefined || to === undefined) throw new RangeError("not a day");
  return to - from;
}
