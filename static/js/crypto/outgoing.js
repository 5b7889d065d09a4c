// An envelope on its way to a server, with what travels beside it: the twin of crypto/outgoing.py.

import { wrap } from "./wrapping.js";

/**
 * @typedef {import("./envelope.js").Envelope} Envelope
 * @typedef {import("./files.js").FileManifest} FileManifest
 * @typedef {import("./keys.js").Card} Card
 * @typedef {import("./primitives.js").RandomBytes} RandomBytes
 */

/** A sealed envelope and its wraps. */
export class Outgoing {
  #contentKey;

  /**
   * @param {Envelope} envelope
   * @param {Uint8Array} contentKey stays with its author, so that it can be wrapped to another group
   *   without a new envelope
   * @param {readonly Card[]} cards whom it is wrapped to
   * @param {readonly FileManifest[]} files
   * @param {RandomBytes} randomBytes
   */
  constructor(envelope, contentKey, cards, files, randomBytes) {
    this.#contentKey = contentKey;
    this.envelope = envelope;
    /** Pairs of card id and 1,184 bytes. */
    this.wraps = cards.map(
      (card) =>
        /** @type {const} */ ([card.id, wrap(contentKey, "envelope", [envelope.id], card, randomBytes)]),
    );
    this.files = files;
    Object.freeze(this);
  }

  /**
   * @param {readonly Card[]} cards
   * @param {RandomBytes} randomBytes
   * @returns {Outgoing} the same envelope, under the same id, wrapped to other cards
   */
  rewrapped(cards, randomBytes) {
    return new Outgoing(this.envelope, this.#contentKey, cards, this.files, randomBytes);
  }
}
