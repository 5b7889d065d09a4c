"""Reading one mailbox of the archive: its rows as chains, verified by ``crypto.analyst``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crypto.analyst import Analyst, CaseFile, case_name
from crypto.chains import Stored
from crypto.envelope import Chain
from crypto.errors import WrongId
from crypto.opening import Entry, Payload
from inbox_ui.archive import Archive, Mailbox
from inbox_ui.errors import DamagedArchive, DamagedCase
from inbox_ui.outbox import Item
from inbox_ui.rows import Row


@dataclass(frozen=True)
class OpenCase:
    """One case, opened: its chains, with what waits in the outbox at their ends.

    ``waiting`` are the ids of envelopes that the server does not have yet, ``damaged_bodies`` those
    of envelopes whose body this disk has changed; ``damaged`` counts rows that had to be left out.
    ``arrival`` are the ids in the order in which they came here. ``use`` is the case group that the
    server says has it by the newest envelope of the team: its word, which decides nothing.
    ``ever_used``: whether it says so of any envelope of the team.
    """

    file: CaseFile
    arrival: tuple[bytes, ...]
    waiting: frozenset[bytes]
    damaged_bodies: frozenset[bytes]
    damaged: int
    use: bytes | None = None
    ever_used: bool = False

    @property
    def name(self) -> str:
        """What the case is called."""
        return case_name(self.file.mailbox)

    @property
    def entries(self) -> tuple[Entry[Payload], ...]:
        """The entries of all chains as they came, with each chain in its own signed order.

        Between the chains the order is the server's word, as the days are.
        """
        came = {each: place for place, each in enumerate(self.arrival)}
        places: list[tuple[int, Entry[Payload]]] = []
        latest: dict[Chain, int] = {}
        for entry in self.file.entries:
            latest[entry.chain] = max(latest.get(entry.chain, 0), came[entry.id])
            places.append((latest[entry.chain], entry))
        return tuple(entry for _, entry in sorted(places, key=lambda each: each[0]))

    def check_writable(self) -> None:
        """Raise ``DamagedCase`` where a row was left out, so that the next place is not known."""
        if self.damaged:
            raise DamagedCase(self.name)


class Reader:
    """Reads mailboxes of ``archive`` with the groups and under the directory of ``analyst``."""

    def __init__(self, archive: Archive, analyst: Analyst) -> None:
        self._archive = archive
        self._analyst = analyst

    def open(self, mailbox: Mailbox, waiting: Sequence[Item], today: date) -> OpenCase:
        """The mailbox with what of it waits, as if that were stored ``today``.

        Raises ``DamagedArchive`` where its rows cannot be read at all.
        """
        [(_, rows)] = self._archive.rows([mailbox.id])
        if rows is None:
            raise DamagedArchive(self._archive.path)
        sealed = {each.id: each for item in waiting for each in item.stored(today)}
        for row in rows:  # what came back is no longer waiting, unless it is only a stub
            if row.stored is not None and row.stored.body is not None:
                sealed.pop(row.stored.id, None)
        rows = [row for row in rows if row.stored is None or row.stored.id not in sealed]
        return self.read(mailbox, rows, sealed.values())

    def read(
        self, mailbox: Mailbox, rows: Sequence[Row], waiting: Iterable[Stored] = ()
    ) -> OpenCase:
        """The chains of ``rows`` and ``waiting``. Never raises for what they hold."""
        chains: dict[Chain, list[Stored]] = {chain: [] for chain in Chain}
        for row in rows:
            if row.stored is not None:
                twice = [row.stored] * min(row.copies, 2)  # so that a copy is named (P4)
                chains[_chain_of(row.stored)].extend(twice)
        ids: list[bytes] = []
        for stored in waiting:
            chains[_chain_of(stored)].append(stored)
            ids.append(stored.id)
        file = self._analyst.read(mailbox.address, chains)
        damaged = sum(row.damaged for row in rows)
        arrival = (*(row.stored.id for row in rows if row.stored is not None), *ids)
        return OpenCase(
            file,
            arrival,
            frozenset(ids),
            _damaged_bodies(file, rows),
            damaged,
            _use_of(rows),
            any(row.use is not None for row in rows),
        )


def _damaged_bodies(file: CaseFile, rows: Sequence[Row]) -> frozenset[bytes]:
    wrong = {entry.id for entry in file.entries if isinstance(entry.problem, WrongId)}
    if not wrong:
        return frozenset()
    return frozenset(
        row.stored.id
        for row in rows
        if row.stored is not None and row.stored.id in wrong and row.body_damaged()
    )


def _use_of(rows: Sequence[Row]) -> bytes | None:
    """What the server said beside the envelope it stored last of the ``team`` chain."""
    team = [row for row in rows if row.stored is not None and _chain_of(row.stored) is Chain.TEAM]
    return team[-1].use if team else None


def _chain_of(stored: Stored) -> Chain:
    """The chain a header claims; what is no header is shown in the reporter's."""
    try:
        return Chain(stored.header[1])
    except (IndexError, ValueError):
        return Chain.REPORTER
