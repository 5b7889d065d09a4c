"""The team's papers, one after the other: what of them verifies, and what does not (§6, §7).

Directories and rosters are those this workstation has seen. Receiving keys, grants and erasures are
what the server gives now: what it withholds of them leaves no gap.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crypto.constants import Tag
from crypto.directory import Directory, read_directory, read_successor
from crypto.errors import ForeignAuthor, ProtocolError
from crypto.groups import Erased, Grant, Receiving, named_grant, read_erased, read_receiving
from crypto.roster import Roster, read_next_roster, read_roster
from crypto.signed import split, verify_signed
from dropbox.client.service import Service
from inbox_ui.findings import NOT_ASKED, NOT_SEEN, Finding, Paper
from inbox_ui.station import Station

N = TypeVar("N", Directory, Roster)
D = TypeVar("D", Receiving, Grant, Erased)


@dataclass(frozen=True)
class Papers:
    """What the server gives of the papers that no archive keeps. Unverified."""

    receiving: tuple[bytes, ...]
    grants: tuple[bytes, ...]
    erased: tuple[bytes, ...]


@dataclass(frozen=True)
class Trail:
    """What was verified, what is wrong, and what could not be verified."""

    directories: tuple[Directory, ...]
    rosters: tuple[Roster, ...]
    erased: tuple[Erased, ...]
    checked: Mapping[Paper, int]
    problems: tuple[Finding, ...]
    unverified: tuple[Finding, ...]


async def ask(service: Service) -> Papers:
    """Ask the server for the papers it keeps for the team."""
    grants = await service.grants()
    return Papers(
        await service.receiving(), tuple(signed for signed, _ in grants), await service.erased()
    )


def follow(station: Station, papers: Papers | None) -> Trail:
    """Verify every paper. ``papers`` is ``None`` where the server was not asked."""
    return _Auditor(station).follow(papers)


class _Auditor:
    """Goes through the papers of one workstation, and writes down what it finds."""

    def __init__(self, station: Station) -> None:
        self._archive = station.archive
        self._service = station.vault.service
        self._analyst = station.analyst.card.id
        self._directory = station.seen.directory
        self._colleagues = station.colleagues
        self._checked: Counter[Paper] = Counter()
        self._problems: list[Finding] = []
        self._unverified: list[Finding] = []

    def follow(self, papers: Papers | None) -> Trail:
        """Everything, in the order in which one depends on the other."""
        directories = self._series(
            Paper.DIRECTORY,
            self._archive.directories.published_after(0),
            lambda signed: read_directory(signed, self._service),
            read_successor,
        )
        rosters = self._series(
            Paper.ROSTER,
            self._rosters(),
            lambda signed: read_roster(signed, self._directory),
            lambda seen, before, signed: read_next_roster(seen, before, signed, self._directory),
        )
        erased: tuple[Erased, ...] = ()
        if papers is None:
            for paper in (Paper.RECEIVING, Paper.GRANT, Paper.ERASURE):
                self._unverified.append(Finding(paper, None, None, NOT_ASKED))
        else:
            self._each(Paper.RECEIVING, papers.receiving, self._read_receiving)
            self._each(Paper.GRANT, papers.grants, self._read_grant)
            erased = self._each(Paper.ERASURE, papers.erased, self._read_erased)
        return Trail(
            directories,
            rosters,
            erased,
            self._checked,
            tuple(self._problems),
            tuple(self._unverified),
        )

    def _rosters(self) -> Sequence[bytes]:
        """Those the server was seen to have; until then the first one, where it was made here."""
        published = self._archive.rosters.published_after(0)
        newest = self._archive.rosters.newest_signed()
        return published if published or newest is None else [newest]

    def _series(
        self,
        paper: Paper,
        series: Sequence[bytes],
        read: Callable[[bytes], N],
        read_next: Callable[[N, bytes, bytes], N],
    ) -> tuple[N, ...]:
        """Numbered papers, each held against the one before it."""
        found: list[tuple[N, bytes]] = []
        for place, signed in enumerate(series, 1):
            try:
                new = read_next(*found[-1], signed) if found else read(signed)
            except ProtocolError as error:
                self._problems.append(Finding(paper, place, place, type(error).__name__))
                continue
            expected = found[-1][0].seq + 1 if found else 1
            if new.seq > expected:
                self._unverified.append(Finding(paper, expected, new.seq - 1, NOT_SEEN))
            self._checked[paper] += 1
            found.append((new, signed))
        return tuple(document for document, _ in found)

    def _each(
        self, paper: Paper, given: Sequence[bytes], read: Callable[[bytes], D]
    ) -> tuple[D, ...]:
        """Papers that stand for themselves."""
        found: list[D] = []
        for place, signed in enumerate(given, 1):
            try:
                document = read(signed)
            except ProtocolError as error:
                self._problems.append(Finding(paper, place, place, type(error).__name__))
                continue
            self._checked[paper] += 1
            found.append(document)
        return tuple(found)

    def _read_receiving(self, signed: bytes) -> Receiving:
        analyst = Receiving.from_bytes(split(signed)[1]).analyst
        return read_receiving(signed, analyst, self._key_of(analyst), self._service)

    def _read_grant(self, signed: bytes) -> Grant:
        grant = named_grant(signed)
        if grant.analyst != self._analyst:
            raise ForeignAuthor
        verify_signed(signed, Tag.SIGN_GRANT, self._key_of(grant.granter), self._service)
        return grant

    def _read_erased(self, signed: bytes) -> Erased:
        analyst = Erased.from_bytes(split(signed)[1]).analyst
        return read_erased(signed, analyst, self._key_of(analyst), self._service)

    def _key_of(self, analyst: bytes) -> bytes:
        if analyst not in self._colleagues:
            raise ForeignAuthor
        return self._colleagues[analyst]
