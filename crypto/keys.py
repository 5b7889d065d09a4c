"""Secrets, the keys they expand to, and cards, their public halves (docs/protocol.md §3).

Every principal is one 32-byte secret. Its role is in its type, so that a root cannot be used where
a mailbox is meant; each purpose has its own key, and no key is converted into another.

    card = auth(32) ‖ sign(32) ‖ box(32) ‖ kem(1184)        1,280 bytes
    id   = H(card, auth, H(keys, sign ‖ box ‖ kem))         32 bytes
"""

from base64 import b32decode, b32encode
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from crypto.constants import (
    CARD,
    ED25519_KEY,
    FINGERPRINT,
    SECRET,
    X25519_KEY,
    Context,
    Tag,
)
from crypto.errors import NotCanonical, WrongLength
from crypto.primitives import (
    H,
    RandomBytes,
    check_ed25519_point,
    check_kem_key,
    check_x25519_point,
    derive,
    ed25519_keypair,
    ed25519_sign,
    ed25519_verify,
    equal,
    kem_private,
    kem_public_bytes,
    x25519_keypair,
)


class Secret:
    """32 bytes that must not be shown. Subclasses say whose they are."""

    __slots__ = ("_bytes",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET:
            raise WrongLength
        self._bytes = secret

    @classmethod
    def generate(cls, random_bytes: RandomBytes) -> Self:
        """A new secret."""
        return cls(random_bytes(SECRET))

    def expose(self) -> bytes:
        """The 32 bytes. Called only where they are sealed or expanded."""
        return self._bytes

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and equal(other.expose(), self._bytes)

    def __hash__(self) -> int:
        return hash((type(self), self._bytes))


class Principal(Secret):
    """A secret with a card: somebody who signs, and to whom things are sealed."""

    __slots__ = ("__dict__",)

    @cached_property
    def keys(self) -> "Keys":
        """The keys this secret expands to."""
        return Keys(self)


class RootSecret(Principal):
    """Certifies analysts and publishers, says whom it admits, and nothing else. Kept offline."""


class AnalystSecret(Principal):
    """One analyst's; random, sealed in the vault."""


class GroupSecret(Principal):
    """Held by several analysts: an intake, case or contact group."""


class MailboxSecret(Principal):
    """A reporter's; derived from the passphrase and never stored."""


class SideSecret(Principal):
    """One end of the way that bundles are carried: the workstation's, or the courier's."""


class UnitSecret(Principal):
    """A unit outside of the team, to which reports are released; it opens them and answers."""


class AnswerSecret(Principal):
    """Made for one package: opens what comes back to it, and nothing else."""


class LoginSecret(Secret):
    """The seed of a principal's ``auth`` key: it logs in, and neither opens nor signs anything."""

    __slots__ = ("__dict__",)

    @cached_property
    def _pair(self) -> tuple[bytes, bytes]:
        return ed25519_keypair(self._bytes)

    @property
    def auth(self) -> bytes:
        """The public key, 32 bytes."""
        return self._pair[0]

    def sign_login(self, service: bytes, *parts: bytes) -> bytes:
        """``Sign(auth, "dbx1/login", …)``: the only thing the ``auth`` key ever signs (P17)."""
        return ed25519_sign(self._pair[1], H(Tag.SIGN_LOGIN, service, *parts))


class Keys:
    """The four keys of a principal. Each is computed when it is first needed."""

    def __init__(self, principal: Principal) -> None:
        self._secret = principal.expose()

    def __repr__(self) -> str:
        return "<Keys>"

    @cached_property
    def login(self) -> LoginSecret:
        """What logs in, apart from everything else."""
        return LoginSecret(derive(self._secret, 1, Context.AUTH))

    @cached_property
    def _sign(self) -> tuple[bytes, bytes]:
        return ed25519_keypair(derive(self._secret, 2, Context.SIGN))

    @cached_property
    def box(self) -> tuple[bytes, bytes]:
        """The X25519 public and secret key."""
        return x25519_keypair(derive(self._secret, 3, Context.BOX))

    @cached_property
    def kem(self) -> MLKEM768PrivateKey:
        """The ML-KEM-768 private key."""
        return kem_private(
            derive(self._secret, 4, Context.KEM_FIRST) + derive(self._secret, 5, Context.KEM_SECOND)
        )

    @cached_property
    def card(self) -> "Card":
        """The public half."""
        return Card(self.login.auth, self._sign[0], self.box[0], kem_public_bytes(self.kem))

    def sign(self, tag: Tag, service: bytes, *parts: bytes) -> bytes:
        """``Sign(sign, tag, …)``: 64 bytes over ``H(tag, service, …)``."""
        return ed25519_sign(self._sign[1], H(tag, service, *parts))

    def sign_login(self, service: bytes, *parts: bytes) -> bytes:
        """See :meth:`LoginSecret.sign_login`."""
        return self.login.sign_login(service, *parts)


def verify(sign_key: bytes, signature: bytes, tag: Tag, service: bytes, *parts: bytes) -> None:
    """Raise ``WrongSignature`` unless ``signature`` is ``Sign(sign_key, tag, service, parts…)``."""
    ed25519_verify(sign_key, signature, H(tag, service, *parts))


@dataclass(frozen=True)
class Card:
    """A principal's public keys. A mailbox's address is its card's id."""

    auth: bytes
    sign: bytes
    box: bytes
    kem: bytes

    @cached_property
    def keys_hash(self) -> bytes:
        """``H(keys, sign ‖ box ‖ kem)``: what a server is given in place of these keys."""
        return H(Tag.KEYS, self.sign + self.box + self.kem)

    @cached_property
    def id(self) -> bytes:
        """32 bytes."""
        return card_id(self.auth, self.keys_hash)

    @property
    def fingerprint(self) -> str:
        """What people compare: 32 characters of base32."""
        return fingerprint(self.id)

    def to_bytes(self) -> bytes:
        """1,280 bytes."""
        return self.auth + self.sign + self.box + self.kem

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Import a card. Raises ``WrongLength``, or ``WrongPoint`` for keys no honest one has."""
        if len(data) != CARD:
            raise WrongLength
        sign = 2 * ED25519_KEY
        box = sign + X25519_KEY
        card = cls(data[:ED25519_KEY], data[ED25519_KEY:sign], data[sign:box], data[box:])
        check_ed25519_point(card.auth)
        check_ed25519_point(card.sign)
        check_x25519_point(card.box)
        check_kem_key(card.kem)
        return card


def card_id(auth: bytes, keys_hash: bytes) -> bytes:
    """A card's id from its ``auth`` key and the hash of the others."""
    return H(Tag.CARD, auth, keys_hash)


def fingerprint(identifier: bytes) -> str:
    """The first 20 bytes of an id as 32 lower-case characters of base32 (RFC 4648)."""
    return b32encode(identifier[:FINGERPRINT]).decode("ascii").lower()


def read_fingerprint(text: str) -> bytes:
    """The 20 bytes of a typed fingerprint; spaces and hyphens between its characters are ignored.

    Raises ``NotCanonical`` for anything that is not a whole fingerprint.
    """
    joined = "".join(each for each in text if not each.isspace() and each != "-").upper()
    try:
        decoded = b32decode(joined)
    except ValueError:  # binascii.Error is one, and so is a character outside ASCII
        raise NotCanonical from None
    if len(decoded) != FINGERPRINT:
        raise NotCanonical
    return decoded
