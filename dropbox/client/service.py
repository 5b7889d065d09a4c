"""A typed call for every route of the server, logging in by itself (docs/protocol.md §9).

Every call checks the form of what comes back, is repeated over a broken connection, and logs in
again where a session has ended. The order of requests depends on nothing that was opened (P22).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from crypto import login
from crypto.chains import Deletion
from crypto.encoding import Document
from crypto.errors import ProtocolError
from crypto.keys import Keys
from crypto.outgoing import Outgoing
from dropbox import wire
from dropbox.client.errors import (
    ClientError,
    Lost,
    Nonsense,
    NotReached,
    Redirected,
    Refused,
    Unknown,
    WrongAnswer,
)
from dropbox.client.listing import Listed, Listing, check_rising, read_listing
from dropbox.client.paging import id_name, marks_path, next_mark
from dropbox.client.retry import ORDINARY_PATIENCE, Patience, Tell, patiently, say_nothing
from dropbox.client.submission import pack_submission
from dropbox.client.team import TeamCalls
from dropbox.client.transport import Answer, Transport
from dropbox.client.working import solve
from dropbox.wire import (
    CARRY_HEADER,
    DELETIONS_PER_REQUEST,
    FAULTS,
    LARGEST_DIRECTORY,
    LARGEST_MARKS,
    LARGEST_PAGE,
    LARGEST_PART,
    LARGEST_SMALL,
    MARK,
    MARKS_PER_PAGE,
    MOST_MARKS,
    SESSION_HEADER,
    WORK_HEADER,
    Challenge,
    Fault,
    FileStart,
    FileState,
    Login,
    Marks,
    Proof,
    Purged,
    PurgedAgain,
    Purpose,
    Receipt,
    Refusal,
    Role,
    Session,
    Work,
    WorkRequest,
)

D = TypeVar("D", bound=Document)
T = TypeVar("T")

_OK: Final = 200
_DONE: Final = 204
_REDIRECTS: Final = range(300, 400)
_LEAVING: Final = 5.0
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,1024}", re.ASCII)
_MOST_PROOFS: Final = 5
"""For one submission: more is asked again only where the flood grew while the work was done."""
_MOST_PAGES: Final = 64
"""Of one mailbox. Each is several megabytes, so no honest one has more."""
_UNDECIDED: Final = frozenset(
    {Fault.NO_SESSION, Fault.BUSY, Fault.FULL, Fault.FAILED, Fault.WORK_NEEDED}
)
"""Refusals that say nothing about an earlier try whose answer was lost."""


class LogsIn(Protocol):
    """Who a session is for."""

    @property
    def service(self) -> bytes:
        """The root's card id."""

    def login(self, challenge: str, origin: str) -> Login:
        """The answer to a challenge."""


@dataclass(frozen=True)
class Caller:
    """Whose session it is: a mailbox, or an analyst who brings a signed certificate."""

    keys: Keys
    service: bytes
    certificate: bytes | None = None

    def login(self, challenge: str, origin: str) -> Login:
        """The answer to a challenge. Only the ``auth`` key signs it."""
        card = self.keys.card
        signature = login.answer(self.keys, self.service, origin, challenge)
        return Login(card.auth, card.keys_hash, challenge, origin, signature, self.certificate)


class Service(TeamCalls):
    """One server, and at most one session with it.

    ``origin`` is the server's, as a browser writes it. Calls that need a session need ``caller``.
    Those about the team stand in :class:`TeamCalls`.
    """

    def __init__(
        self,
        transport: Transport,
        origin: str,
        caller: LogsIn | None = None,
        *,
        patience: Patience = ORDINARY_PATIENCE,
        tell: Tell = say_nothing,
    ) -> None:
        self._transport = transport
        self._origin = origin
        self._caller = caller
        self._patience = patience
        self._tell = tell
        self._session: Session | None = None
        self._logging_in = asyncio.Lock()
        self._proofs: dict[bytes, Proof] = {}
        self.in_doubt = False
        """Whether the submission on its way may have been stored."""

    @property
    def tell(self) -> Tell:
        """Where progress is told."""
        return self._tell

    # -- the directory --------------------------------------------------------------------------

    async def directory(self) -> bytes:
        """The signed directory, unverified: see :func:`dropbox.client.directory.fetch`."""
        return await self._repeat(
            lambda: self._request("GET", "/api/directory", b"", {}, LARGEST_DIRECTORY, _OK)
        )

    async def publish(self, signed: bytes) -> None:
        """Give the server a newer signed directory. Done too where it already has this one."""
        try:
            await self._do("POST", "/api/directory", signed)
        except Refused:
            if await self.directory() != signed:
                raise

    # -- sessions -------------------------------------------------------------------------------

    async def log_in(self) -> Role:
        """Log in, if there is no session yet: what the server takes the caller for."""
        return (await self._repeat(self._open_session)).role

    async def log_out(self) -> None:
        """End the session. One try, and no error: it ends by itself in 15 minutes."""
        session, self._session = self._session, None
        if session is None:
            return
        headers = {SESSION_HEADER: session.session}
        with suppress(ClientError):  # nothing is left to do, and nothing depends on it
            await self._request("DELETE", "/api/session", b"", headers, LARGEST_SMALL, _DONE)

    async def close(self) -> None:
        """Log out and let go of the transport, in seconds whatever the server does."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LEAVING):
                    await self.log_out()
        finally:
            await self._transport.close()

    # -- envelopes ------------------------------------------------------------------------------

    async def submit(self, outgoings: tuple[Outgoing, ...]) -> Receipt:
        """Store one or two envelopes, all or none; the receipt names their ids.

        Every try sends the same bytes under the same ids. Raises ``Refused`` where the server
        decided, and ``Unknown`` where a try may have been stored and no receipt came.
        """
        return await self._store("/api/envelopes", outgoings, pack_submission(outgoings))

    async def close_mailbox(self, closed: Outgoing) -> Receipt:
        """Store the envelope that closes the caller's mailbox for good, and close it, or neither.

        From then on the mailbox is an unknown address to its owner; the same envelope again is
        answered as the first time. Raises as :meth:`submit`.
        """
        return await self._store("/api/closing", (closed,), pack_submission((closed,)))

    async def delete(self, deletions: Sequence[Deletion]) -> None:
        """Delete envelopes of the team from the caller's mailbox. Again, it changes nothing.

        Some at a time, each time all or none: where it raises, some may be deleted.
        """
        asked = sorted(deletions, key=lambda each: each.seq)
        for start in range(0, len(asked), DELETIONS_PER_REQUEST):
            some = asked[start : start + DELETIONS_PER_REQUEST]
            body = wire.Deletions(
                tuple(wire.Deletion(each.seq, each.id, each.signature) for each in some)
            )
            await self._do("POST", "/api/deletions", body.to_bytes())

    async def _store(self, path: str, outgoings: tuple[Outgoing, ...], parcel: bytes) -> Receipt:
        ids = tuple(outgoing.envelope.id for outgoing in outgoings)
        subject = outgoings[0].envelope.header.mailbox
        unsure = self.in_doubt = False

        async def once(headers: dict[str, str]) -> Receipt:
            nonlocal unsure
            self.in_doubt = True
            try:
                data = await self._request("POST", path, parcel, headers, LARGEST_SMALL, _OK)
                receipt = _read(Receipt, data)
                if receipt.ids != ids:
                    raise WrongAnswer
            except (Lost, Nonsense):
                unsure = True
                raise
            except Refused as error:
                unsure = unsure or error.fault is Fault.FAILED
                self.in_doubt = unsure
                raise
            except NotReached:
                self.in_doubt = unsure
                raise
            return receipt

        try:
            return await self._with_work(Purpose.REPORT, subject, once)
        except ClientError as error:
            if unsure and not (isinstance(error, Refused) and error.fault not in _UNDECIDED):
                raise Unknown(error) from error
            raise

    async def mailbox(self) -> tuple[Listed, ...]:
        """Everything the caller's mailbox is given: stubs of what it sent, then the team's.

        All pages, whatever they hold. Raises ``WrongAnswer`` for pages without an end.
        """
        entries: list[Listed] = []
        start = 0
        for _ in range(_MOST_PAGES):
            listing = await self._page(f"/api/mailbox/{start}")
            entries.extend(listing.entries)
            if not listing.more:
                return tuple(entries)
            seqs = [each.team_seq for each in listing.entries if each.team_seq is not None]
            if max(seqs, default=-1) < start:
                raise WrongAnswer
            start = max(seqs) + 1
        raise WrongAnswer

    async def feed_page(self, after: int) -> Listing:
        """One page of what the analyst is given behind position ``after``.

        Asking tells the server that everything up to ``after`` is safe in the archive. Raises
        ``WrongAnswer`` unless positions rise from ``after``.
        """
        return check_rising(await self._page(f"/api/feed/{after}"), after)

    async def feed(self, after: int) -> AsyncIterator[Listing]:
        """Every page behind ``after``, one after another.

        Asking for the next one acknowledges the one before: write it to the disk first.
        """
        while True:
            listing = await self.feed_page(after)
            yield listing
            if not listing.more:
                return
            after = listing.entries[-1].position

    # -- what was purged ------------------------------------------------------------------------

    async def purged_digest(self) -> bytes:
        """By what one sees whether the server's marks of purged mailboxes are the same as one's
        own (:func:`dropbox.wire.marks_digest`)."""
        return _read(Purged, await self._get("/api/purged", LARGEST_SMALL)).digest

    async def purged_marks(self) -> frozenset[bytes]:
        """All of the server's marks of purged mailboxes.

        Raises ``WrongAnswer`` unless they rise, and for more than any honest server has.
        """
        marks: list[bytes] = []
        start: bytes | None = bytes(MARK)
        while start is not None:
            data = await self._get(marks_path(start), LARGEST_MARKS)
            page = _read(Marks, data).marks
            if not page:
                break
            if page[0] < start or len(marks) + len(page) > MOST_MARKS:
                raise WrongAnswer
            marks += page
            start = next_mark(page[-1])
        return frozenset(marks)

    async def purge_again(self, marks: Iterable[bytes]) -> int:
        """Tell the server what was purged that it does not know of; how many mailboxes it had
        again and has purged now. Where it raises, it may have some of the marks."""
        rising = sorted(marks)
        purged = 0
        for start in range(0, len(rising), MARKS_PER_PAGE):
            purged += await self._tell_marks(tuple(rising[start : start + MARKS_PER_PAGE]))
        return purged

    async def _tell_marks(self, marks: tuple[bytes, ...]) -> int:
        body = Marks(marks).to_bytes()
        data = await self._repeat(
            lambda: self._with_session(
                lambda headers: self._request(
                    "POST", "/api/purged", body, headers, LARGEST_SMALL, _OK
                )
            )
        )
        purged = _read(PurgedAgain, data).mailboxes
        if purged > len(marks):
            raise WrongAnswer
        return purged

    # -- files ----------------------------------------------------------------------------------

    async def start_file(self, file: bytes, parts: int) -> None:
        """Ask for room for a file of ``parts`` parts that an envelope will name within the hour.

        Asked again with fewer parts, and none sent beyond them, the file is that much shorter.
        """
        body = FileStart(file, parts).to_bytes()
        await self._with_work(
            Purpose.FILE,
            file,
            lambda headers: self._request(
                "POST", "/api/files", body, headers, LARGEST_SMALL, _DONE
            ),
        )

    async def file_state(self, file: bytes) -> FileState:
        """Which parts of an own file the server holds."""
        return _read(FileState, await self._get(f"/api/files/{id_name(file)}", LARGEST_SMALL))

    async def put_part(self, file: bytes, index: int, sealed: bytes) -> None:
        """Store one sealed part. A part whose answer was lost is sent again as the same bytes."""
        await self._do("PUT", f"/api/files/{id_name(file)}/{index}", sealed)

    async def cancel_file(self, file: bytes) -> None:
        """Forget a file no envelope names. Nothing happens if it is not there. One try."""
        try:
            await self._with_session(
                lambda headers: self._request(
                    "DELETE", f"/api/files/{id_name(file)}", b"", headers, LARGEST_SMALL, _DONE
                )
            )
        except Refused as error:
            if error.fault is not Fault.UNKNOWN:
                raise

    async def part(self, file: bytes, index: int) -> bytes:
        """One sealed part, as the server gives it."""
        return await self._get(f"/api/files/{id_name(file)}/{index}", LARGEST_PART)

    # -- what others ask ------------------------------------------------------------------------

    async def relay(self, method: str, path: str, body: bytes) -> Answer:
        """The server's answer, whatever it says, to a request that comes from elsewhere.

        It is the caller's, and marked as carried. Sent again over a broken connection. Raises
        ``Refused`` where the server decided nothing, ``Nonsense`` for what is no answer of its.
        """

        async def once(headers: dict[str, str]) -> Answer:
            carried = {**headers, CARRY_HEADER: "1"}
            answer = await self._transport.request(
                method, path, headers=carried, body=body, limit=LARGEST_PAGE
            )
            if answer.status in (_OK, _DONE):
                return answer
            error = _refusal(answer)
            if isinstance(error, Refused) and error.fault not in _UNDECIDED:
                return answer
            raise error

        return await self._repeat(lambda: self._with_session(once))

    # -- how it is done -------------------------------------------------------------------------

    async def _get(self, path: str, limit: int) -> bytes:
        return await self._repeat(
            lambda: self._with_session(
                lambda headers: self._request("GET", path, b"", headers, limit, _OK)
            )
        )

    async def _page(self, path: str) -> Listing:
        return read_listing(await self._get(path, LARGEST_PAGE))

    async def _do(self, method: str, path: str, body: bytes) -> None:
        await self._repeat(
            lambda: self._with_session(
                lambda headers: self._request(method, path, body, headers, LARGEST_SMALL, _DONE)
            )
        )

    async def _repeat(self, call: Callable[[], Awaitable[T]]) -> T:
        return await patiently(call, self._patience, self._tell)

    async def _with_session(self, call: Callable[[dict[str, str]], Awaitable[T]]) -> T:
        """``call`` with the header of a session; once more with a new one if it had ended."""
        session = await self._open_session()
        try:
            return await call({SESSION_HEADER: session.session})
        except Refused as error:
            if error.fault is not Fault.NO_SESSION:
                raise
        if self._session is session:
            self._session = None
        session = await self._open_session()
        return await call({SESSION_HEADER: session.session})

    async def _with_work(
        self, purpose: Purpose, subject: bytes, call: Callable[[dict[str, str]], Awaitable[T]]
    ) -> T:
        """``call`` with the header of a session, and of a proof of work where the server asks.

        A proof is kept for its subject: it is spent only with what is stored, so it is still good
        for the same thing sent again. Raises ``Refused`` after more than anybody has to find.
        """

        async def once(headers: dict[str, str]) -> T:
            proof = self._proofs.get(subject)
            return await call(headers if proof is None else {**headers, WORK_HEADER: str(proof)})

        for _ in range(_MOST_PROOFS):
            try:
                return await self._repeat(lambda: self._with_session(once))
            except Refused as error:
                if error.fault is not Fault.WORK_NEEDED:
                    raise
            self._proofs.pop(subject, None)
            work = await self._ask_work(purpose)
            if work.difficulty and self._caller is not None:
                self._proofs[subject] = await solve(work, self._caller.service, subject, self._tell)
        return await self._repeat(lambda: self._with_session(once))

    async def _ask_work(self, purpose: Purpose) -> Work:
        body = WorkRequest(purpose).to_bytes()
        data = await self._repeat(
            lambda: self._with_session(
                lambda headers: self._request(
                    "POST", "/api/work", body, headers, LARGEST_SMALL, _OK
                )
            )
        )
        work = _read(Work, data)
        if not _TOKEN.fullmatch(work.token):  # it goes into a header
            raise WrongAnswer
        return work

    async def _open_session(self) -> Session:
        """The session there is, or a new one. A challenge is answered once, so both requests are
        made again together."""
        async with self._logging_in:
            if self._session is None:
                self._session = await self._log_in()
            return self._session

    async def _log_in(self) -> Session:
        if self._caller is None:
            raise RuntimeError("This call needs a caller.")
        data = await self._request("POST", "/api/challenge", b"", {}, LARGEST_SMALL, _OK)
        body = self._caller.login(_read(Challenge, data).challenge, self._origin).to_bytes()
        data = await self._request("POST", "/api/session", body, {}, LARGEST_SMALL, _OK)
        session = _read(Session, data)
        if not _TOKEN.fullmatch(session.session):  # it goes into a header
            raise WrongAnswer
        return session

    async def _request(
        self, method: str, path: str, body: bytes, headers: dict[str, str], limit: int, status: int
    ) -> bytes:
        """One request, once: the body of the answer if it has the right status."""
        answer = await self._transport.request(
            method, path, headers=headers, body=body, limit=max(limit, LARGEST_SMALL)
        )
        if answer.status == status and (status == _OK or not answer.body):
            return answer.body
        raise _refusal(answer)


def _refusal(answer: Answer) -> ClientError:
    """What an answer that is no success means. Its sentence is never shown, only its fault."""
    if answer.status in _REDIRECTS:
        return Redirected()
    try:
        fault = Refusal.from_bytes(answer.body).fault
    except ProtocolError:
        return WrongAnswer()
    known = FAULTS[fault][0] == answer.status
    return Refused(fault, answer.wait) if known else WrongAnswer()


def _read(kind: type[D], data: bytes) -> D:
    try:
        return kind.from_bytes(data)
    except ProtocolError:
        raise WrongAnswer from None
