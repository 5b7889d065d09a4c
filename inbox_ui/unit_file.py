"""What a receiving unit keeps: its key, the team's root, and what it has opened, in one file.

A unit has no vault and no archive: the file is sealed under a passphrase as a vault is, and a
number of each package's answers stands in it before an answer is written.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from crypto.constants import CARD, ID, SECRET
from crypto.directory import read_directory
from crypto.documents import SLUG
from crypto.encoding import Bytes, Document, Inner, Integer, List, Matching, Text, member
from crypto.errors import Malformed, NotCanonical, ProtocolError
from crypto.keys import Card, UnitSecret
from crypto.package import LARGEST
from crypto.primitives import RandomBytes
from dropbox.wire import LARGEST_DIRECTORY
from inbox_ui import durable
from inbox_ui.errors import BadPaper, BadUnit, DamagedFile, NotAPackage, UnknownReport
from inbox_ui.joining import judging, typed_fingerprint
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.sealed import Kind, open_file, seal_file
from inbox_ui.vault import read_bytes
from inbox_ui.work.intelligence import REF, Says
from inbox_ui.work.packages import (
    Delivery,
    UnitAnswer,
    open_for_unit,
    seal_answer,
)
from inbox_ui.work.units import NAME, sign_card

MOST: Final = 300
"""Packages that are remembered: the newest. An older one is opened again to answer it."""


@dataclass(frozen=True)
class Held(Document):
    """A package that was opened: what an answer to it needs."""

    ref: str = member(Matching(REF))
    package: bytes = member(Bytes(ID))
    unit: str = member(Matching(SLUG))
    answers: bytes = member(Bytes(CARD))
    answered: int = member(Integer())


@dataclass(frozen=True)
class UnitFile(Document):
    """An opened file of a unit. ``root`` is the pinned card of the team's root."""

    secret: bytes = member(Bytes(SECRET))
    name: str = member(Text(NAME, least=1))
    root: bytes = member(Bytes(CARD))
    held: tuple[Held, ...] = member(List(Inner(Held), MOST))

    def __repr__(self) -> str:
        return "<UnitFile>"

    @cached_property
    def unit(self) -> UnitSecret:
        """The unit's key."""
        return UnitSecret(self.secret)

    @cached_property
    def root_card(self) -> Card:
        """The team's root."""
        return Card.from_bytes(self.root)

    def with_held(self, held: Held) -> "UnitFile":
        """With what was opened or answered, as the newest."""
        rest = (each for each in self.held if each.package != held.package)
        return replace(self, held=(*rest, held)[-MOST:])

    def find(self, ref: str) -> Held:
        """The newest package of this reference. Raises ``UnknownReport``."""
        for each in reversed(self.held):
            if each.ref == ref:
                return each
        raise UnknownReport(ref)


def begin(directory: Path, root: str, name: str, random_bytes: RandomBytes) -> UnitFile:
    """A new unit's file, for the team of a signed directory whose root has this fingerprint.

    Raises ``NotAFingerprint``, ``ForeignPaper``, ``BadPaper``, ``BadUnit`` for a name too long.
    """
    pinned = typed_fingerprint(root)
    try:
        with directory.open("rb") as file:
            signed = file.read(LARGEST_DIRECTORY + 1)
    except OSError:
        raise BadPaper(directory) from None
    with judging(directory):
        card = read_directory(signed, pinned).root_card
    try:
        return UnitFile(random_bytes(SECRET), name, card.to_bytes(), ())
    except NotCanonical:
        raise BadUnit(name) from None


def read(path: Path, passphrase: VaultPassphrase) -> UnitFile:
    """The unit's file in ``path``. Raises as ``read_vault``."""
    content = open_file(Kind.UNIT, passphrase, read_bytes(path), str(path))
    try:
        return UnitFile.from_bytes(content)
    except Malformed:
        raise DamagedFile(path) from None


def create(
    path: Path, file: UnitFile, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal ``file`` into a new file. Raises ``AlreadyThere``, ``CannotWrite``, ``NoSpace``."""
    durable.create(path, seal_file(Kind.UNIT, passphrase, file.to_bytes(), random_bytes))


def write(
    path: Path, file: UnitFile, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal ``file`` in the place of what is there. Raises ``CannotWrite`` or ``NoSpace``."""
    durable.replace(path, seal_file(Kind.UNIT, passphrase, file.to_bytes(), random_bytes))


def card_of(file: UnitFile) -> bytes:
    """The card file for the team."""
    return sign_card(file.unit, file.name)


def open_package(file: UnitFile, source: Path, today: date) -> tuple[UnitFile, Delivery]:
    """The file with what was opened, and the verified package. Raises ``NotAPackage``."""
    try:
        with source.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        delivery = open_for_unit(data, file.unit, file.root_card, today)
    except (OSError, ProtocolError):
        raise NotAPackage(source) from None
    package = delivery.package
    known = next((each.answered for each in file.held if each.package == package.hash), 0)
    held = Held(package.report.ref, package.hash, package.unit, package.answers, known)
    return file.with_held(held), delivery


def answer(
    file: UnitFile, ref: str, says: Says, text: str, today: date, random_bytes: RandomBytes
) -> tuple[UnitFile, bytes]:
    """The file with the answer counted, and the answer for the team.

    Raises ``UnknownReport``, ``BadUnit`` for an answer without words or too long.
    """
    held = file.find(ref)
    held = replace(held, answered=held.answered + 1)
    service = file.root_card.id
    try:
        said = UnitAnswer(service, held.package, held.unit, held.answered, says, today, text)
    except NotCanonical:
        raise BadUnit(says) from None
    card = Card.from_bytes(held.answers)
    return file.with_held(held), seal_answer(said, file.unit, card, random_bytes)
