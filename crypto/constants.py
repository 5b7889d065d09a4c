"""Every number, tag and context of protocol version 1, in one place (docs/protocol.md §1).

A tag separates one use of a hash or signature from every other: each is used once, and
``tests/crypto/test_constants.py`` checks that no two are alike.
"""

from enum import StrEnum
from typing import Final

VERSION: Final = 1
"""The only suite there is. An envelope with another version byte is refused."""

# Lengths, in bytes.
ID: Final = 32
SECRET: Final = 32
ED25519_KEY: Final = 32
X25519_KEY: Final = 32
KEM_KEY: Final = 1184
KEM_CIPHERTEXT: Final = 1088
SIGNATURE: Final = 64
NONCE: Final = 24
AEAD_TAG: Final = 16
SEALED_BOX: Final = 48
"""What a libsodium sealed box adds: an ephemeral X25519 key and a Poly1305 tag."""
CARD: Final = 2 * ED25519_KEY + X25519_KEY + KEM_KEY
WRAP: Final = KEM_CIPHERTEXT + SECRET + AEAD_TAG + SEALED_BOX
HEADER: Final = 1 + 1 + 4 + 4 * ID
FINGERPRINT: Final = 20
"""A fingerprint is this much of a card id, written as 32 characters of base32."""

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

SMALLEST_PADDED: Final = 16 * KIB
"""Everything sealed is at least this long, so that a short report looks like most others."""
PART: Final = MIB
"""Plain bytes in every part of a file but the last, which may be shorter."""
SEALED_PART_OVERHEAD: Final = NONCE + AEAD_TAG

# Limits of a document's form. Those the team may see in its directory are in ``directory.LIMITS``.
DOCUMENT_BYTES: Final = MIB
DOCUMENT_DEPTH: Final = 8
LARGEST_INTEGER: Final = 2**53 - 1

# Argon2id, constants of the version and never taken from a server (§2, §3).
PASSPHRASE_WORDS: Final = 7
MAILBOX_ARGON2_OPERATIONS: Final = 2
MAILBOX_ARGON2_MEMORY: Final = 19 * MIB
VAULT_ARGON2_OPERATIONS: Final = 4
VAULT_ARGON2_MEMORY: Final = 256 * MIB
ARGON2_SALT: Final = 16

LARGEST_CONTENT: Final = SIGNATURE + 8 + DOCUMENT_BYTES
"""What may be padded and sealed at once: a signature, a length, and payload and words together."""
LARGEST_BODY: Final = NONCE + 1_081_344 + AEAD_TAG
"""The body of an envelope with ``LARGEST_CONTENT`` inside; the smallest has 16 KiB."""
SMALLEST_BODY: Final = NONCE + SMALLEST_PADDED + AEAD_TAG
LARGEST_EXPORT: Final = 256 * MIB
"""A case's log as a file, without the words: some hundred thousand entries."""


class Tag(StrEnum):
    """What a hash or a signature is for; ``H`` prefixes it with its length."""

    SALT = "dbx1/salt"
    CARD = "dbx1/card"
    KEYS = "dbx1/keys"
    WRAP = "dbx1/wrap"
    COMMIT = "dbx1/commit"
    ENVELOPE = "dbx1/envelope"
    BODY = "dbx1/body"
    WORDS = "dbx1/words"
    CONTACT = "dbx1/contact"
    FILE = "dbx1/file"
    PART = "dbx1/part"
    DIRECTORY_HASH = "dbx1/directory-hash"
    ROSTER_HASH = "dbx1/roster-hash"
    RECEIVING = "dbx1/receiving-id"
    CASE_NAME = "dbx1/case-name"
    WORK = "dbx1/work"
    CARRIED = "dbx1/carried"
    ASKED = "dbx1/asked"
    INTELLIGENCE = "dbx1/intelligence"
    RELEASED = "dbx1/released"
    UNITS_BEFORE = "dbx1/before-units"
    PURGED = "dbx1/purged-case"
    # Signatures.
    SIGN_REPORTER = "dbx1/reporter"
    SIGN_TEAM = "dbx1/team"
    SIGN_CASE = "dbx1/case"
    SIGN_DELETED = "dbx1/deleted"
    SIGN_LOGIN = "dbx1/login"
    SIGN_CERTIFICATE = "dbx1/certificate"
    SIGN_DIRECTORY = "dbx1/directory"
    SIGN_ROSTER = "dbx1/roster"
    SIGN_JOIN = "dbx1/join"
    SIGN_ADMISSION = "dbx1/admission"
    SIGN_RECEIVING = "dbx1/receiving"
    SIGN_GRANT = "dbx1/grant"
    SIGN_ERASED = "dbx1/erased"
    SIGN_EXPORT = "dbx1/export"
    SIGN_BUNDLE = "dbx1/bundle"
    SIGN_CONSENT = "dbx1/consent"
    SIGN_PACKAGE = "dbx1/package"
    SIGN_ANSWER = "dbx1/answer"
    SIGN_UNIT = "dbx1/unit"
    SIGN_UNITS = "dbx1/recipients"


class Context(StrEnum):
    """What a derived key is for: the eight bytes of libsodium's ``crypto_kdf``."""

    AUTH = "dbx1auth"
    SIGN = "dbx1sign"
    BOX = "dbx1box_"
    KEM_FIRST = "dbx1kem1"
    KEM_SECOND = "dbx1kem2"
    ARCHIVE = "dbx1arch"
    ENCRYPT = "dbx1enc_"
    COMMIT = "dbx1com_"
    PART = "dbx1part"
    VAULT_ENCRYPT = "dbx1venc"
    VAULT_COMMIT = "dbx1vcom"
    STATION = "dbx1stat"
    COURIER = "dbx1cour"
    BUNDLE_ENCRYPT = "dbx1benc"
    BUNDLE_COMMIT = "dbx1bcom"
    PACKAGE_ENCRYPT = "dbx1penc"
    PACKAGE_COMMIT = "dbx1pcom"
