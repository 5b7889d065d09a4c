"""What a reporter does at a server: report, look, answer, delete, close. From the directory to the
log-out.

Nothing is kept: a visit holds the words' secret in memory and ends with :meth:`Visit.close`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from crypto.directory import Directory
from crypto.errors import Contested, Expired, NothingToSend, OverLimit, UnsignedKeyAsked
from crypto.files import FileManifest
from crypto.keys import MailboxSecret
from crypto.opening import State
from crypto.outgoing import Outgoing
from crypto.passphrase import Passphrase, mailbox_secret
from crypto.primitives import RandomBytes
from crypto.reporter import Conversation, Draft, Reporter
from dropbox.client.directory import fetch
from dropbox.client.download import download
from dropbox.client.errors import (
    ClientError,
    FileTooLarge,
    Gone,
    NotDeleted,
    Refused,
    Unknown,
)
from dropbox.client.retry import ORDINARY_PATIENCE, Patience, Tell, say_nothing
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.stream import Chunks, stream
from dropbox.client.transport import Transport
from dropbox.client.upload import cancel, upload
from dropbox.wire import Fault, Receipt

_CONFLICTS: Final = 2
"""409s after which the server is asking for a key the team has not signed (§9)."""
_PLACES_TAKEN: Final = 3
"""Times a message is signed anew because somebody else with the words was quicker."""


Submit = Callable[[Outgoing], Awaitable[Receipt]]
"""Sends an envelope once: to be stored, or to be stored and close the mailbox."""


class Stage(Enum):
    """How far a submission has got: what a person who interrupts it has to know."""

    NOTHING_SENT = auto()
    FILES_SENT = auto()
    """Parts of files have been sent; no report or message."""
    SENDING = auto()
    """It may or may not have been stored."""
    STORED = auto()


class Visit:
    """One reporter at one server. Use as ``async with``, then :meth:`enter` first.

    ``root`` is the pinned id or fingerprint; ``today`` is asked whenever something is sealed.
    """

    def __init__(
        self,
        transport: Transport,
        origin: str,
        root: bytes,
        *,
        random_bytes: RandomBytes,
        today: Callable[[], date],
        patience: Patience = ORDINARY_PATIENCE,
        tell: Tell = say_nothing,
    ) -> None:
        self._transport = transport
        self._origin = origin
        self._root = root
        self._random_bytes = random_bytes
        self._today = today
        self._patience = patience
        self._tell = tell
        self._service = Service(transport, origin, patience=patience, tell=tell)
        self._secret: MailboxSecret | None = None
        self._directory: Directory | None = None
        self.stage = Stage.NOTHING_SENT
        self.receipt: Receipt | None = None
        """The server's receipt, as soon as there is one."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()

    async def enter(self, passphrase: Passphrase) -> None:
        """Fetch and verify the directory, and derive the mailbox. Nothing is logged in yet.

        Raises ``ClientError``, or an error of ``crypto.errors`` for a directory that is not the
        pinned team's.
        """
        directory = await self.arrive()
        self.resume(await asyncio.to_thread(mailbox_secret, passphrase, directory.service))

    async def arrive(self) -> Directory:
        """Fetch and verify the directory. Raises as :meth:`enter`."""
        self._directory = (await fetch(self._service, self._root, self._origin)).directory
        return self._directory

    def resume(self, secret: MailboxSecret) -> None:
        """Be the reporter whose secret this is, once the directory is there."""
        self._secret = secret
        caller = Caller(secret.keys, self.directory.service)
        self._service = Service(
            self._transport, self._origin, caller, patience=self._patience, tell=self._tell
        )

    @property
    def address(self) -> bytes:
        """The mailbox's address, 32 bytes."""
        return self._reporter.address

    @property
    def directory(self) -> Directory:
        """The verified directory."""
        if self._directory is None:
            raise RuntimeError("The visit has not begun.")
        return self._directory

    @property
    def expired(self) -> bool:
        """Whether nothing may be sealed to the intake group today."""
        try:
            self.directory.check_day(self._today())
        except Expired:
            return True
        return False

    async def report(self, draft: Draft, sources: Sequence[Source] = ()) -> Receipt:
        """Send the first envelope of a new mailbox, with the files of ``sources``.

        Raises ``Expired``, ``NothingToSend``, ``OverLimit``, ``UnsignedKeyAsked``, ``RolledBack``,
        ``BadFile`` or ``ClientError``; after ``Unknown`` it may have been stored.
        """
        self.directory.check_day(self._today())
        self._check(draft, sources)
        files = await self._upload(sources)
        try:
            whole = replace(draft, files=(*draft.files, *files))
            outgoing = self._reporter.report(whole, self._today())
            return await self._submit(outgoing, self._reporter.read((), ()), self._store)
        except BaseException:
            await self._take_back(files)
            raise

    async def read(self) -> Conversation:
        """The mailbox, verified. The requests are the same whatever lies in it (P22)."""
        listed = await self._service.mailbox()
        own = [each.stored for each in listed if each.is_own]
        team = [each.stored for each in listed if not each.is_own]
        return self._reporter.read(own, team)

    async def answer(
        self,
        draft: Draft,
        conversation: Conversation,
        sources: Sequence[Source] = (),
        *,
        behind: bool = True,
    ) -> Receipt:
        """Send a message after the report, to whoever has the case by ``conversation``.

        Where somebody else with the same words wrote meanwhile, it is signed anew behind theirs;
        without ``behind`` it is not sent, as it could be the same message sent twice.
        Raises as :meth:`report`, and ``Contested``, or ``Gone`` where the mailbox was closed.
        """
        if conversation.contested:
            raise Contested
        if conversation.case_card is None:
            self.directory.check_day(self._today())
        self._check(draft, sources)
        files = await self._upload(sources)
        try:
            whole = replace(draft, files=(*draft.files, *files))
            return await self._append(
                lambda each: self._reporter.message(whole, each, self._today()),
                conversation,
                most=_PLACES_TAKEN if behind else 1,
            )
        except BaseException:
            await self._take_back(files)
            raise

    async def withdraw_contact(self, conversation: Conversation) -> Receipt:
        """Tell the team that the contact details left with it may not be used.

        Raises ``NothingHere`` for an empty mailbox, else as :meth:`answer`.
        """
        return await self._append(
            lambda each: self._reporter.withdraw_contact(each, self._today()), conversation
        )

    async def delete(
        self, conversation: Conversation, ids: Collection[bytes] | None = None
    ) -> Conversation:
        """Delete the team's replies and receipts ``ids``, or all there are; the mailbox after it.

        What came since ``conversation`` was read stays. Raises ``NotDeletable``, ``NotDeleted``
        where the server has them still, ``Gone``, ``ClientError``; then some may be deleted, and
        it can be done again.
        """
        wanted = conversation.deletable if ids is None else ids
        deletions = self._reporter.delete(conversation, wanted)
        try:
            await self._service.delete(deletions)
        except Refused as error:
            if error.fault is Fault.UNKNOWN:
                await self._read_on(conversation)
            raise
        after = await self._read_on(conversation)
        gone = {entry.id for entry in after.items if entry.state is State.DELETED}
        if not gone.issuperset(each.id for each in deletions):
            raise NotDeleted
        return after

    async def close_for_good(self, conversation: Conversation) -> Receipt:
        """Close the mailbox: the team is told, its replies are deleted, and nothing opens again.

        Raises ``NothingHere`` for an empty mailbox, ``NotDeleted`` where the server still shows
        one, else as :meth:`answer`; after ``Unknown`` it may have been closed.
        """
        receipt = await self._append(
            lambda each: self._reporter.close(each, self._today()),
            conversation,
            self._service.close_mailbox,
        )
        if not (await self.read()).empty:
            raise NotDeleted
        return receipt

    async def receive(self, name: str, chunks: Chunks, most: int) -> FileManifest:
        """Seal and send one file while it comes in: for the files of a draft. See ``stream``.

        ``most``: no more bytes than this can come. Until an envelope names it, :meth:`drop` takes
        it back. Raises ``EmptyFile``, ``FileTooLarge``, ``ClientError``, or what ``chunks`` does.
        """
        return await stream(
            self._service, name, chunks, most, self.directory.limits.file_bytes, self._random_bytes
        )

    async def drop(self, files: Sequence[FileManifest]) -> None:
        """Take back files that no envelope will name."""
        for file in files:
            await cancel(self._service, file.id)

    async def save(self, manifest: FileManifest, folder: Path) -> Path:
        """Fetch one of the team's files into ``folder``: see ``download``."""
        return await download(self._service, manifest, folder)

    async def close(self) -> None:
        """Log out and let go of the connections, quickly."""
        await self._service.close()

    # -- how it is done -------------------------------------------------------------------------

    @property
    def _reporter(self) -> Reporter:
        if self._secret is None:
            raise RuntimeError("The visit has not begun.")
        return Reporter(self._secret, self.directory, self._random_bytes)

    def _check(self, draft: Draft, sources: Sequence[Source]) -> None:
        """What can be known before anything is sent. Files are checked again when sealed."""
        limits = self.directory.limits
        if draft.text.strip() or draft.files:
            draft.check(limits)
        elif not sources:
            raise NothingToSend
        if len(sources) > limits.files:
            raise OverLimit(f"There are {len(sources)} files; {limits.files} fit.")
        for source in sources:
            if source.size > limits.file_bytes:
                raise FileTooLarge(source.path)

    async def _upload(self, sources: Sequence[Source]) -> tuple[FileManifest, ...]:
        files: list[FileManifest] = []
        try:
            for source in sources:
                self.stage = Stage.FILES_SENT
                files.append(await upload(self._service, source, self._random_bytes))
        except BaseException:
            await self._take_back(files)
            raise
        return tuple(files)

    async def _take_back(self, files: Sequence[FileManifest]) -> None:
        """Cancel files no envelope names: never those of a submission that may be stored."""
        if self.stage is Stage.FILES_SENT:
            for file in files:
                await cancel(self._service, file.id)

    async def _append(
        self,
        sign: Callable[[Conversation], Outgoing],
        conversation: Conversation,
        submit: Submit | None = None,
        most: int = _PLACES_TAKEN,
    ) -> Receipt:
        """Sign an envelope and send it; again at the next place where this one was taken."""
        for tries in range(1, most + 1):
            outgoing = sign(conversation)
            try:
                return await self._submit(outgoing, conversation, submit or self._store)
            except Refused as error:
                if error.fault is not Fault.PLACE_TAKEN or tries == most:
                    raise
            conversation = await self._read_on(conversation)
        raise AssertionError  # the last try returns or raises

    async def _submit(self, outgoing: Outgoing, before: Conversation, submit: Submit) -> Receipt:
        """Send it, and wrap it anew where the mailbox has come to another group meanwhile."""
        for conflicts in range(1, _CONFLICTS + 1):
            try:
                return await self._submit_once(outgoing, submit)
            except Refused as error:
                if error.fault is not Fault.OTHER_GROUP:
                    raise
            if conflicts < _CONFLICTS:
                outgoing = await self._rewrap(outgoing, before)
        raise UnsignedKeyAsked

    async def _rewrap(self, outgoing: Outgoing, before: Conversation) -> Outgoing:
        self._directory = (await fetch(self._service, self._root, self._origin)).directory
        return self._reporter.rewrap(outgoing, before, await self.read(), self._today())

    async def _read_on(self, before: Conversation) -> Conversation:
        """The mailbox again, refused if it is older than what was read in this visit.

        Raises ``Gone`` where nothing is left of it.
        """
        after = await self.read()
        if after.empty and not before.empty:
            raise Gone
        after.check_follows(before)
        return after

    async def _store(self, outgoing: Outgoing) -> Receipt:
        return await self._service.submit((outgoing,))

    async def _submit_once(self, outgoing: Outgoing, submit: Submit) -> Receipt:
        before, self.stage = self.stage, Stage.SENDING
        try:
            self.receipt = await submit(outgoing)
        except BaseException as error:
            decided = isinstance(error, ClientError) and not isinstance(error, Unknown)
            if decided or not self._service.in_doubt:
                self.stage = before
            raise
        self.stage = Stage.STORED
        return self.receipt
