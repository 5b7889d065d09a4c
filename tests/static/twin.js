// The twin at the other end of a pipe: a line of JSON in, a line of JSON out. Bytes are base64url.
//
//     {"do": "nearest", "word": "zooms"}   →   {"gives": ["zoom", …]}   or   {"refuses": "WrongLength"}

import { createInterface } from "node:readline";
import { stdin } from "node:process";
import { Succession, findAuthor } from "../../static/js/crypto/authors.js";
import { base64url, readBase64url } from "../../static/js/crypto/bytes.js";
import { PART } from "../../static/js/crypto/constants.js";
import { sealContact } from "../../static/js/crypto/contact.js";
import { readDirectory } from "../../static/js/crypto/directory.js";
import { Answer } from "../../static/js/crypto/documents.js";
import * as files from "../../static/js/crypto/files.js";
import { Card, MailboxSecret } from "../../static/js/crypto/keys.js";
import { ForeignAuthor, UnknownWord } from "../../static/js/crypto/errors.js";
import { Draft, Reporter } from "../../static/js/crypto/reporter.js";
import { findProof, workSeed } from "../../static/js/crypto/work.js";
import { randomBytes } from "../../static/js/sodium.js";
import { load, wordList } from "./node.js";
import { RUNNERS, stored } from "./vectors.js";

const b64 = base64url;
const unb64 = readBase64url;

await load();
const list = wordList();

function sealFile({ name, content }) {
  const plain = unb64(content);
  const file = files.newFile(randomBytes);
  const whole = new Uint8Array(files.paddedSize(plain.length));
  whole.set(plain);
  const parts = Array.from({ length: files.partCount(plain.length) }, (_, at) =>
    files.sealPart(file, at, whole.subarray(at * PART, (at + 1) * PART), randomBytes),
  );
  const manifest = new files.FileManifest({
    name,
    type: "application/octet-stream",
    size: plain.length,
    padded: whole.length,
    id: file.id,
    key: file.key.expose(),
    hash: files.fileHash(parts.map(files.partHash)),
  });
  return { manifest, parts };
}

function outgoing({ envelope, wraps }, parts = []) {
  return {
    envelope: b64(envelope.toBytes()),
    id: b64(envelope.id),
    wraps: wraps.map(([card, wrap]) => [b64(card), b64(wrap)]),
    parts: parts.map((each) => each.map(b64)),
  };
}

function opened({ directory, root, secret }) {
  const read = readDirectory(unb64(directory), unb64(root));
  return { directory: read, reporter: new Reporter(new MailboxSecret(unb64(secret)), read, randomBytes) };
}

function conversation(given) {
  const { reporter } = opened(given);
  return reporter.read(given.own.map(stored), given.team.map(stored));
}

const ACTIONS = {
  report(given) {
    const { directory, reporter } = opened(given);
    const sealed = given.files.map(sealFile);
    const draft = new Draft({
      text: given.text,
      language: given.language,
      categories: given.categories,
      forces: given.forces,
      answers: given.answers.map(([question, answer]) => new Answer({ question, answer })),
      files: sealed.map(({ manifest }) => manifest),
      contact:
        given.contact === null
          ? null
          : sealContact(given.contact, reporter.address, directory.contactCard, randomBytes),
    });
    return outgoing(
      reporter.report(draft, given.today),
      sealed.map(({ parts }) => parts),
    );
  },
  message(given) {
    const { reporter } = opened(given);
    const draft = new Draft({ text: given.text, language: "cy" });
    return outgoing(reporter.message(draft, conversation(given), given.today));
  },
  "withdraw-contact": (given) =>
    outgoing(opened(given).reporter.withdrawContact(conversation(given), given.today)),
  close: (given) => outgoing(opened(given).reporter.close(conversation(given), given.today)),
  delete: (given) =>
    opened(given)
      .reporter.delete(conversation(given), given.ids.map(unb64))
      .map(({ seq, id, signature }) => [seq, b64(id), b64(signature)]),
  rewrap(given) {
    const before = conversation(given);
    const { reporter } = opened(given);
    const draft = new Draft({ text: given.text, language: "en" });
    const message = reporter.message(draft, before, given.today);
    const after = conversation({ ...given, ...given.after });
    return [
      outgoing(message),
      outgoing(opened({ ...given, ...given.after }).reporter.rewrap(message, before, after, given.today)),
    ];
  },
  /** The author that a team payload names, by its two members. */
  author: ({ directory, root, mailbox, author, card, certificates }) => {
    const found = findAuthor(
      {
        author: unb64(author),
        group: { card: unb64(card), certificates: certificates.map(unb64) },
      },
      unb64(mailbox),
      readDirectory(unb64(directory), unb64(root)),
    );
    return [b64(found.id), found.epoch, found.number];
  },
  /** Whether the last of some authors may write after the others did. */
  succession: ({ directory, root, steps }) => {
    const succession = new Succession(readDirectory(unb64(directory), unb64(root)));
    const read = steps.map(({ kind, author: { id, sign, epoch, number, card, issuer } }) => [
      {
        id: unb64(id),
        sign: unb64(sign),
        epoch,
        number,
        card: card && Card.fromBytes(unb64(card)),
        issuer: issuer && unb64(issuer),
      },
      { kind },
    ]);
    const last = read.pop();
    for (const step of read) succession.admit(...step);
    try {
      succession.admit(...last);
      return true;
    } catch (error) {
      if (error instanceof ForeignAuthor) return false;
      throw error;
    }
  },
  read: (given) =>
    conversation(given).items.map(({ seq, state, payload, erased, problem }) => [
      seq,
      state,
      payload && b64(payload.toBytes()),
      erased,
      problem && problem.name,
    ]),
  login: (given) => b64(opened(given).reporter.login(given.origin, given.challenge)),
  nearest({ word }) {
    try {
      return list.read(word).words;
    } catch (error) {
      return error instanceof UnknownWord ? error.nearest : [];
    }
  },
  generate: () => list.generate(randomBytes).expose(),
  document: (given) => RUNNERS.documents(given),
  async work({ service, token, subject, difficulty }) {
    const seed = workSeed(unb64(service), token, unb64(subject));
    for await (const { counter } of findProof(seed, difficulty)) if (counter !== null) return counter;
  },
  /** What becomes of bytes when each of some bits is changed: the vector's runner says. */
  flips: ({ file, given, member, bits }) =>
    Promise.all(
      bits.map(async ([at, bit]) => {
        const changed = unb64(given[member]);
        changed[at] ^= 1 << bit;
        try {
          await RUNNERS[file]({ ...given, [member]: b64(changed) }, list);
          return "";
        } catch (error) {
          return error.name;
        }
      }),
    ),
  vector: ({ file, given }) => RUNNERS[file](given, list),
};

for await (const line of createInterface({ input: stdin })) {
  const { do: action, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { gives: (await ACTIONS[action](given)) ?? null };
  } catch (error) {
    answer = { refuses: error.name, message: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
