// Every number, tag and context of protocol version 1 that a reporter's side needs: the twin of
// crypto/constants.py (docs/protocol.md §1).

/** The only suite there is. An envelope with another version byte is refused. */
export const VERSION = 1;

// Lengths, in bytes.
export const ID = 32;
export const SECRET = 32;
export const ED25519_KEY = 32;
export const X25519_KEY = 32;
export const KEM_KEY = 1184;
export const KEM_CIPHERTEXT = 1088;
export const SIGNATURE = 64;
export const NONCE = 24;
export const AEAD_TAG = 16;
/** What a libsodium sealed box adds: an ephemeral X25519 key and a Poly1305 tag. */
export const SEALED_BOX = 48;
export const CARD = 2 * ED25519_KEY + X25519_KEY + KEM_KEY;
export const WRAP = KEM_CIPHERTEXT + SECRET + AEAD_TAG + SEALED_BOX;
export const HEADER = 1 + 1 + 4 + 4 * ID;
/** A fingerprint is this much of a card id, written as 32 characters of base32. */
export const FINGERPRINT = 20;

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** Everything sealed is at least this long, so that a short report looks like most others. */
export const SMALLEST_PADDED = 16 * KIB;
/** Plain bytes in every part of a file but the last, which may be shorter. */
export const PART = MIB;
export const SEALED_PART_OVERHEAD = NONCE + AEAD_TAG;

export const DOCUMENT_BYTES = MIB;
export const DOCUMENT_DEPTH = 8;
export const LARGEST_INTEGER = Number.MAX_SAFE_INTEGER;

// Argon2id, constants of the version and never taken from a server (§2).
export const PASSPHRASE_WORDS = 7;
export const MAILBOX_ARGON2_OPERATIONS = 2;
export const MAILBOX_ARGON2_MEMORY = 19 * MIB;
export const ARGON2_SALT = 16;

/** What may be padded and sealed at once: a signature, a length, and payload and words together. */
export const LARGEST_CONTENT = SIGNATURE + 8 + DOCUMENT_BYTES;
/** The body of an envelope with `LARGEST_CONTENT` inside; the smallest has 16 KiB. */
export const LARGEST_BODY = NONCE + 1_081_344 + AEAD_TAG;
export const SMALLEST_BODY = NONCE + SMALLEST_PADDED + AEAD_TAG;

/** What a hash or a signature is for. Each has one use; `H` prefixes it with its length. */
export const TAG = Object.freeze({
  SALT: "dbx1/salt",
  CARD: "dbx1/card",
  KEYS: "dbx1/keys",
  WRAP: "dbx1/wrap",
  COMMIT: "dbx1/commit",
  ENVELOPE: "dbx1/envelope",
  BODY: "dbx1/body",
  CONTACT: "dbx1/contact",
  FILE: "dbx1/file",
  PART: "dbx1/part",
  DIRECTORY_HASH: "dbx1/directory-hash",
  WORK: "dbx1/work",
  // Signatures.
  SIGN_REPORTER: "dbx1/reporter",
  SIGN_TEAM: "dbx1/team",
  SIGN_DELETED: "dbx1/deleted",
  SIGN_LOGIN: "dbx1/login",
  SIGN_CERTIFICATE: "dbx1/certificate",
  SIGN_DIRECTORY: "dbx1/directory",
});

/** What a derived key is for: the eight characters of libsodium's `crypto_kdf`. */
export const CONTEXT = Object.freeze({
  AUTH: "dbx1auth",
  SIGN: "dbx1sign",
  BOX: "dbx1box_",
  KEM_FIRST: "dbx1kem1",
  KEM_SECOND: "dbx1kem2",
  ENCRYPT: "dbx1enc_",
  COMMIT: "dbx1com_",
  PART: "dbx1part",
});
