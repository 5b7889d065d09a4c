// What the team and the server do with the same parts. A reporter's browser has no use for it, so it is
// not served; the vectors ask for it, and with it every one of them is run.

import { readLittleEndian, readUtf8, utf8 } from "../../static/js/crypto/bytes.js";
import { bytes, fixed, text } from "../../static/js/crypto/codecs.js";
import { ID, NONCE, SECRET, TAG } from "../../static/js/crypto/constants.js";
import { schema } from "../../static/js/crypto/encoding.js";
import { WrongLength } from "../../static/js/crypto/errors.js";
import { cardId, verify } from "../../static/js/crypto/keys.js";
import { H, aeadOpen, checkEd25519Point } from "../../static/js/crypto/primitives.js";
import { unwrap } from "../../static/js/crypto/wrapping.js";

const CASE = { author: bytes(ID), words: bytes(ID) };

/** The documents of the team's own chain. */
export class Note extends schema({ kind: fixed("note"), ...CASE }) {}
export class Sent extends schema({
  kind: fixed("sent"),
  author: bytes(ID),
  envelope: bytes(ID),
  words: bytes(ID),
}) {}
export class Words extends schema({ salt: bytes(SECRET), text: text(40_000) }) {}

/** `len64(payload) ‖ payload ‖ words`, which is what an envelope of the `case` chain holds. */
export function splitCase(content) {
  if (content.length < 8) throw new WrongLength();
  const length = readLittleEndian(content.subarray(0, 6));
  if (content[6] || content[7] || content.length < 8 + length) throw new WrongLength();
  return { payload: content.slice(8, 8 + length), words: content.slice(8 + length) };
}

/** A case's name on the workstation. */
export function caseName(address, letters) {
  const bits = Array.from(H("dbx1/case-name", address), (byte) => byte.toString(2).padStart(8, "0"));
  const fives = bits.join("").match(/.{5}/g) ?? [];
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return fives.map((five) => alphabet[Number.parseInt(five, 2)]).join("").slice(0, letters);
}

/** What a server makes of an answer to its challenge: the address of whoever gave it. */
export function verifyAnswer(auth, keysHash, service, origin, challenge, signature) {
  checkEd25519Point(auth);
  const address = cardId(auth, keysHash);
  verify(auth, signature, TAG.SIGN_LOGIN, service, utf8(origin), address, utf8(challenge));
  return address;
}

/** The custodian's half of contact details, and both halves together. */
export function openContact({ first, second, sealed }, mailbox, keys) {
  const half = unwrap(second, "half", [mailbox], keys);
  const key = H(TAG.CONTACT, first, half);
  const plain = aeadOpen(key, sealed.subarray(0, NONCE), sealed.subarray(NONCE), mailbox);
  return { half, details: readUtf8(plain) };
}
