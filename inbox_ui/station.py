"""An opened workstation: the vault's secrets, the archive, and the cases folded from it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Final, Self

from crypto.analyst import Analyst
from crypto.directory import Directory
from crypto.primitives import RandomBytes
from crypto.roster import Roster
from inbox_ui.archive import Archive
from inbox_ui.casebook import Casebook, Progress
from inbox_ui.directories import Seen
from inbox_ui.errors import NotAdmitted
from inbox_ui.folder import Folder
from inbox_ui.keeper import Change, Keeper
from inbox_ui.outbox import Item
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.reading import OpenCase, Reader
from inbox_ui.rosters import SeenRoster
from inbox_ui.snapshot import Snapshots, basis_of, home_of
from inbox_ui.summary import Summary, View
from inbox_ui.vault import Vault

Today = Callable[[], date]


class Station:
    """Everything an analyst works with. ``today`` is asked whenever a day is needed."""

    def __init__(
        self, keeper: Keeper, archive: Archive, random_bytes: RandomBytes, today: Today
    ) -> None:
        self.keeper: Final = keeper
        self.archive: Final = archive
        self.random_bytes: Final = random_bytes
        self.today: Final = today
        self._under: tuple[bytes, bytes | None, Vault] | None = None
        self._held = False

    @classmethod
    def open(
        cls, folder: Folder, passphrase: VaultPassphrase, random_bytes: RandomBytes, today: Today
    ) -> Self:
        """The workstation in ``folder``. Takes about a second, for the passphrase.

        Raises ``NoVault``, ``OpenToOthers``, ``WrongPassphrase``, ``Damaged`` and its kind,
        ``NewerArchive``, or ``NotAdmitted`` while the root has not certified whose vault it is.
        """
        folder.check()
        keeper = Keeper(folder, passphrase, random_bytes)
        if not keeper.vault.certificate:
            raise NotAdmitted(folder.path)
        return cls(keeper, Archive(folder.archive), random_bytes, today)

    def close(self) -> None:
        """Let go of the archive."""
        self.archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def vault(self) -> Vault:
        """The vault's secrets."""
        return self.keeper.vault

    def keep(self, change: Change) -> Vault:
        """Change the vault, durably; from then on everything here is under what it holds.

        Raises as :meth:`Keeper.update`.
        """
        return self.keeper.update(change)

    @property
    def seen(self) -> Seen:
        """The newest directory."""
        return self.archive.directories.newest(self.vault.service)

    def admit_directory(self, signed: bytes) -> Directory:
        """Verify a directory that a server gave, also by the newest roster, and remember it.

        Raises as :meth:`Directories.admit`.
        """
        return self.archive.directories.admit(signed, self.vault.service, self.roster)

    @property
    def seen_roster(self) -> SeenRoster | None:
        """The newest roster and its signed bytes, if there is one."""
        return self.archive.rosters.newest(self.seen.directory)

    @property
    def roster(self) -> Roster | None:
        """Who is of the team, as of the newest roster. ``None`` where none has been seen."""
        found = self.seen_roster
        return found.roster if found is not None else None

    @property
    def colleagues(self) -> Mapping[bytes, bytes]:
        """Whose signatures count: card id → signing key. The vault's own where there is no roster.

        Whoever is of no roster yet may sign all the same: what is written is of this vault's hand.
        """
        roster = self.roster
        return {**self.vault.colleagues, **(roster.signers if roster is not None else {})}

    @property
    def supervisors(self) -> frozenset[bytes]:
        """The card ids of those who may assign the cases of others, or once might."""
        roster = self.roster
        return frozenset(roster.supervisors) if roster is not None else frozenset()

    @property
    def readers(self) -> frozenset[bytes]:
        """The card ids of those who may read now: by their word cases end. Where there is no
        roster, whoever the vault knows."""
        roster = self.roster
        return roster.readers if roster is not None else frozenset(self.vault.colleagues)

    @property
    def analyst(self) -> Analyst:
        """The protocol core, under the newest directory."""
        self._look_up()
        return self._analyst

    @property
    def reader(self) -> Reader:
        """Reads single mailboxes."""
        self._look_up()
        return self._reader

    @property
    def casebook(self) -> Casebook:
        """The cases, as of the last :meth:`refresh`."""
        self._look_up()
        return self._casebook

    def refresh(self, progress: Progress = lambda done, of: None) -> None:
        """Fold what has come since, with what another process has put into the vault."""
        self.keeper.follow()
        self.casebook.refresh(progress)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is done meanwhile is done under the directory and roster that the cases were folded
        under: another process may take in new ones at any moment, under which nothing is folded
        yet."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def case(self, name: str) -> Summary:
        """The case that ``name`` begins. Raises as :meth:`Casebook.find`."""
        return self.casebook.find(name)

    def open_case(self, summary: Summary) -> OpenCase:
        """A case of the list, with what of it waits in the outbox."""
        address = self.casebook.address(summary)
        return self.casebook.open(summary, self.archive.outbox.items(address), self.today())

    def cases(self) -> list[Summary]:
        """Every case that is not hidden, the one with the newest day first, with the casework that
        waits in the outbox."""
        waiting: dict[bytes, list[Item]] = {}
        for item in self.archive.outbox.items():
            waiting.setdefault(item.mailbox, []).append(item)
        boxes = {address: self.archive.mailbox(address) for address in waiting}
        items = {box.id: waiting[address] for address, box in boxes.items() if box is not None}
        return [
            self.casebook.with_waiting(each, items[each.mailbox], self.today())
            if each.mailbox in items
            else each
            for each in self.casebook.cases()
        ]

    def waiting(self) -> dict[int, int]:
        """How many items of each mailbox, by its number, wait in the outbox."""
        counted = Counter(item.mailbox for item in self.archive.outbox.items())
        found = {address: self.archive.mailbox(address) for address in counted}
        return {box.id: counted[address] for address, box in found.items() if box is not None}

    def _look_up(self) -> None:
        """Begin anew under another directory, roster or vault: they decide who may write and who
        reads."""
        seen, vault = self.seen, self.vault
        if self._held and self._under is not None and self._under[2] is vault:
            return
        under = (seen.signed, self.archive.rosters.newest_signed(), vault)
        if self._under == under:
            return
        colleagues, supervisors, readers = self.colleagues, self.supervisors, self.readers
        self._analyst = Analyst(
            vault.analyst_secret,
            seen.directory,
            tuple(vault.groups.values()),
            colleagues,
            self.random_bytes,
            supervisors,
            readers,
        )
        self._reader = Reader(self.archive, self._analyst)
        basis = basis_of(
            seen.directory, vault.groups, colleagues, supervisors, readers, vault.interests
        )
        home = home_of(vault, self.random_bytes)
        snapshots = Snapshots(self.archive, home, basis, self.random_bytes)
        view = View(self._analyst.card.id, frozenset(vault.groups), vault.interests)
        self._casebook = Casebook(self.archive, self._reader, snapshots, view)
        self._under = under
