// What can go wrong, sorted by whose fault it is: the twin of crypto/errors.py, by the same names.
//
// UserError    the person in front of the program can put it right
// Malformed    the bytes are not what they should be: damage, or a program that is not ours
// Forged       the bytes are well formed and somebody lies
// NotForUs     well formed and honest as far as can be told, and sealed to somebody else
// Unfit        a signed document that must not be used now, here or for this
//
// A leaf stands for one rule. Its `name` is all it says: the words for people stand in the pages, and
// neither text nor keys nor words of a passphrase are ever in a message.

/** The root of the tree. A failed check is always one of these and never a boolean. */
export class ProtocolError extends Error {
  constructor() {
    super();
    this.name = new.target.name;
    this.message = this.name;
  }
}

export class UserError extends ProtocolError {}
export class Malformed extends ProtocolError {}
export class Forged extends ProtocolError {}
export class NotForUs extends ProtocolError {}
export class Unfit extends ProtocolError {}

// -- the person -------------------------------------------------------------------------------------

/** A passphrase holds a word that is not on the list. For this device alone; never sent. */
export class UnknownWord extends UserError {
  #word;
  #nearest;

  /**
   * @param {string} word as it was typed, brought to small letters
   * @param {readonly string[]} nearest up to three words of the list
   */
  constructor(word, nearest) {
    super();
    this.#word = word;
    this.#nearest = nearest;
  }

  /** @returns {string} the word that is not on the list */
  get word() {
    return this.#word;
  }

  /** @returns {readonly string[]} up to three words of the list, the nearest first */
  get nearest() {
    return this.#nearest;
  }
}

/** A passphrase does not have exactly seven words. */
export class WrongNumberOfWords extends UserError {
  /** @param {number} count how many there are */
  constructor(count) {
    super();
    this.count = count;
  }
}

/** @typedef {"text" | "files" | "file" | "twice" | "payload" | "contact"} Overrun */

/** More than the directory's limits allow. */
export class OverLimit extends UserError {
  /**
   * @param {Overrun} what is too long or too many: the text, the number of files, a file, one file
   *   that is there twice, text and answers together, contact details
   * @param {number} found how much there is
   * @param {number} limit how much fits, in the same unit
   */
  constructor(what, found, limit) {
    super();
    this.what = what;
    this.found = found;
    this.limit = limit;
  }
}

/** Neither text nor a file. */
export class NothingToSend extends UserError {}
/** A mailbox in which nothing lies has no contact details to take back and nothing to close. */
export class NothingHere extends UserError {}
/** Not a reply or receipt of the team that opens here: the reporter cannot delete it (§5). */
export class NotDeletable extends UserError {}

// -- the bytes --------------------------------------------------------------------------------------

/** Not as long as its kind has to be. */
export class WrongLength extends Malformed {}
/** Not of protocol version 1. There is no negotiation and no way back to another version. */
export class UnknownVersion extends Malformed {}
/** A document that is not in its one form (§1). */
export class NotCanonical extends Malformed {}
/** The padding is not the one its content has. */
export class WrongPadding extends Malformed {}
/** A public key that is of small order, aliased or not canonical (P13, P14). */
export class WrongPoint extends Malformed {}

// -- the lies ---------------------------------------------------------------------------------------

/** Not signed by the one it names. */
export class WrongSignature extends Forged {}
/** The bytes do not hash to the id, address or fingerprint they are given under. */
export class WrongId extends Forged {}
/** A key that should open this does not: altered, or moved from another place. */
export class DoesNotOpen extends Forged {}
/** The key opens to something that was not meant (P10: two texts under one ciphertext). */
export class WrongCommitment extends Forged {}
/** Signed by a key that may not write here. */
export class ForeignAuthor extends Forged {}
/** A certificate of one role was brought for another. */
export class WrongRole extends Forged {}
/** Signed for another mailbox, chain or place than the one it was found at. */
export class WrongPlace extends Forged {}
/** The server refuses every key the team has signed for this mailbox (§9). */
export class UnsignedKeyAsked extends Forged {}
/** A proof of work that is none, or one that is too hard to be meant. */
export class WrongProof extends Forged {}
/** Two envelopes of the team claim one place, so who has the case cannot be told. */
export class Contested extends Forged {}
/** A file is not the one its message describes: parts missing, swapped, added or foreign. */
export class FilesDiffer extends Forged {}

// -- not ours, not now ------------------------------------------------------------------------------

/** There is no wrap here for a key we hold. */
export class Locked extends NotForUs {}
/** Past its last day, or before its first. */
export class Expired extends Unfit {}
/** A directory or certificate of another root. */
export class ForeignService extends Unfit {}
/** The directory does not name the address it was served at. */
export class ForeignOrigin extends Unfit {}
/** Older than one that was already seen, or does not follow it. */
export class RolledBack extends Unfit {}
/** Two keys in one directory are the same (P4). */
export class KeysAlike extends Unfit {}
