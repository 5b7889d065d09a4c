"""Who comes in, and with whose share: asked before the body of a request is read (§9).

A mailbox that has an envelope comes in whatever happens, and so does the team. A stranger, whose
mailbox has none yet, comes in

(1) while there is more room on the disk than is kept for the others;
(2) while nobody has to work, or with a right proof of work; people without scripts cannot work,
    and have a share of their own instead.

While all is calm nobody is looked up: then whoever is not remembered as known takes of the
strangers' share, which is empty. What is decided here is asked again in the transaction that
stores.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from crypto.errors import NotCanonical, WrongProof
from crypto.work import check_proof, work_seed
from dropbox import limits
from dropbox.api.bodies import Bodies
from dropbox.api.tokens import Tokens
from dropbox.difficulty import Difficulty
from dropbox.limits import Lane
from dropbox.store.jobs import FREE, Caller, Permit
from dropbox.store.reading import is_known, owned_file
from dropbox.store.refused import Refused
from dropbox.store.store import Store
from dropbox.wire import Fault, Proof, Purpose, Role, Work

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Entry:
    """How a request came in: its lane, its permit, and the subject its proof was made for."""

    lane: Lane = Lane.KNOWN
    permit: Permit = FREE
    subject: bytes | None = None


KNOWN: Final = Entry()


class Gate:
    """The gate of one worker. ``root`` is the service's id."""

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        root: bytes,
        difficulty: Difficulty,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bodies: Final = Bodies()
        self._store = store
        self._tokens = tokens
        self._root = root
        self._difficulty = difficulty
        self._monotonic = monotonic
        self._roomy = True
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._unknown: OrderedDict[bytes, float] = OrderedDict()
        self._files: OrderedDict[tuple[Caller, bytes], tuple[float, int]] = OrderedDict()
        self._proofs: OrderedDict[bytes, int] = OrderedDict()

    # -- what the worker tells it ---------------------------------------------------------------

    def pulse(self) -> None:
        """Look at how much there is to do, and forget who came when: once a second."""
        now = self._monotonic()
        self._difficulty.advance(now, self.strangers_share)
        self._roomy = self._store.room.takes_strangers
        _forget(self._unknown, [key for key, until in self._unknown.items() if until <= now])
        _forget(self._files, [key for key, (until, _) in self._files.items() if until <= now])

    @property
    def strangers_share(self) -> float:
        """How full the fullest of the strangers' shares is, 0 to 1 and a little."""
        return max(
            self._store.writer.fullness(Lane.STRANGER),
            self.bodies.fullness(Lane.STRANGER),
            self._store.unfinished_share,
        )

    # -- what handlers ask ----------------------------------------------------------------------

    def is_remembered(self, caller: Caller) -> bool:
        """Whether the caller is known without a look: the team, or a mailbox looked up before."""
        return caller.role is not Role.MAILBOX or caller.address in self._known

    def remember(self, caller: Caller) -> None:
        """The caller's mailbox has an envelope."""
        _keep(self._known, caller.address, None)

    def give_work(self, purpose: Purpose, now: int) -> Work:
        """A token for a proof; ``now`` in unix seconds."""
        level = self._difficulty.level
        return Work(self._tokens.make_work(purpose, level, now), level)

    async def enter(
        self, caller: Caller, header: str | None, purpose: Purpose, now: int, lane: Lane
    ) -> Entry:
        """Let a submission or a file start in. Raises ``Refused``: the body was not read.

        ``lane`` is whose share a stranger takes of, as the connection says.
        """
        if self.is_remembered(caller):
            return KNOWN
        if lane is Lane.PLAIN:
            return await self._enter_plain(caller)
        level, roomy = self._difficulty.level, self._roomy
        if not level and roomy and self.strangers_share <= limits.HIGH_SHARE:
            self._difficulty.let_in()
            return Entry(Lane.STRANGER)
        if level and roomy and header is not None:
            entry = self._check(caller, header, purpose, now)
        elif await self.is_known(caller):
            return KNOWN
        elif not roomy:
            raise Refused(Fault.FULL)
        elif level:
            self._difficulty.turned_away()
            raise Refused(Fault.WORK_NEEDED)
        else:
            entry = Entry(Lane.STRANGER)
        self._difficulty.let_in()
        return entry

    async def _enter_plain(self, caller: Caller) -> Entry:
        if await self.is_known(caller):
            return KNOWN
        if not self._roomy:
            raise Refused(Fault.FULL)
        return Entry(Lane.PLAIN)

    async def is_known(self, caller: Caller) -> bool:
        """Whether the caller's mailbox has an envelope, or it is the team."""
        if self.is_remembered(caller):
            return True
        now = self._monotonic()
        if self._unknown.get(caller.address, now) > now:
            return False
        known = await self._store.read(
            caller, lambda connection: is_known(connection, caller.address)
        )
        if known:
            self.remember(caller)
        else:
            _keep(self._unknown, caller.address, now + limits.BELIEVED_SECONDS)
        return known

    async def parts_of(self, caller: Caller, file: bytes) -> int:
        """How many parts this file of the caller's has. Raises ``Refused``.

        Its parts come hundreds a second, so what was found is believed for a moment: the
        transaction that stores a part asks again.
        """
        now = self._monotonic()
        until, parts = self._files.get((caller, file), (now, 0))
        if until <= now:
            row = await self._store.read(
                caller, lambda connection: owned_file(connection, caller, file)
            )
            parts = row.parts
            _keep(self._files, (caller, file), (now + limits.BELIEVED_SECONDS, parts))
        return parts

    # -- proofs ---------------------------------------------------------------------------------

    def _check(self, caller: Caller, header: str, purpose: Purpose, now: int) -> Entry:
        """The entry of a right proof; what costs least is asked first.

        (1) its form (2) the token is ours, not late, for this purpose (3) it was hard enough when
        it was given (4) the subject, as far as it can be known before the body (5) it was not
        looked at too often; after one wrong proof a token is not looked at again (6) the work.
        """
        try:
            proof = Proof.read(header)  # (1)
        except NotCanonical:
            raise Refused(Fault.MALFORMED) from None
        token = self._tokens.read_work(proof.token, now)  # (2)
        if token.purpose is not purpose or token.difficulty < max(self._difficulty.enough, 1):
            raise Refused(Fault.WORK_NEEDED)  # (2) (3)
        if purpose is Purpose.REPORT and proof.subject != caller.address:
            raise Refused(Fault.WORK_NEEDED)  # (4)
        uses = self._proofs.get(token.random, 0)
        if uses >= limits.USES:
            raise Refused(Fault.WORK_NEEDED)  # (5)
        try:
            seed = work_seed(self._root, proof.token, proof.subject)
            check_proof(seed, proof.counter, token.difficulty)  # (6)
        except WrongProof:
            _keep(self._proofs, token.random, limits.USES)
            raise Refused(Fault.WORK_NEEDED) from None
        _keep(self._proofs, token.random, uses + 1)
        permit = Permit(True, token.random, token.expires)
        return Entry(Lane.STRANGER, permit, proof.subject)


def _keep(remembered: OrderedDict[K, V], key: K, value: V) -> None:
    remembered[key] = value
    if len(remembered) > limits.REMEMBERED:
        remembered.popitem(last=False)


def _forget(remembered: OrderedDict[K, V], keys: list[K]) -> None:
    for key in keys:
        del remembered[key]
