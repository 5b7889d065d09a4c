// The words of a list that are most like a mistyped one, as Python's difflib.get_close_matches finds
// them (Ratcliff and Obershelp, 1988): both lanes offer the same words.

const _ALIKE = 0.6;

/**
 * @param {string} word
 * @param {readonly string[]} words
 * @param {number} most
 * @returns {string[]} at most so many of `words`, the most alike first
 */
export function nearestWords(word, words, most) {
  /** @type {[number, string][]} */
  const found = [];
  for (const each of words) {
    // No ratio is above this one, and it costs nothing.
    if (_ratio(Math.min(each.length, word.length), each, word) < _ALIKE) continue;
    const ratio = _ratio(_matches(each, word), each, word);
    if (ratio >= _ALIKE) found.push([ratio, each]);
  }
  found.sort(([one, a], [other, b]) => other - one || (a < b ? 1 : -1));
  return found.slice(0, most).map(([, each]) => each);
}

/**
 * @param {number} matches
 * @param {string} one
 * @param {string} other
 * @returns {number} 1 for the same, 0 for nothing alike
 */
function _ratio(matches, one, other) {
  return (2 * matches) / (one.length + other.length);
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {number} how many characters match: the longest run both have, and the same to its left and
 *   to its right
 */
function _matches(one, other) {
  const [at, beside, length] = _longestRun(one, other);
  if (length === 0) return 0;
  return (
    length +
    _matches(one.slice(0, at), other.slice(0, beside)) +
    _matches(one.slice(at + length), other.slice(beside + length))
  );
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {[number, number, number]} where the longest run begins in each, the first of several, and
 *   how long it is
 */
function _longestRun(one, other) {
  /** @type {[number, number, number]} */
  let best = [0, 0, 0];
  /** @type {number[]} */
  let before = [];
  for (let at = 0; at < one.length; at += 1) {
    /** @type {number[]} */
    const runs = [];
    for (let beside = 0; beside < other.length; beside += 1) {
      if (one[at] !== other[beside]) continue;
      const run = (before[beside - 1] ?? 0) + 1;
      runs[beside] = run;
      if (run > best[2]) best = [at - run + 1, beside - run + 1, run];
    }
    before = runs;
  }
  return best;
}
