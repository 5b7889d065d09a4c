// Brings the list that the seven words are drawn from and held against.

import { WordList } from "./crypto/passphrase.js";

/** The words, one per line; the site's build writes them from the package that carries them. */
const WORDS = new URL("../words.txt", import.meta.url);

/** @type {Promise<WordList> | undefined} */
let _loading;

/**
 * libsodium has to be there: the list is held against its hash.
 * @returns {Promise<WordList>} the list, fetched once; after a failure it is fetched again
 * @throws {import("./crypto/errors.js").NotCanonical} if what came is another list
 */
export function wordList() {
  _loading ??= _fetch().catch((error) => {
    _loading = undefined;
    throw error;
  });
  return _loading;
}

async function _fetch() {
  const answer = await fetch(WORDS);
  return new WordList((await answer.text()).split("\n"));
}
