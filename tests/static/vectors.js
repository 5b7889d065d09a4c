// Runs the vectors that Python and JavaScript share (tests/vectors/README.md), in node and in a browser.

import { base64url, hex, readBase64url } from "../../static/js/crypto/bytes.js";
import { Certificate, readCertificate } from "../../static/js/crypto/certificates.js";
import { Stored } from "../../static/js/crypto/chains.js";
import { PART } from "../../static/js/crypto/constants.js";
import * as directory from "../../static/js/crypto/directory.js";
import * as documents from "../../static/js/crypto/documents.js";
import { readDocument } from "../../static/js/crypto/encoding.js";
import * as files from "../../static/js/crypto/files.js";
import { Card, Keys, MailboxSecret, readFingerprint } from "../../static/js/crypto/keys.js";
import { answer } from "../../static/js/crypto/login.js";
import { openSealed } from "../../static/js/crypto/opening.js";
import { paddedLength, unpad } from "../../static/js/crypto/padding.js";
import { Passphrase, mailboxSecret } from "../../static/js/crypto/passphrase.js";
import * as primitives from "../../static/js/crypto/primitives.js";
import { Reporter } from "../../static/js/crypto/reporter.js";
import { checkProof, workSeed } from "../../static/js/crypto/work.js";
import { unwrap } from "../../static/js/crypto/wrapping.js";
import { Note, Sent, Words, caseName, openContact, splitCase, verifyAnswer } from "./others.js";

const b64 = base64url;
const unb64 = readBase64url;
const KINDS = {
  ...documents,
  ...files,
  ...directory,
  Certificate,
  Directory: directory.DirectoryDocument,
  Note,
  Sent,
  Words,
};
const CHECKS = {
  ed25519: primitives.checkEd25519Point,
  x25519: primitives.checkX25519Point,
  kem: primitives.checkKemKey,
};

/** A row as a server gives it. */
export function stored(row) {
  return new Stored({
    header: unb64(row.header),
    hashOfBody: unb64(row.hash_of_body),
    body: row.body === null ? null : unb64(row.body),
    wraps: Object.entries(row.wraps).map(([card, wrapped]) => [unb64(card), unb64(wrapped)]),
    day: row.day ?? "2026-03-02",
    deleted: row.deleted ? unb64(row.deleted) : null,
  });
}

function fileCase(given) {
  const file = { id: unb64(given.id), key: new files.FileKey(unb64(given.key)) };
  const whole = new Uint8Array(files.paddedSize(given.size));
  whole.fill(given.fill, 0, given.size);
  if (given.tail !== null) whole[given.tail] = 1;
  const parts = given.nonces.map((nonce, at) => {
    const plain = whole.subarray(at * PART, (at + 1) * PART);
    return files.sealPart(file, at, plain, () => unb64(nonce));
  });
  const hashes = parts.map((part) => b64(files.partHash(part)));
  if (given.flip !== null) {
    const [part, at, bit] = given.flip;
    if (at < 0) parts[part] = parts[part].slice(0, -1);
    else parts[part][at] ^= 1 << bit;
  }
  const reader = new files.PartReader(
    new files.FileManifest({
      name: "",
      type: "",
      size: given.size,
      padded: files.paddedSize(given.size),
      id: file.id,
      key: file.key.expose(),
      hash: unb64(given.hash),
    }),
  );
  const content = given.order.map((index) => reader.open(parts[index]));
  reader.finish();
  const right = content.every((part) => part.every((byte) => byte === given.fill));
  if (!right || content.reduce((sum, part) => sum + part.length, 0) !== given.size) {
    throw new Error("other bytes came out");
  }
  return { parts: hashes };
}

function directoryCase({ signed, root, origin, today, seen }) {
  let found = directory.readDirectory(unb64(signed), unb64(root));
  found.checkOrigin(origin);
  if (today !== null) found.checkDay(today);
  if (seen !== null) {
    const before = directory.readDirectory(unb64(seen), unb64(root));
    found = directory.readSuccessor(before, unb64(seen), unb64(signed));
  }
  const ids = [...found.intakeGroups.keys()].map((id) =>
    b64(Uint8Array.from(id.match(/../g), (byte) => Number.parseInt(byte, 16))),
  );
  return { seq: found.seq, intake: b64(found.intakeCard.id), groups: ids.sort() };
}

function envelopeCase(given) {
  const keys = new Keys(unb64(given.reader));
  const row = stored(given);
  const content = openSealed(row, new Map([[hex(keys.card.id), keys]]));
  const isCase = row.header[1] === 3;
  const { payload, words } = isCase ? splitCase(content.payload) : content;
  return {
    id: b64(row.id),
    signature: b64(content.signature),
    payload: b64(payload),
    words: isCase ? b64(words) : null,
  };
}

function wordCase({ random }, list) {
  if (random === null) {
    const first = list.generate((length) => new Uint8Array(length)).words[0];
    const last = list.generate(() => Uint8Array.of(7771 & 255, 7771 >> 8)).words[0];
    // What the list itself does not tell is what it was checked for when it was made.
    return {
      length: 7772,
      hash: "368766ce0c42cbc5816c594dcc829a5afeb159695c58839878272e792ec435f7",
      first,
      last,
    };
  }
  let left = unb64(random);
  const take = (length) => {
    const taken = left.subarray(0, length);
    left = left.subarray(length);
    return taken;
  };
  return { words: list.generate(take).expose() };
}

/** Every file of vectors but `team-chains`: from what a case is given to what it gives. */
export const RUNNERS = {
  hash: ({ tag, parts }) => ({ hash: b64(primitives.H(tag, ...parts.map(unb64))) }),
  kdf: ({ key, number, context }) => ({ key: b64(primitives.derive(unb64(key), number, context)) }),
  padding: ({ length }) => ({ content: paddedLength(length), file: files.paddedSize(length) }),
  unpad: ({ start, zeros }) => {
    const first = unb64(start);
    const padded = new Uint8Array(first.length + zeros);
    padded.set(first);
    return { content: b64(unpad(padded)) };
  },
  spellings: ({ typed }, list) => ({ words: list.read(typed).expose() }),
  words: wordCase,
  mailboxes: ({ words, service }) => {
    const secret = mailboxSecret(new Passphrase(words.split(" ")), unb64(service));
    return { secret: b64(secret.expose()), address: b64(secret.keys.card.id) };
  },
  keys: ({ secret }) => {
    const card = new MailboxSecret(unb64(secret)).keys.card;
    return {
      card: b64(card.toBytes()),
      keys_hash: b64(card.keysHash),
      id: b64(card.id),
      fingerprint: card.fingerprint,
    };
  },
  fingerprints: ({ typed }) => ({ fingerprint: b64(readFingerprint(typed)) }),
  points: ({ kind, key }) => {
    CHECKS[kind](unb64(key));
    return {};
  },
  cards: ({ card }) => ({ id: b64(Card.fromBytes(unb64(card)).id) }),
  signatures: ({ key, signature, message }) => {
    primitives.ed25519Verify(unb64(key), unb64(signature), unb64(message));
    return {};
  },
  documents: ({ type, data }) => {
    const read = readDocument(KINDS[type], unb64(data));
    if (b64(read.toBytes()) !== data) throw new Error("written in another form");
    return {};
  },
  certificates: (given) => {
    const certificate = readCertificate(
      unb64(given.signed),
      given.role,
      unb64(given.issuer),
      unb64(given.issuer_sign),
      unb64(given.service),
    );
    certificate.checkDay(given.today);
    return {
      subject: b64(certificate.subject),
      sign: b64(certificate.sign),
      mailbox: certificate.mailbox && b64(certificate.mailbox),
      number: certificate.number,
    };
  },
  directories: directoryCase,
  "case-names": ({ address, letters }) => ({ name: caseName(unb64(address), letters) }),
  files: fileCase,
  wraps: (given) => {
    const keys = new Keys(unb64(given.reader));
    return { secret: b64(unwrap(unb64(given.wrap), given.kind, given.names.map(unb64), keys)) };
  },
  envelopes: envelopeCase,
  contacts: (given) => {
    const contact = new documents.Contact({
      first: unb64(given.first),
      second: unb64(given.second),
      sealed: unb64(given.sealed),
    });
    const opened = openContact(contact, unb64(given.mailbox), new Keys(unb64(given.reader)));
    return { half: b64(opened.half), details: opened.details };
  },
  answers: (given) => {
    const { keys } = new MailboxSecret(unb64(given.reader));
    const signature = answer(keys, unb64(given.service), given.origin, given.challenge);
    return { address: b64(keys.card.id), signature: b64(signature) };
  },
  logins: (given) => {
    const [auth, inner, service, signature] = ["auth", "keys_hash", "service", "signature"].map(
      (name) => unb64(given[name]),
    );
    const { origin, challenge } = given;
    return { address: b64(verifyAnswer(auth, inner, service, origin, challenge, signature)) };
  },
  work: async ({ service, token, subject, counter, difficulty }) => {
    const seed = workSeed(unb64(service), token, unb64(subject));
    await checkProof(seed, counter, difficulty);
    return {};
  },
};

/**
 * Files of what only the team and the server read: a browser has no use for it, and its twin of the
 * protocol does not know these documents.
 */
export const TEAM_ONLY = [
  "case-chains",
  "erasures",
  "grants",
  "receiving",
  "rosters",
  "team-documents",
];

function chainCase(chains, given) {
  const found = directory.readDirectory(unb64(chains.directory), unb64(chains.root));
  const reporter = new Reporter(new MailboxSecret(unb64(chains.reader)), found, () => {
    throw new Error("reading draws nothing");
  });
  const rows = (names) => names.map((name) => stored(chains.rows[name]));
  const seen = reporter.read(rows(given.own), rows(given.team));
  const alarms = (list) => list.map(({ fault, seq }) => [fault, seq]);
  return {
    states: seen.items.map((item) => item.state),
    alarms: alarms(seen.teamAlarms),
    own_alarms: alarms(seen.ownAlarms),
    case: seen.caseCard && b64(seen.caseCard.id),
    contested: seen.contested,
    next_seq: seen.nextSeq,
    prev: b64(seen.prev),
  };
}

/**
 * Runs one case.
 * @returns {Promise<string>} what is wrong, empty where nothing is
 */
export async function wrongWith(file, content, vector, list) {
  let found;
  try {
    found =
      file === "team-chains"
        ? chainCase(content, vector.in)
        : await RUNNERS[file](vector.in, list);
  } catch (error) {
    return vector.expect === error.name ? "" : `${error.stack} instead of ${vector.expect}`;
  }
  const wanted = vector.expect === "ok" ? inOrder(vector.out) : vector.expect;
  return inOrder(found) === wanted ? "" : `${inOrder(found)} instead of ${wanted}`;
}

function inOrder(value) {
  return JSON.stringify(value, (_, each) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}
