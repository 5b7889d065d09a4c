// What somebody typed or pasted, as the protocol takes it.

/**
 * @param {string} text
 * @returns {number} its letters as the protocol counts them, by code points
 */
export function countLetters(text) {
  return [...text].length;
}

/**
 * What a keyboard cannot make, a paste can: a half of a letter has no form in the protocol.
 * @param {string} text
 * @returns {string} without line ends around it, and whole
 */
export function tidy(text) {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD").replace(/^[\r\n]+|[\r\n]+$/g, "");
}
