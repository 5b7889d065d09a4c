"""One telephone call, in memory and nowhere else, and what is done in it at the server.

To the server the workstation is a reporter here: on a connection of its own, without the analyst's
session, in the mailbox that the seven words open. When the call ends nothing of it is left but what
was sealed and sent.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from crypto.errors import Contested, Expired, OverLimit, RolledBack
from crypto.keys import MailboxSecret
from crypto.passphrase import Passphrase, mailbox_secret
from crypto.reporter import Conversation
from dropbox.client import visit as visits
from dropbox.client.errors import Refused, Unknown
from dropbox.client.retry import say_nothing
from dropbox.client.visit import Visit
from dropbox.client.wordlist import word_list
from dropbox.site.builder import service_of
from dropbox.site.forces import offered_forces
from dropbox.site.questions import ACCOUNT
from dropbox.wire import Fault
from inbox_ui.line import PATIENCE
from inbox_ui.options import Place, today
from inbox_ui.pages import words
from inbox_ui.pages.courier import SAYABLE
from inbox_ui.words import Explained
from inbox_ui.work import phone_words, telephone
from inbox_ui.work.telephone import Left, Problem, Spoken

PLACES: Final = tuple(range(1, 8))
_NAME: Final = 16


class Stage(Enum):
    """How far a call has got."""

    WRITING = auto()
    """The caller reports; nothing is sent."""
    TELLING = auto()
    """It has arrived: the words are on the page, to be read out."""
    HEARING = auto()
    """The caller reads them back; only wrong ones are on the page."""
    KNOWN = auto()
    """All seven were read back."""
    ASKING = auto()
    """Somebody rings again: the words are asked for."""
    MAILBOX = auto()
    """Somebody rang again: the team's messages are on the page."""


@dataclass(frozen=True)
class Server:
    """The way there. ``service`` is the root's card id, 32 bytes; ``seq`` the number of the newest
    directory that was seen here: an older one is a lie."""

    place: Place
    service: bytes
    seq: int

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Visit]:
        """A visit that has not begun."""
        async with self.place.line(say_nothing) as line:
            visit = Visit(
                line.transport,
                line.origin,
                self.service,
                random_bytes=secrets.token_bytes,
                today=today,
                patience=PATIENCE,
            )
            async with visit:
                yield visit

    def check(self, visit: Visit) -> None:
        """Raise ``RolledBack`` where the directory is older than the one seen here."""
        if visit.directory.seq < self.seq:
            raise RolledBack


@dataclass
class PhoneCall:
    """A call. ``turn`` counts what was done in it: a form of an earlier turn is not taken. ``left``
    is what of the words that were just forgotten still stands in the form.

    ``places`` are those of the words that are still to be read back rightly. ``doubt``: what was
    sent may have arrived; ``changed``: the form is not any more what was sent then.
    """

    stage: Stage
    name: str = field(default_factory=lambda: secrets.token_urlsafe(_NAME))
    turn: int = 0
    spoken: Spoken = field(default_factory=Spoken, repr=False)
    problems: Sequence[Problem] = field(default=(), repr=False)
    news: tuple[str, ...] = ()
    left: tuple[Left, ...] = field(default=(), repr=False)
    trouble: Explained | None = None
    busy: bool = False
    doubt: bool = False
    changed: bool = False
    passphrase: Passphrase | None = None
    places: tuple[int, ...] = PLACES
    wrong: tuple[int, ...] = ()
    typed: str = field(default="", repr=False)
    secret: MailboxSecret | None = field(default=None, repr=False)
    conversation: Conversation | None = field(default=None, repr=False)
    may_write: bool = True

    def begin_turn(self) -> None:
        """Somebody did something: what was said of the turn before is not said again."""
        self.turn += 1
        self.problems, self.news, self.trouble = (), (), None

    def hold(self, spoken: Spoken) -> None:
        """Have this in the form from now on."""
        if self.doubt and spoken != self.spoken:
            self.changed = True
        self.spoken = spoken

    @property
    def unfinished(self) -> bool:
        """Whether something would be lost by ending it here."""
        lost = self.stage in (Stage.TELLING, Stage.HEARING)
        return lost or not self.spoken.empty

    # -- at the server --------------------------------------------------------------------------

    async def report(self, server: Server) -> None:
        """Seal and send the report. The words are made at the first try, and are the same at the
        next: so the report cannot arrive twice."""
        await self._at(server, self._report)

    async def open(self, server: Server, passphrase: Passphrase) -> None:
        """Open the mailbox of a caller who has the words."""

        async def work(visit: Visit) -> None:
            secret = await asyncio.to_thread(mailbox_secret, passphrase, server.service)
            visit.resume(secret)
            await self._look(visit)
            if self.conversation is None or self.conversation.empty:
                self.problems = [("words", phone_words.NOTHING_OPENS)]
                self.conversation = None
            else:
                self.secret, self.typed, self.stage = secret, "", Stage.MAILBOX

        await self._at(server, work)

    async def answer(self, server: Server) -> None:
        """Send what the caller answers, once: behind exactly what the page has shown."""
        await self._at(server, self._answer)

    async def withdraw_contact(self, server: Server) -> None:
        """Tell the team that the contact details may not be used."""

        async def work(visit: Visit) -> None:
            await visit.withdraw_contact(self._resume(visit))
            self.news = (phone_words.WITHDRAWN,)
            await self._look(visit)

        await self._at(server, work)

    async def look_again(self, server: Server) -> None:
        """Look into the mailbox once more."""

        async def work(visit: Visit) -> None:
            self._resume(visit)
            await self._look(visit)

        await self._at(server, work)

    async def _at(self, server: Server, work: Callable[[Visit], Awaitable[None]]) -> None:
        """Do ``work`` in a visit. What goes wrong becomes ``trouble``; the form stays as it is."""
        stage = visits.Stage.NOTHING_SENT
        self.busy = True
        try:
            async with server.visit() as visit:
                try:
                    await visit.arrive()
                    server.check(visit)
                    await work(visit)
                finally:
                    stage = visit.stage
        except OverLimit:
            self.problems = [(ACCOUNT.name, phone_words.ALL_TOO_LONG)]
        except SAYABLE as error:
            self.doubt |= isinstance(error, Unknown) or stage is visits.Stage.SENDING
            self.trouble = self._explain(error)
        finally:
            self.busy = False

    async def _report(self, visit: Visit) -> None:
        if self.passphrase is None:
            self.passphrase = word_list().generate(secrets.token_bytes)
        service = visit.directory.service
        visit.resume(await asyncio.to_thread(mailbox_secret, self.passphrase, service))
        offered = offered_forces(demo=service_of(visit.directory).demo)
        forces = [each.id for each in offered]
        draft = telephone.draft_report(
            self.spoken, visit.address, visit.directory, forces, secrets.token_bytes
        )
        try:
            await visit.report(draft)
        except Refused as error:
            if error.fault is not Fault.PLACE_TAKEN or not self.doubt:
                raise
            self.news = (phone_words.WENT_BEFORE,) if self.changed else ()
        self.spoken, self.stage, self.doubt = Spoken(), Stage.TELLING, False

    async def _answer(self, visit: Visit) -> None:
        conversation = self._resume(visit)
        try:
            await visit.answer(telephone.draft_answer(self.spoken), conversation, behind=False)
        except Refused as error:
            if error.fault is not Fault.PLACE_TAKEN:
                raise
            self.problems = [(ACCOUNT.name, phone_words.ARRIVED_MEANWHILE)]
        else:
            self.spoken, self.news = Spoken(), (phone_words.SENT,)
        self.doubt = False
        await self._look(visit)

    def _resume(self, visit: Visit) -> Conversation:
        """The mailbox as the page has shown it, with the visit in it."""
        assert self.secret is not None
        assert self.conversation is not None
        visit.resume(self.secret)
        return self.conversation

    async def _look(self, visit: Visit) -> None:
        """See the mailbox as it is now. Raises ``RolledBack`` where it is older than before."""
        conversation = await visit.read()
        if self.conversation is not None:
            conversation.check_follows(self.conversation)
        self.conversation = conversation
        has_group = conversation.case_card is not None
        self.may_write = not conversation.contested and (has_group or not visit.expired)

    def _explain(self, error: Exception) -> Explained:
        """What to say about ``error``: what went wrong, and what became of what was written."""
        for kind in type(error).__mro__:
            if kind in _OURS:
                return _OURS[kind]
        hint = phone_words.IN_DOUBT if self.doubt else phone_words.NOT_SENT
        return Explained(words.explain(error).error, phone_words.TRY if self.spoken.empty else hint)


_OURS: Final[dict[type[Exception], Explained]] = {
    Expired: phone_words.EXPIRED,
    RolledBack: phone_words.ROLLED_BACK,
    Contested: phone_words.CONTESTED,
}
