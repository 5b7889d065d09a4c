"""A case's log as a file, without a word of it, for somebody without keys (docs/protocol.md §7).

    export = signature(64) ‖ part ‖ part ‖ …             part = len64(bytes) ‖ bytes
    parts  = statement, directory, roster, row…
    row    = header(134) ‖ H(body, body)(32) ‖ day(10)                       a place in a chain
           ‖ signature(64) ‖ payload                     and, in the ``case`` chain, what is there

``signature`` is ``Sign(exporter.sign, "dbx1/export", part, part, …)``: of exactly the bytes behind
it. What an analyst signed in the ``case`` chain is header and payload, and the payload holds the
salted hash of the words alone; so each entry is verified by its author's own signature, and the
exporter is not believed. Of the other chains there is what their ids are made of, and no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final, Self, cast

from crypto.chains import Alarm, Inspected, Stored, inspect
from crypto.constants import HEADER, ID, LARGEST_EXPORT, SIGNATURE, Tag
from crypto.directory import Directory, read_directory
from crypto.documents import CasePayload, TeamPayload, read_payload
from crypto.encoding import Bytes, Day, Document, Fixed, member
from crypto.envelope import Chain, Header, envelope_id
from crypto.errors import ForeignAuthor, NotCanonical, ProtocolError, WrongLength, WrongPlace
from crypto.handling import Handling, Rules
from crypto.keys import Keys, verify
from crypto.marks import check_announced, unannounced
from crypto.opening import Entry, State, open_sealed
from crypto.roster import Roster, read_roster

_PAPERS: Final = 3
_LENGTH: Final = 8
_DAY: Final = len("2026-11-23")
_STUB: Final = HEADER + ID + _DAY


@dataclass(frozen=True)
class Statement(Document):
    """Who exported which mailbox's log, on which day by the exporter's own clock."""

    kind: str = member(Fixed("export"))
    exporter: bytes = member(Bytes(ID))
    mailbox: bytes = member(Bytes(ID))
    day: date = member(Day())


@dataclass(frozen=True)
class Proof:
    """What an analyst signed: the signature, and the payload it goes with."""

    signature: bytes
    payload: bytes


@dataclass(frozen=True)
class Row:
    """One envelope's place. ``day`` is the server's word; ``proof`` is ``None`` for a stub."""

    header: bytes
    hash_of_body: bytes
    day: date
    proof: Proof | None = None

    @cached_property
    def parsed(self) -> Header:
        """The header. Raises ``Malformed`` and its kind."""
        return Header.from_bytes(self.header)

    @property
    def place(self) -> tuple[int, int, bytes]:
        """What rows are sorted by: chain, ``seq``, id."""
        return self.parsed.chain, self.parsed.seq, envelope_id(self.header, self.hash_of_body)

    @property
    def stored(self) -> Stored:
        """The stub of the envelope."""
        return Stored(self.header, self.hash_of_body, None, {}, self.day, None)

    def to_bytes(self) -> bytes:
        """The row's bytes."""
        stub = self.header + self.hash_of_body + self.day.isoformat().encode("ascii")
        return stub if self.proof is None else stub + self.proof.signature + self.proof.payload

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a row; only one of the ``case`` chain has a proof. Raises ``Malformed``."""
        body, rest = data[HEADER : HEADER + ID], data[_STUB:]
        if len(data) < _STUB or 0 < len(rest) <= SIGNATURE:
            raise WrongLength
        proof = Proof(rest[:SIGNATURE], rest[SIGNATURE:]) if rest else None
        row = cls(data[:HEADER], body, _read_day(data[HEADER + ID : _STUB]), proof)
        if proof is not None and row.parsed.chain is not Chain.CASE:
            raise NotCanonical
        return row


@dataclass(frozen=True)
class Export:
    """An export as it says. Nothing of it is verified."""

    statement: Statement
    directory: bytes
    roster: bytes
    rows: tuple[Row, ...]

    @property
    def parts(self) -> tuple[bytes, ...]:
        """What is signed, and what stands in the file."""
        rows = (row.to_bytes() for row in self.rows)
        return (self.statement.to_bytes(), self.directory, self.roster, *rows)

    @classmethod
    def from_parts(cls, parts: Sequence[bytes]) -> Self:
        """Read the parts: every row at its place and once. Raises ``Malformed`` and its kind."""
        if len(parts) < _PAPERS:
            raise WrongLength
        statement = Statement.from_bytes(parts[0])
        rows = tuple(Row.from_bytes(part) for part in parts[_PAPERS:])
        if any(not before.place < after.place for before, after in pairwise(rows)):
            raise NotCanonical
        return cls(statement, parts[1], parts[2], rows)


@dataclass(frozen=True)
class Verified:
    """What an export proves.

    ``case`` is the log: an entry without a payload is one whose author and content are not proved,
    or that its author might not write. ``alarms`` and ``unannounced`` are as in
    :class:`crypto.casefile.CaseFile`, ``handling`` is where the log ends.
    """

    statement: Statement
    directory: Directory
    roster: Roster
    case: tuple[Entry[CasePayload], ...]
    handling: Handling
    chains: Mapping[Chain, Inspected]
    alarms: tuple[tuple[Chain, Alarm], ...]
    unannounced: tuple[bytes, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, forked, unproved or foreign in it."""
        proved = all(entry.payload is not None for entry in self.case)
        return proved and not self.alarms and not self.unannounced


# -- making -------------------------------------------------------------------------------------


def row_of(stored: Stored, keyring: Mapping[bytes, Keys]) -> Row:
    """The row of an envelope; what it proves is added where it is of the ``case`` chain and a key
    of ``keyring`` opens it. Raises ``Malformed`` and its kind for what is no envelope."""
    row = Row(stored.header, stored.hash_of_body, stored.day)
    if row.parsed.chain is not Chain.CASE:
        return row
    try:
        content = open_sealed(stored, keyring)
    except ProtocolError:
        return row
    return replace(row, proof=Proof(content.signature, content.payload)) if content.payload else row


def sign_export(export: Export, exporter: Keys, service: bytes) -> bytes:
    """The export's file. Raises ``WrongLength`` above ``LARGEST_EXPORT``."""
    parts = export.parts
    pieces = [exporter.sign(Tag.SIGN_EXPORT, service, *parts)]
    for part in parts:
        pieces += (len(part).to_bytes(_LENGTH, "little"), part)
    if sum(map(len, pieces)) > LARGEST_EXPORT:
        raise WrongLength
    return b"".join(pieces)


# -- verifying ----------------------------------------------------------------------------------


def read_export(data: bytes) -> tuple[bytes, Export]:
    """The signature and what it is over, neither of them verified. Raises ``Malformed``."""
    if not SIGNATURE < len(data) <= LARGEST_EXPORT:
        raise WrongLength
    return data[:SIGNATURE], Export.from_parts(tuple(_split(data[SIGNATURE:])))


def verify_export(data: bytes, root: bytes) -> Verified:
    """What the export ``data`` proves to somebody who knows the root's fingerprint alone.

    ``root`` is 20 bytes (a fingerprint) or 32 (an id). The order: (1) form, and every row at its
    place (2) the directory is that of this root (3) so is the roster (4) the exporter is of the
    team, may read, and signed every byte (5) every row is of this mailbox (6) the log, entry by
    entry; by it the exporter handles the case, unless nobody was given it (7) links, holes and
    forks, and what the entries name. What is wrong in (6) and (7) is told with the rest. Raises
    ``Malformed`` and its kind, ``ForeignService``, ``Forged`` and its kind, ``KeysAlike``.
    """
    signature, export = read_export(data)  # (1)
    directory = read_directory(export.directory, root)  # (2)
    roster = read_roster(export.roster, directory)  # (3)
    _check_exporter(export, roster, signature, directory.service)  # (4)
    statement = export.statement
    if any(row.parsed.mailbox != statement.mailbox for row in export.rows):
        raise WrongPlace  # (5)
    chains = {chain: _inspect(export, chain) for chain in Chain}
    case, handling = _Log(directory, roster, export).read(chains[Chain.CASE])  # (6)
    if handling.handlers and statement.exporter not in handling.handlers:
        raise ForeignAuthor
    alarms = [(chain, alarm) for chain in Chain for alarm in chains[chain].alarms]  # (7)
    named = check_announced(case, chains[Chain.TEAM])
    return Verified(
        statement=statement,
        directory=directory,
        roster=roster,
        case=case,
        handling=handling,
        chains=chains,
        alarms=(*alarms, *((Chain.CASE, alarm) for alarm in named)),
        unannounced=unannounced(case, _stubs(chains[Chain.TEAM])),
    )


def _check_exporter(export: Export, roster: Roster, signature: bytes, service: bytes) -> None:
    found = roster.find(export.statement.exporter)
    if found is None or not found.reads:
        raise ForeignAuthor
    verify(found.subject.sign, signature, Tag.SIGN_EXPORT, service, *export.parts)


def _inspect(export: Export, chain: Chain) -> Inspected:
    rows = [row.stored for row in export.rows if row.parsed.chain is chain]
    return inspect(rows, chain, export.statement.mailbox)


def _stubs(chain: Inspected) -> tuple[Entry[TeamPayload], ...]:
    return tuple(
        Entry(header.chain, header.seq, stored, State.MISSING) for header, stored in chain.entries
    )


@dataclass(frozen=True)
class _Log:
    """Reads the ``case`` chain of an export, by the rules by which workstations read it."""

    directory: Directory
    roster: Roster
    export: Export

    def read(self, chain: Inspected) -> tuple[tuple[Entry[CasePayload], ...], Handling]:
        """Each entry proved or named, and where the case stands at the end."""
        proofs = {row.place[2]: row.proof for row in self.export.rows}
        supervisors = frozenset(self.roster.supervisors)
        rules = Rules(
            self.export.statement.mailbox, self.directory, supervisors, self.roster.readers
        )
        handling = Handling()
        entries: list[Entry[CasePayload]] = []
        for header, stored in chain.entries:
            entry: Entry[CasePayload] = Entry(header.chain, header.seq, stored, State.MISSING)
            proof = proofs[stored.id]
            if proof is not None:
                try:
                    payload = self._prove(proof, header, stored, handling)
                    after = rules.follow(handling, payload)
                    entry = replace(entry, state=State.SHOWN, payload=payload)
                    if header.seq not in chain.forked:
                        handling = after
                except ProtocolError as problem:
                    entry = replace(entry, state=State.QUARANTINED, problem=problem)
            entries.append(entry)
        return tuple(entries), handling

    def _prove(
        self, proof: Proof, header: Header, stored: Stored, handling: Handling
    ) -> CasePayload:
        payload = cast(CasePayload, read_payload(Chain.CASE, proof.payload))
        sign_key = self.roster.signers.get(payload.author)
        if sign_key is None:
            raise ForeignAuthor
        signed = (stored.header, proof.payload)
        verify(sign_key, proof.signature, Tag.SIGN_CASE, self.directory.service, *signed)
        if header.recipient not in handling.groups | self.directory.intake_groups.keys():
            raise WrongPlace
        return payload


def _split(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        start = at + _LENGTH
        end = start + int.from_bytes(data[at:start], "little")
        if not start < end <= len(data):
            raise WrongLength
        yield data[start:end]
        at = end


def _read_day(data: bytes) -> date:
    codec = Day()
    try:
        return codec.read(data.decode("ascii"))
    except UnicodeDecodeError:
        raise NotCanonical from None
