"""A file sealed under an analyst's passphrase: the vault, the root's file, a courier pass,
a unit's key.

    kind(16)  salt(16)  commitment(32)  nonce(24)  sealed(n)  checksum(32)
    └────────────────── associated data ────────┘

    key        = Argon2id(passphrase, salt, 4 operations, 256 MiB)
    commitment = KDF(key, 2, "dbx1vcom")
    sealed     = XChaCha20-Poly1305(KDF(key, 1, "dbx1venc"), nonce, AD, pad(content))
    checksum   = BLAKE2b-256 of everything before it

The commitment is compared before anything is opened, so one file never opens to two contents under
two passphrases (P11). The checksum needs no key: it tells a file whose bytes have changed, of whose
passphrase nothing can be said, from a whole one whose passphrase is another. Somebody who changes a
file on purpose can make a right checksum, and the file then says "wrong passphrase". Salt and nonce
are new each time.
"""

from enum import Enum
from hashlib import blake2b
from typing import Final

from crypto.constants import (
    AEAD_TAG,
    ARGON2_SALT,
    ID,
    NONCE,
    SMALLEST_PADDED,
    VAULT_ARGON2_MEMORY,
    VAULT_ARGON2_OPERATIONS,
    Context,
)
from crypto.errors import DoesNotOpen, WrongPadding
from crypto.padding import pad, unpad
from crypto.primitives import RandomBytes, aead_open, aead_seal, argon2id, derive, equal
from inbox_ui.errors import DamagedFile, NotThisKind, WrongPassphrase
from inbox_ui.passphrase import VaultPassphrase

_KIND: Final = 16
_CHECKSUM: Final = 32
_SALT_AT: Final = slice(_KIND, _KIND + ARGON2_SALT)
_COMMITMENT_AT: Final = slice(_SALT_AT.stop, _SALT_AT.stop + ID)
_NONCE_AT: Final = slice(_COMMITMENT_AT.stop, _COMMITMENT_AT.stop + NONCE)
_SMALLEST: Final = _NONCE_AT.stop + SMALLEST_PADDED + AEAD_TAG + _CHECKSUM


class Kind(Enum):
    """What a sealed file is: its first 16 bytes, which a person can read too."""

    VAULT = b"dbx1 vault file\n"
    ROOT = b"dbx1 root file \n"
    COURIER = b"dbx1 courier   \n"
    UNIT = b"dbx1 unit file \n"


def seal_file(
    kind: Kind, passphrase: VaultPassphrase, content: bytes, random_bytes: RandomBytes
) -> bytes:
    """The bytes of a file that holds ``content``. Takes about a second, on purpose."""
    salt, nonce = random_bytes(ARGON2_SALT), random_bytes(NONCE)
    key = _stretch(passphrase, salt)
    before = kind.value + salt + derive(key, 2, Context.VAULT_COMMIT) + nonce
    sealed = aead_seal(derive(key, 1, Context.VAULT_ENCRYPT), nonce, pad(content), before)
    return before + sealed + _checksum(before + sealed)


def open_file(kind: Kind, passphrase: VaultPassphrase, data: bytes, name: str) -> bytes:
    """What was sealed. ``name`` is the file's, for the errors.

    In this order: (1) the kind (2) the checksum (3) the commitment (4) the seal and its padding.
    Raises ``NotThisKind``, ``DamagedFile`` or ``WrongPassphrase``.
    """
    if data[:_KIND] != kind.value:
        raise NotThisKind(name)  # (1)
    if len(data) < _SMALLEST or _checksum(data[:-_CHECKSUM]) != data[-_CHECKSUM:]:
        raise DamagedFile(name)  # (2)
    key = _stretch(passphrase, data[_SALT_AT])
    if not equal(derive(key, 2, Context.VAULT_COMMIT), data[_COMMITMENT_AT]):
        raise WrongPassphrase(name)  # (3)
    before, sealed = data[: _NONCE_AT.stop], data[_NONCE_AT.stop : -_CHECKSUM]
    try:
        opened = aead_open(derive(key, 1, Context.VAULT_ENCRYPT), data[_NONCE_AT], sealed, before)
        return unpad(opened)  # (4)
    except (DoesNotOpen, WrongPadding):
        raise DamagedFile(name) from None


def _stretch(passphrase: VaultPassphrase, salt: bytes) -> bytes:
    return argon2id(passphrase.expose(), salt, VAULT_ARGON2_OPERATIONS, VAULT_ARGON2_MEMORY)


def _checksum(data: bytes) -> bytes:
    return blake2b(data, digest_size=_CHECKSUM).digest()
