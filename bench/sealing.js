// What bench/sealing.py has a browser do: reports sealed by the page's own code, and the same primitives
// of libsodium called one after another, on bytes laid out before.

import { readBase64url } from "../static/js/crypto/bytes.js";
import { readDirectory } from "../static/js/crypto/directory.js";
import { MailboxSecret } from "../static/js/crypto/keys.js";
import { Draft, Reporter } from "../static/js/crypto/reporter.js";
import { load, randomBytes } from "../static/js/sodium.js";

/** What is sealed in the first report of about a thousand characters: padded, and its body. */
const PADDED = 16 * 1024;
const BODY = PADDED + 40;

/**
 * @param {{ directory: string, root: string, text: string, today: string }} team
 * @returns what is measured: both take a number of reports, and give the reports a second
 */
export async function prepare({ directory, root, text, today }) {
  const isCompiled = await load();
  const { default: sodium } = await import("../static/js/vendor/libsodium-wrappers.mjs");
  const read = readDirectory(readBase64url(directory), readBase64url(root));
  const reporter = new Reporter(new MailboxSecret(randomBytes(32)), read, randomBytes);
  const draft = new Draft({ text, language: "en" });

  const { privateKey: signKey } = sodium.crypto_sign_seed_keypair(randomBytes(32));
  const { box, kem } = read.intakeCard;
  const [padded, header, key, nonce] = [PADDED, 134, 32, 24].map((length) => randomBytes(length));
  const [hash, secret, body] = [32, 32, BODY].map((length) => randomBytes(length));
  const seal = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt;

  function bare() {
    sodium.crypto_sign_detached(hash, signKey);
    seal(padded, header, null, nonce, key);
    sodium.crypto_generichash(32, body, null);
    const { ciphertext } = sodium.crypto_kem_mlkem768_enc(kem);
    const inner = seal(secret, null, null, nonce, key);
    const wrapped = new Uint8Array(ciphertext.length + inner.length);
    wrapped.set(ciphertext);
    wrapped.set(inner, ciphertext.length);
    sodium.crypto_box_seal(wrapped, box);
  }

  return {
    isCompiled,
    ours: (count) => rate(count, () => reporter.report(draft, today)),
    bare: (count) => rate(count, bare),
  };
}

function rate(count, work) {
  const began = performance.now();
  for (let number = 0; number < count; number += 1) work();
  return (1000 * count) / (performance.now() - began);
}
