"""How a group's secret comes to its members, and how it goes (docs/protocol.md §7).

    Receiving{analyst, number, box, kem}             a pair of keys that a workstation renews
    Grant{granter, group, analyst, receiving, wrap} the group's secret, wrapped to such a pair
    Erased{analyst, group, day}                      a workstation no longer has it

Whoever purges a case also says so, with an ``Erased`` that names the case where others name a
group (:func:`purged_id`).

A grant is wrapped to a receiving key and never to the certified card: when the receiving key is
erased, no copy of the grant opens any more.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

from crypto.constants import ID, KEM_KEY, WRAP, X25519_KEY, Context, Tag
from crypto.encoding import Bytes, Day, Document, Integer, member
from crypto.errors import ForeignAuthor, Locked, WrongId
from crypto.keys import GroupSecret, Keys, Secret
from crypto.primitives import (
    H,
    RandomBytes,
    check_kem_key,
    check_x25519_point,
    derive,
    kem_private,
    kem_public_bytes,
    x25519_keypair,
)
from crypto.signed import sign_document, split, verify_signed
from crypto.wrapping import WrapKind, unwrap, wrap


@dataclass(frozen=True)
class ReceivingKey:
    """The public pair. In a wrap it stands for the card."""

    box: bytes
    kem: bytes

    @cached_property
    def id(self) -> bytes:
        """``H(receiving, box ‖ kem)``, 32 bytes."""
        return H(Tag.RECEIVING, self.to_bytes())

    def to_bytes(self) -> bytes:
        """1,216 bytes."""
        return self.box + self.kem


class ReceivingSecret(Secret):
    """The pair's secret half: in the vault only, erased when the next but one is made."""

    __slots__ = ("__dict__",)

    @cached_property
    def box(self) -> tuple[bytes, bytes]:
        """The X25519 public and secret key."""
        return x25519_keypair(derive(self.expose(), 3, Context.BOX))

    @cached_property
    def kem(self) -> MLKEM768PrivateKey:
        """The ML-KEM-768 private key."""
        first = derive(self.expose(), 4, Context.KEM_FIRST)
        return kem_private(first + derive(self.expose(), 5, Context.KEM_SECOND))

    @cached_property
    def card(self) -> ReceivingKey:
        """The public half."""
        return ReceivingKey(self.box[0], kem_public_bytes(self.kem))


@dataclass(frozen=True)
class Receiving(Document):
    """An analyst's own word for which pair to grant to. A lower number than seen is refused."""

    analyst: bytes = member(Bytes(ID))
    number: int = member(Integer(1))
    box: bytes = member(Bytes(X25519_KEY))
    kem: bytes = member(Bytes(KEM_KEY))

    @cached_property
    def key(self) -> ReceivingKey:
        """The pair."""
        return ReceivingKey(self.box, self.kem)


@dataclass(frozen=True)
class Grant(Document):
    """The secret of ``group``, for one pair of ``analyst``. ``granter`` signed it."""

    granter: bytes = member(Bytes(ID))
    group: bytes = member(Bytes(ID))
    analyst: bytes = member(Bytes(ID))
    receiving: bytes = member(Bytes(ID))
    wrapped: bytes = member(Bytes(WRAP))


@dataclass(frozen=True)
class Erased(Document):
    """``analyst`` no longer has the secret of ``group``, or anything of a case: ``purged_id``."""

    analyst: bytes = member(Bytes(ID))
    group: bytes = member(Bytes(ID))
    day: date = member(Day())


def sign_receiving(secret: ReceivingSecret, number: int, analyst: Keys, service: bytes) -> bytes:
    """``signature ‖ Receiving`` for the pair of ``secret``."""
    key = secret.card
    document = Receiving(analyst.card.id, number, key.box, key.kem)
    return sign_document(document, Tag.SIGN_RECEIVING, analyst, service)


def read_receiving(signed: bytes, analyst: bytes, sign_key: bytes, service: bytes) -> Receiving:
    """The verified pair of ``analyst``.

    Raises ``Malformed`` and its kind (``WrongPoint`` for keys no honest one has),
    ``ForeignAuthor``, ``WrongSignature``.
    """
    receiving = Receiving.from_bytes(split(signed)[1])
    if receiving.analyst != analyst:
        raise ForeignAuthor
    verify_signed(signed, Tag.SIGN_RECEIVING, sign_key, service)
    check_x25519_point(receiving.box)
    check_kem_key(receiving.kem)
    return receiving


def sign_grant(
    group: GroupSecret,
    receiving: Receiving,
    granter: Keys,
    service: bytes,
    random_bytes: RandomBytes,
) -> bytes:
    """``signature ‖ Grant`` of the group's secret to the pair of ``receiving``."""
    names = (group.keys.card.id, receiving.analyst)
    wrapped = wrap(group.expose(), WrapKind.GRANT, names, receiving.key, random_bytes)
    document = Grant(granter.card.id, *names, receiving.key.id, wrapped)
    return sign_document(document, Tag.SIGN_GRANT, granter, service)


def named_grant(signed: bytes) -> Grant:
    """A grant as it says; nothing of it is verified yet. Raises ``Malformed`` and its kind."""
    return Grant.from_bytes(split(signed)[1])


def open_grant(
    signed: bytes,
    granter_sign: bytes,
    analyst: bytes,
    secret: ReceivingSecret,
    service: bytes,
) -> GroupSecret:
    """The secret that was granted to ``analyst``.

    Raises ``Malformed`` and its kind, ``ForeignAuthor`` where it is for another member,
    ``WrongSignature``, ``Locked`` for another pair, ``DoesNotOpen``, and ``WrongId`` where the
    secret is not that of the group it names.
    """
    grant = named_grant(signed)
    if grant.analyst != analyst:
        raise ForeignAuthor
    verify_signed(signed, Tag.SIGN_GRANT, granter_sign, service)
    if grant.receiving != secret.card.id:
        raise Locked
    group = GroupSecret(unwrap(grant.wrapped, WrapKind.GRANT, (grant.group, analyst), secret))
    if group.keys.card.id != grant.group:
        raise WrongId
    return group


def purged_id(mailbox: bytes) -> bytes:
    """``H(purged-case, mailbox)``, 32 bytes: what an ``Erased`` names, for want of a group, whose
    signer has purged the case of a mailbox. No group has this id."""
    return H(Tag.PURGED, mailbox)


def sign_erased(group: bytes, day: date, analyst: Keys, service: bytes) -> bytes:
    """``signature ‖ Erased``."""
    return sign_document(Erased(analyst.card.id, group, day), Tag.SIGN_ERASED, analyst, service)


def read_erased(signed: bytes, analyst: bytes, sign_key: bytes, service: bytes) -> Erased:
    """The verified erasure of the analyst with this card id, who signs with ``sign_key``.

    Raises ``Malformed`` and its kind, ``WrongSignature``, ``ForeignAuthor`` for another analyst's.
    """
    verify_signed(signed, Tag.SIGN_ERASED, sign_key, service)
    erased = Erased.from_bytes(split(signed)[1])
    if erased.analyst != analyst:
        raise ForeignAuthor
    return erased
