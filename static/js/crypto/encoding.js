// Documents: UTF-8 JSON in exactly one form, the twin of crypto/encoding.py (docs/protocol.md §1).
//
// A document is a frozen object of a class made by `schema`. Its bytes are what JSON.stringify writes
// of its members in their declared order. Reading decodes strictly, checks limits, parses, builds the
// document, writes it again and refuses any difference: so there is one spelling.

import { readUtf8, same, utf8 } from "./bytes.js";
import { DOCUMENT_BYTES, DOCUMENT_DEPTH } from "./constants.js";
import { NotCanonical, WrongLength } from "./errors.js";

/**
 * @typedef {import("./codecs.js").Json} Json
 * @typedef {Record<string, import("./codecs.js").Codec<any>>} Codecs
 */

/**
 * @template {Codecs} C
 * @typedef {{ readonly [name in keyof C]: C[name] extends import("./codecs.js").Codec<infer T> ? T : never }} Members
 */

/** What every document can do. An instance checks itself when it is made. */
export class Document {
  /** @type {Codecs} */
  static codecs = {};

  /** @param {Record<string, any>} members */
  constructor(members) {
    const codecs = /** @type {typeof Document} */ (new.target).codecs;
    const names = Object.keys(codecs);
    if (Object.keys(members).length !== names.length) throw new NotCanonical();
    for (const name of names) {
      if (!Object.hasOwn(members, name)) throw new NotCanonical();
      Object.defineProperty(this, name, { value: members[name], enumerable: true });
    }
    this.toJSON(); // refuses what could not be read again
    this.check();
    Object.freeze(this);
  }

  /**
   * Rules between members; overridden where there are any.
   * @throws {NotCanonical}
   */
  check() {}

  /** @returns {{ [name: string]: Json }} the members as JSON values, in the order of the schema */
  toJSON() {
    const codecs = /** @type {typeof Document} */ (this.constructor).codecs;
    const members = /** @type {Record<string, any>} */ (this);
    return Object.fromEntries(
      Object.entries(codecs).map(([name, codec]) => [name, codec.write(members[name])]),
    );
  }

  /**
   * @returns {Uint8Array<ArrayBuffer>} the document's one form
   * @throws {WrongLength} above 1 MiB
   */
  toBytes() {
    const data = stringify(this.toJSON());
    if (data.length > DOCUMENT_BYTES) throw new WrongLength();
    return data;
  }

  /** A document holds what somebody wrote, or keys: it has no text of its own. */
  toString() {
    return `<${this.constructor.name}>`;
  }
}

/**
 * @template {Codecs} C
 * @typedef {object} Schema
 * @property {C} codecs
 */

/**
 * What to extend: `class Link extends schema({ seq: integer(), id: bytes(ID) }) {}`.
 * @template {Codecs} C
 * @param {C} codecs the members' names and codecs, in their order on the wire
 * @returns {(new (members: Members<C>) => Document & Members<C>) & Schema<C>}
 */
export function schema(codecs) {
  const made = class extends Document {
    /** @override */
    static codecs = codecs;
  };
  return /** @type {any} */ (made);
}

/**
 * @template {Document} D
 * @typedef {(new (members: any) => D) & { codecs: Codecs }} Kind the class of a document
 */

/**
 * @template {Document} D
 * @param {Kind<D>} kind
 * @param {Uint8Array} data
 * @returns {D} the document whose one form `data` is
 * @throws {WrongLength} above 1 MiB
 * @throws {NotCanonical} for any other form
 */
export function readDocument(kind, data) {
  return fromParsed(kind, parse(data), data);
}

/**
 * @template {Document} D
 * @param {Kind<D>} kind
 * @param {unknown} json what `data` was parsed to
 * @param {Uint8Array} data
 * @returns {D}
 * @throws {NotCanonical} unless `data` is the one form of this document
 */
export function fromParsed(kind, json, data) {
  const document = _fromJson(kind, json);
  if (!same(document.toBytes(), data)) throw new NotCanonical();
  return document;
}

/**
 * @template {Document} D
 * @param {Kind<D>} kind
 * @returns {import("./codecs.js").Codec<D>} for a document inside a document
 */
export function inner(kind) {
  return {
    write: (value) => {
      if (!(value instanceof kind)) throw new NotCanonical();
      return value.toJSON();
    },
    read: (json) => _fromJson(kind, json),
  };
}

/**
 * Every member is checked as it is read; that there is no second form is checked by whoever compares
 * the outermost document's bytes.
 * @template {Document} D
 * @param {Kind<D>} kind
 * @param {unknown} json
 * @returns {D}
 */
function _fromJson(kind, json) {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new NotCanonical();
  const given = /** @type {Record<string, unknown>} */ (json);
  const names = Object.keys(kind.codecs);
  if (Object.keys(given).length !== names.length) throw new NotCanonical();
  return new kind(
    Object.fromEntries(
      Object.entries(kind.codecs).map(([name, codec]) => {
        if (!Object.hasOwn(given, name)) throw new NotCanonical();
        return [name, codec.read(given[name])];
      }),
    ),
  );
}

/**
 * @param {Json} json
 * @returns {Uint8Array<ArrayBuffer>} what JSON.stringify writes, in UTF-8
 */
export function stringify(json) {
  return utf8(JSON.stringify(json));
}

/**
 * @param {Uint8Array} data
 * @returns {unknown} JSON within the limits of a document, decoded strictly; not yet compared with its
 *   one form
 * @throws {WrongLength} above 1 MiB
 * @throws {NotCanonical} for anything else that is wrong
 */
export function parse(data) {
  if (data.length > DOCUMENT_BYTES) throw new WrongLength();
  _checkDepth(data);
  const text = readUtf8(data);
  try {
    return JSON.parse(text);
  } catch {
    throw new NotCanonical();
  }
}

const [_QUOTE, _BACKSLASH] = [0x22, 0x5c];
const [_OPEN_LIST, _CLOSE_LIST, _OPEN_OBJECT, _CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Refuses nesting before a parser meets it: brackets are counted outside of strings.
 * @param {Uint8Array} data
 */
function _checkDepth(data) {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < data.length; at += 1) {
    const byte = data[at];
    if (inString) {
      if (byte === _BACKSLASH) at += 1;
      else if (byte === _QUOTE) inString = false;
    } else if (byte === _QUOTE) inString = true;
    else if (byte === _OPEN_LIST || byte === _OPEN_OBJECT) {
      depth += 1;
      if (depth > DOCUMENT_DEPTH) throw new NotCanonical();
    } else if (byte === _CLOSE_LIST || byte === _CLOSE_OBJECT) depth -= 1;
  }
}
