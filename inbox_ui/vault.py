"""The vault: an analyst's secret and those of the groups, in one file (docs/protocol.md §3).

The root's secret is never in it: ``init`` writes that to a file of its own.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from crypto.certificates import SIGNED_CERTIFICATE
from crypto.constants import ID, SECRET
from crypto.encoding import Bytes, Codec, Document, Inner, Integer, List, Nullable, Text, member
from crypto.errors import Malformed, NotCanonical
from crypto.keys import AnalystSecret, GroupSecret, RootSecret
from crypto.primitives import RandomBytes
from inbox_ui import durable
from inbox_ui.errors import DamagedFile, NoVault
from inbox_ui.folder import FILE_MODE, check_mode
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.sealed import Kind, open_file, seal_file

MOST_CASES: Final = 5000
"""Case groups in one vault: so many fit into a document, and more than anybody handles."""

MOST_CONTACT: Final = 100
"""Contact groups in one vault. The oldest goes for a newer one: a vault can always be written."""


MOST_FILTERS: Final = 50
FILTER_NAME: Final = 60
"""Characters of its name."""


def _as(codec: Codec) -> dict[str, Codec]:
    """For a member that a vault may be made without. In its bytes it is present all the same."""
    return {"codec": codec}


@dataclass(frozen=True)
class IntakeSecret(Document):
    """The secret of one epoch's intake group."""

    epoch: int = member(Integer(1))
    secret: bytes = member(Bytes(SECRET))

    def __repr__(self) -> str:
        return "<IntakeSecret>"


@dataclass(frozen=True)
class CaseSecret(Document):
    """The secret of the case group that has ``mailbox``; ``number`` is its certificate's."""

    mailbox: bytes = member(Bytes(ID))
    number: int = member(Integer(1))
    secret: bytes = member(Bytes(SECRET))

    def __repr__(self) -> str:
        return "<CaseSecret>"


@dataclass(frozen=True)
class ReceivingHeld(Document):
    """A receiving key, with the number it is published under and the epoch it was made in."""

    number: int = member(Integer(1))
    epoch: int = member(Integer(1))
    secret: bytes = member(Bytes(SECRET))

    def __repr__(self) -> str:
        return "<ReceivingHeld>"


@dataclass(frozen=True)
class SavedFilter(Document):
    """A list and the words that are looked for in it, under a name."""

    name: str = member(Text(FILTER_NAME, least=1))
    queue: str = member(Text(20, least=1))
    wanted: str = member(Text(200))

    def __repr__(self) -> str:
        return "<SavedFilter>"


@dataclass(frozen=True)
class Vault(Document):
    """An opened vault.

    ``service`` is the pinned root's card id. ``publisher`` is the certificate that lets this
    analyst sign directories, if there is one. Every secret stands here before anything that depends
    on it leaves the machine. What a change makes of it comes from the methods below, so that a
    change can be made again to what another process wrote meanwhile (``keeper``).
    """

    service: bytes = member(Bytes(ID))
    analyst: bytes = member(Bytes(SECRET))
    certificate: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    publisher: bytes | None = member(Nullable(Bytes(most=SIGNED_CERTIFICATE)))
    intake: tuple[IntakeSecret, ...] = member(List(Inner(IntakeSecret), 1000))
    """In the order of their epochs; none where the analyst is not on intake duty."""
    contact: tuple[bytes, ...] = field(default=(), metadata=_as(List(Bytes(SECRET), MOST_CONTACT)))
    """Contact groups, the newest last; none where the analyst is no custodian."""
    receiving: tuple[ReceivingHeld, ...] = field(
        default=(), metadata=_as(List(Inner(ReceivingHeld), 2))
    )
    """The newest, and the one before it: numbers rise."""
    cases: tuple[CaseSecret, ...] = field(
        default=(), metadata=_as(List(Inner(CaseSecret), MOST_CASES))
    )
    """They rise by mailbox and number."""
    pending: IntakeSecret | None = field(default=None, metadata=_as(Nullable(Inner(IntakeSecret))))
    """A new intake group whose directory the server was not seen with yet."""
    pending_contact: bytes | None = field(default=None, metadata=_as(Nullable(Bytes(SECRET))))
    """The same of a contact group."""
    interests: tuple[str, ...] = field(default=(), metadata=_as(List(Text(200, least=1), 200)))
    """Forces and words that this analyst has declared; they leave the machine never."""
    filters: tuple[SavedFilter, ...] = field(
        default=(), metadata=_as(List(Inner(SavedFilter), MOST_FILTERS))
    )
    """What this analyst looks for again and again, by name."""

    def __repr__(self) -> str:
        return "<Vault>"

    def check(self) -> None:
        """Receiving keys and case secrets in order, none twice."""
        places = [(each.mailbox, each.number, each.secret) for each in self.cases]
        numbers = [each.number for each in self.receiving]
        if sorted(set(places)) != places or sorted(set(numbers)) != numbers:
            raise NotCanonical

    @cached_property
    def analyst_secret(self) -> AnalystSecret:
        """Whose vault it is."""
        return AnalystSecret(self.analyst)

    @cached_property
    def intake_groups(self) -> Mapping[bytes, GroupSecret]:
        """The intake groups this analyst holds, by card id, in the order of their epochs."""
        return _by_id(each.secret for each in self.intake)

    @cached_property
    def case_groups(self) -> Mapping[bytes, GroupSecret]:
        """The case groups this analyst holds, by card id."""
        return _by_id(each.secret for each in self.cases)

    @cached_property
    def contact_groups(self) -> Mapping[bytes, GroupSecret]:
        """The contact groups this analyst holds, by card id, the newest last."""
        return _by_id(self.contact)

    @cached_property
    def groups(self) -> Mapping[bytes, GroupSecret]:
        """Every group this analyst holds, by card id. What is pending is not among them."""
        return {**self.contact_groups, **self.case_groups, **self.intake_groups}

    def case_group(self, mailbox: bytes) -> GroupSecret | None:
        """The newest group held that had or has ``mailbox``."""
        held = [each.secret for each in self.cases if each.mailbox == mailbox]
        return GroupSecret(held[-1]) if held else None

    @property
    def colleagues(self) -> Mapping[bytes, bytes]:
        """The analysts whose signatures count: card id → signing key."""
        card = self.analyst_secret.keys.card
        return {card.id: card.sign}

    # -- changes --------------------------------------------------------------------------------

    def with_intake(self, secret: IntakeSecret) -> "Vault":
        """With one more intake group."""
        held = sorted({*self.intake, secret}, key=lambda each: each.epoch)
        return replace(self, intake=tuple(held))

    def without_intake(self, group: bytes) -> "Vault":
        """Without the intake group with this card id."""
        gone = self.intake_groups.get(group)
        kept = (each for each in self.intake if gone is None or each.secret != gone.expose())
        return replace(self, intake=tuple(kept))

    def with_case(self, secret: CaseSecret) -> "Vault":
        """With one more case group. Two may have one number: of two assignments at the same moment
        one is not taken, and which one is not known until the other has come."""
        places = {(each.mailbox, each.number, each.secret): each for each in (*self.cases, secret)}
        return replace(self, cases=tuple(places[place] for place in sorted(places)))

    def without_case(self, mailbox: bytes) -> "Vault":
        """Without all groups that ever had ``mailbox``."""
        return replace(self, cases=tuple(each for each in self.cases if each.mailbox != mailbox))

    def with_contact(self, secret: bytes, *, newest: bool = True) -> "Vault":
        """With a contact group, the newest or an older one; one that is held stays in its place."""
        if secret in self.contact:
            return self
        held = (*self.contact, secret) if newest else (secret, *self.contact)
        return replace(self, contact=held[-MOST_CONTACT:])

    def with_receiving(self, held: ReceivingHeld) -> "Vault":
        """With a new receiving key. The last but one goes: its grants open no more."""
        keys = {each.number: each for each in (*self.receiving, held)}
        return replace(self, receiving=tuple(keys[each] for each in sorted(keys)[-2:]))


@dataclass(frozen=True)
class _FirstVault(Document):
    """What version 1 of this program wrote: a team of one."""

    service: bytes = member(Bytes(ID))
    analyst: bytes = member(Bytes(SECRET))
    certificate: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    publisher: bytes | None = member(Nullable(Bytes(most=SIGNED_CERTIFICATE)))
    intake: tuple[IntakeSecret, ...] = member(List(Inner(IntakeSecret), 1000))
    contact: bytes | None = member(Nullable(Bytes(SECRET)))

    def renewed(self) -> Vault:
        """The same as a vault of this version."""
        contact = () if self.contact is None else (self.contact,)
        return Vault(
            self.service, self.analyst, self.certificate, self.publisher, self.intake, contact
        )


@dataclass(frozen=True)
class _SecondVault(Document):
    """What version 2 of this program wrote: a team, and no filters that are kept."""

    service: bytes = member(Bytes(ID))
    analyst: bytes = member(Bytes(SECRET))
    certificate: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    publisher: bytes | None = member(Nullable(Bytes(most=SIGNED_CERTIFICATE)))
    intake: tuple[IntakeSecret, ...] = member(List(Inner(IntakeSecret), 1000))
    contact: tuple[bytes, ...] = member(List(Bytes(SECRET), MOST_CONTACT))
    receiving: tuple[ReceivingHeld, ...] = member(List(Inner(ReceivingHeld), 2))
    cases: tuple[CaseSecret, ...] = member(List(Inner(CaseSecret), MOST_CASES))
    pending: IntakeSecret | None = member(Nullable(Inner(IntakeSecret)))
    pending_contact: bytes | None = member(Nullable(Bytes(SECRET)))
    interests: tuple[str, ...] = member(List(Text(200, least=1), 200))

    def renewed(self) -> Vault:
        """The same as a vault of this version."""
        return Vault(**{each.name: getattr(self, each.name) for each in fields(self)})


def _by_id(secrets: Iterable[bytes]) -> Mapping[bytes, GroupSecret]:
    groups = map(GroupSecret, secrets)
    return {group.keys.card.id: group for group in groups}


def write_vault(
    path: Path, vault: Vault, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal ``vault`` into ``path``, in the place of what is there.

    Raises ``CannotWrite`` or ``NoSpace``; then what was there is unchanged.
    """
    durable.replace(path, seal_file(Kind.VAULT, passphrase, vault.to_bytes(), random_bytes))


def read_vault(path: Path, passphrase: VaultPassphrase) -> Vault:
    """The vault in ``path``.

    Raises ``NoVault``, ``OpenToOthers``, ``NotThisKind``, ``DamagedFile`` or ``WrongPassphrase``.
    """
    return open_vault(read_bytes(path), passphrase, str(path))


def open_vault(data: bytes, passphrase: VaultPassphrase, name: str) -> Vault:
    """The vault in the bytes of a file called ``name``. Raises as :func:`read_vault`."""
    content = open_file(Kind.VAULT, passphrase, data, name)
    with suppress(Malformed):
        return Vault.from_bytes(content)
    with suppress(Malformed):
        return _SecondVault.from_bytes(content).renewed()
    try:
        return _FirstVault.from_bytes(content).renewed()
    except Malformed:
        raise DamagedFile(name) from None


def write_root(
    path: Path, root: RootSecret, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal the root's secret into a new file. Raises ``AlreadyThere``, ``CannotWrite``."""
    durable.create(path, seal_file(Kind.ROOT, passphrase, root.expose(), random_bytes))


def reseal_root(
    path: Path, root: RootSecret, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal the root's secret under another passphrase. Raises ``CannotWrite`` or ``NoSpace``."""
    durable.replace(path, seal_file(Kind.ROOT, passphrase, root.expose(), random_bytes))


def read_root(path: Path, passphrase: VaultPassphrase) -> RootSecret:
    """The root's secret in ``path``. Raises as :func:`read_vault`."""
    content = open_file(Kind.ROOT, passphrase, read_bytes(path), str(path))
    try:
        return RootSecret(content)
    except Malformed:
        raise DamagedFile(path) from None


def read_bytes(path: Path) -> bytes:
    """The bytes of a sealed file. Raises ``NoVault`` or ``OpenToOthers``."""
    try:
        check_mode(path, FILE_MODE)
        return path.read_bytes()
    except OSError:
        raise NoVault(path) from None
