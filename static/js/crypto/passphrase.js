// The seven words, and the mailbox they open: the twin of crypto/passphrase.py (docs/protocol.md §2).
//
// The words come from the EFF large word list without its four hyphenated ones: 7,772 words, 90.4 bits.
// They are always generated. The list itself is data that a page loads; it is checked here.

import { hex, readLittleEndian, utf8 } from "./bytes.js";
import {
  ARGON2_SALT,
  MAILBOX_ARGON2_MEMORY,
  MAILBOX_ARGON2_OPERATIONS,
  PASSPHRASE_WORDS,
  TAG,
} from "./constants.js";
import { NotCanonical, UnknownWord, WrongNumberOfWords } from "./errors.js";
import { MailboxSecret } from "./keys.js";
import { nearestWords } from "./nearest.js";
import { H, argon2id, blake2b } from "./primitives.js";

const _LIST_LENGTH = 7772;
/** BLAKE2b-256 of the words in their order, one per line. */
const _LIST_HASH = "368766ce0c42cbc5816c594dcc829a5afeb159695c58839878272e792ec435f7";
const _NEAREST = 3;
/** Soft hyphen, zero-width space and joiners, word joiner, byte-order mark. */
const _DROPPED = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** Seven words of the list. Shown only by `words` and `expose`. */
export class Passphrase {
  #words;

  /** @param {readonly string[]} words */
  constructor(words) {
    this.#words = Object.freeze([...words]);
  }

  /** @returns {readonly string[]} the seven words in their order */
  get words() {
    return this.#words;
  }

  /** @returns {string} the seven words joined by one space */
  expose() {
    return this.#words.join(" ");
  }

  /** Neither text nor JSON shows anything. */
  toString() {
    return "<Passphrase>";
  }

  toJSON() {
    return this.toString();
  }
}

/** The 7,772 words, in the order of the published list. */
export class WordList {
  #words;
  #known;

  /**
   * @param {readonly string[]} words the EFF large list, with or without its hyphenated words
   * @throws {NotCanonical} if it is any other list
   */
  constructor(words) {
    this.#words = words.filter((word) => /^[a-z]+$/.test(word));
    const digest = hex(blake2b(utf8(this.#words.join("\n")), 32));
    if (this.#words.length !== _LIST_LENGTH || digest !== _LIST_HASH) throw new NotCanonical();
    this.#known = new Set(this.#words);
  }

  /**
   * @param {import("./primitives.js").RandomBytes} randomBytes
   * @returns {Passphrase} seven words drawn uniformly and independently
   */
  generate(randomBytes) {
    return new Passphrase(Array.from({ length: PASSPHRASE_WORDS }, () => this.#draw(randomBytes)));
  }

  /**
   * @param {import("./primitives.js").RandomBytes} randomBytes
   * @returns {string}
   */
  #draw(randomBytes) {
    const limit = 65536 - (65536 % _LIST_LENGTH);
    for (;;) {
      // Rejection, so that no word is likelier than another.
      const number = readLittleEndian(randomBytes(2));
      const word = this.#words[number % _LIST_LENGTH];
      if (number < limit && word !== undefined) return word;
    }
  }

  /**
   * @param {string} text what somebody typed, in any of the spellings of §2
   * @returns {Passphrase}
   * @throws {UnknownWord} with the nearest words of the list
   * @throws {WrongNumberOfWords}
   */
  read(text) {
    const words = _separate(text);
    for (const word of words) {
      if (!this.#known.has(word)) {
        throw new UnknownWord(word, nearestWords(word, this.#words, _NEAREST));
      }
    }
    if (words.length !== PASSPHRASE_WORDS) throw new WrongNumberOfWords(words.length);
    return new Passphrase(words);
  }
}

/**
 * @param {string} text
 * @returns {string[]} its runs of letters a to z, once folded. A to Z alone become small: toLowerCase
 *   would also turn U+212A (kelvin) into a letter
 */
function _separate(text) {
  const folded = text.normalize("NFKC").replace(_DROPPED, "");
  const small = folded.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return small.match(/[a-z]+/g) ?? [];
}

/**
 * Argon2id of the words, salted with the service: the same words at another service, or under a swapped
 * root, give an unrelated mailbox. 0.1 s with WebAssembly, ten seconds and more without.
 * @param {Passphrase} passphrase
 * @param {Uint8Array} service 32 bytes
 * @returns {MailboxSecret}
 */
export function mailboxSecret(passphrase, service) {
  const salt = H(TAG.SALT, service).slice(0, ARGON2_SALT);
  const words = utf8(passphrase.expose());
  return new MailboxSecret(
    argon2id(words, salt, MAILBOX_ARGON2_OPERATIONS, MAILBOX_ARGON2_MEMORY),
  );
}
