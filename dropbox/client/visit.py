"""What a reporter does at a server: report, look, answer. From the directory to the log-out.

Nothing is kept: a visit holds the words' secret in memory and ends with :meth:`Visit.close`.
"""

import asyncio
from collections.abc import Callable, Sequence
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
from crypto.outgoing import Outgoing
from crypto.passphrase import Passphrase, mailbox_secret
from crypto.primitives import RandomBytes
from crypto.reporter import Conversation, Draft, Reporter
from dropbox.client.directory import fetch
from dropbox.client.download import download
from dropbox.client.errors import ClientError, FileTooLarge, Refused, Unknown
from dropbox.client.retry import ORDINARY_PATIENCE, Patience, Tell, say_nothing
from dropbox.client.service import Caller, Service
from dropbox.client.source import Source
from dropbox.client.transport import Transport
from dropbox.client.upload import cancel, upload
from dropbox.wire import Fault, Receipt

_CONFLICTS: Final = 2
"""409s after which the server is asking for a key the team has not signed (§9)."""
_PLACES_TAKEN: Final = 3
"""Times a message is signed anew because somebody else with the words was quicker."""


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
        self._directory = (await fetch(self._service, self._root, self._origin)).directory
        service = self._directory.service
        self._secret = await asyncio.to_thread(mailbox_secret, passphrase, service)
        caller = Caller(self._secret.keys, service)
        self._service = Service(
            self._transport, self._origin, caller, patience=self._patience, tell=self._tell
        )

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
            outgoing = self._reporter.report(replace(draft, files=files), self._today())
            return await self._submit(outgoing, self._reporter.read((), ()))
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
        self, draft: Draft, conversation: Conversation, sources: Sequence[Source] = ()
    ) -> Receipt:
        """Send a message after the report, to whoever has the case by ``conversation``.

        Where somebody else with the same words wrote meanwhile, it is signed anew behind theirs.
        Raises as :meth:`report`, and ``Contested``.
        """
        if conversation.contested:
            raise Contested
        if conversation.case_card is None:
            self.directory.check_day(self._today())
        self._check(draft, sources)
        files = await self._upload(sources)
        try:
            return await self._append(replace(draft, files=files), conversation)
        except BaseException:
            await self._take_back(files)
            raise

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
        if draft.text.strip():
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

    async def _append(self, draft: Draft, conversation: Conversation) -> Receipt:
        """Sign and send a message; again at the next place where this one was taken."""
        for tries in range(1, _PLACES_TAKEN + 1):
            outgoing = self._reporter.message(draft, conversation, self._today())
            try:
                return await self._submit(outgoing, conversation)
            except Refused as error:
                if error.fault is not Fault.PLACE_TAKEN or tries == _PLACES_TAKEN:
                    raise
            conversation = await self._read_on(conversation)
        raise AssertionError  # the last try returns or raises

    async def _submit(self, outgoing: Outgoing, before: Conversation) -> Receipt:
        """Send it, and wrap it anew where the mailbox has come to another group meanwhile."""
        for conflicts in range(1, _CONFLICTS + 1):
            try:
                return await self._submit_once(outgoing)
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
        """The mailbox again, refused if it is older than what was read in this visit."""
        after = await self.read()
        after.check_follows(before)
        return after

    async def _submit_once(self, outgoing: Outgoing) -> Receipt:
        before, self.stage = self.stage, Stage.SENDING
        try:
            self.receipt = await self._service.submit((outgoing,))
        except BaseException as error:
            decided = isinstance(error, ClientError) and not isinstance(error, Unknown)
            if decided or not self._service.in_doubt:
                self.stage = before
            raise
        self.stage = Stage.STORED
        return self.receipt
