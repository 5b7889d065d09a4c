"""What an analyst's workstation asks about the team itself (docs/protocol.md §6, §7, §9).

Signed papers come back as bytes that nobody has believed yet: whoever has the roster verifies them.
Each of these calls can be made again, and then changes nothing.
"""

from abc import ABC, abstractmethod
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from typing import Final, Protocol, TypeVar

from crypto.encoding import Document, rising
from crypto.errors import ProtocolError
from crypto.outgoing import Outgoing
from dropbox.client.errors import Refused, WrongAnswer
from dropbox.client.listing import Listing, check_rising
from dropbox.client.submission import pack_assignment
from dropbox.wire import (
    LARGEST_DIRECTORY,
    LARGEST_WRAPS,
    PAPERS,
    WRAPS_PER_REQUEST,
    Fault,
    Grants,
    Opened,
    Papers,
    Purging,
    Receipt,
    Rewrapping,
    Spot,
    Unwrapping,
    pack,
    unpack,
)

D = TypeVar("D", bound=Document)

_GRANTS_PER_REQUEST: Final = PAPERS // 2
_MOST_PAGES: Final = 100
"""Pages of erasures: a server must not have a workstation ask for ever."""


class Rewrapped(Protocol):
    """One envelope and its new wrap; what ``Analyst.rewrap`` makes."""

    @property
    def chain(self) -> int:
        """Its chain, 1 to 3."""

    @property
    def seq(self) -> int:
        """Its place in the chain."""

    @property
    def id(self) -> bytes:
        """Its id, 32 bytes."""

    @property
    def wrap(self) -> bytes:
        """Its content key, wrapped: 1,184 bytes."""


class TeamCalls(ABC):
    """The calls, on top of those of a :class:`dropbox.client.service.Service`, which has them."""

    # -- who the team is ------------------------------------------------------------------------

    async def roster(self) -> bytes | None:
        """The newest signed roster, unverified; ``None`` where the server has none yet."""
        try:
            return await self._get("/api/roster", LARGEST_DIRECTORY)
        except Refused as error:
            if error.fault is not Fault.UNKNOWN:
                raise
            return None

    async def publish_roster(self, signed: bytes) -> None:
        """Give the server the next signed roster. Done too where it already has this one.

        Needs a publisher's session. Raises ``Refused``: ``place-taken`` where it has another one
        that this does not follow.
        """
        try:
            await self._do("POST", "/api/roster", signed)
        except Refused as error:
            if error.fault is not Fault.PLACE_TAKEN or await self.roster() != signed:
                raise

    # -- keys that go round ---------------------------------------------------------------------

    async def receiving(self) -> tuple[bytes, ...]:
        """The newest signed receiving key of every analyst who may be granted to."""
        return await self._papers("/api/receiving")

    async def tell_receiving(self, signed: bytes) -> None:
        """Say what the caller's own receiving key is. ``place-taken``: a newer one is there."""
        await self._do("POST", "/api/receiving", signed)

    async def grants(self) -> tuple[tuple[bytes, bytes | None], ...]:
        """Signed grants to the caller, the oldest first, each with the mailbox of a case group.

        At most 1,000: there may be more once these have been opened.
        """
        grants, blobs = await self._parcel(Grants, "/api/grants")
        if len(blobs) != len(grants.mailboxes):
            raise WrongAnswer
        return tuple(zip(blobs, grants.mailboxes, strict=True))

    async def give_grants(self, grants: Sequence[tuple[bytes, bytes | None]]) -> None:
        """Leave signed grants of the caller's for others. A newer one of a group to a member takes
        the place of the one before it. Where it raises, some may be there."""
        for start in range(0, len(grants), _GRANTS_PER_REQUEST):
            some = grants[start : start + _GRANTS_PER_REQUEST]
            document = Grants(tuple(mailbox for _, mailbox in some))
            parcel = pack(document.to_bytes(), [signed for signed, _ in some])
            await self._do("POST", "/api/grants", parcel)

    async def opened_grants(self, groups: Collection[bytes]) -> None:
        """The grants of these groups to the caller are needed no more: the server deletes them."""
        opened = rising(groups)
        for start in range(0, len(opened), PAPERS):
            body = Opened(opened[start : start + PAPERS]).to_bytes()
            await self._do("POST", "/api/grants/opened", body)

    async def erased(self) -> tuple[bytes, ...]:
        """The signed erasures of the team, the oldest first, page by page.

        Raises ``WrongAnswer`` for more than any team has.
        """
        found: list[bytes] = []
        for _ in range(_MOST_PAGES):
            page = await self.erased_page(len(found))
            found += page
            if len(page) < PAPERS:
                return tuple(found)
        raise WrongAnswer

    async def erased_page(self, start: int) -> tuple[bytes, ...]:
        """At most 1,000 of them, without the first ``start``: the last page is a shorter one."""
        return await self._papers(f"/api/erased/{start}")

    async def tell_erased(self, signed: bytes) -> None:
        """Say that the caller no longer has a group's secret."""
        await self._do("POST", "/api/erased", signed)

    # -- cases ----------------------------------------------------------------------------------

    async def assign(
        self, handover: Outgoing, assigned: Outgoing, handlers: Collection[bytes]
    ) -> Receipt:
        """Store both and give the mailbox to ``handlers``, or nothing. Raises as ``submit``."""
        pair = (handover, assigned)
        return await self._store("/api/assignments", pair, pack_assignment(pair, handlers))

    async def rewrap(self, mailbox: bytes, recipient: bytes, wraps: Sequence[Rewrapped]) -> None:
        """Add wraps to ``recipient``, the group that has the mailbox; one that is there stays.

        Raises ``Refused``: ``other-group`` where another group has it. Where it raises, some may
        be there.
        """
        for start in range(0, len(wraps), WRAPS_PER_REQUEST):
            some = wraps[start : start + WRAPS_PER_REQUEST]
            spots = tuple(Spot(int(each.chain), each.seq, each.id) for each in some)
            document = Rewrapping(mailbox, recipient, spots)
            await self._do(
                "POST", "/api/wraps", pack(document.to_bytes(), [each.wrap for each in some])
            )

    async def unwrap(self, mailbox: bytes, recipient: bytes) -> None:
        """Delete the wraps to ``recipient``, a group that no longer has the mailbox, wherever
        there is one to the group that has it."""
        await self._do("POST", "/api/unwrapping", Unwrapping(mailbox, recipient).to_bytes())

    async def case_page(self, mailbox: bytes, after: int) -> Listing:
        """One page of a mailbox behind position ``after``, as the feed would give it.

        Acknowledges nothing. Raises ``WrongAnswer`` for another mailbox's, and unless positions
        rise from ``after``.
        """
        name = urlsafe_b64encode(mailbox).rstrip(b"=").decode("ascii")
        listing = check_rising(await self._page(f"/api/case/{name}/{after}"), after)
        if any(each.mailbox != mailbox for each in listing.entries):
            raise WrongAnswer
        return listing

    async def purge(self, mailbox: bytes, seen: tuple[Spot, ...]) -> None:
        """Delete all there is of a mailbox whose handler the caller is; its mark stays.

        ``seen``: the last place of ``reporter`` and of ``case`` that is known here. Raises
        ``Refused``: ``place-taken`` where there is more of it.
        """
        await self._do("POST", "/api/purging", Purging(mailbox, seen).to_bytes())

    # -- how it is done -------------------------------------------------------------------------

    async def _papers(self, path: str) -> tuple[bytes, ...]:
        papers, blobs = await self._parcel(Papers, path)
        if len(blobs) != papers.count:
            raise WrongAnswer
        return tuple(blobs)

    async def _parcel(self, kind: type[D], path: str) -> tuple[D, list[bytes]]:
        data = await self._get(path, LARGEST_WRAPS)
        try:
            document, blobs = unpack(data)
            return kind.from_bytes(document), blobs
        except ProtocolError:
            raise WrongAnswer from None

    @abstractmethod
    async def _get(self, path: str, limit: int) -> bytes: ...

    @abstractmethod
    async def _page(self, path: str) -> Listing: ...

    @abstractmethod
    async def _do(self, method: str, path: str, body: bytes) -> None: ...

    @abstractmethod
    async def _store(
        self, path: str, outgoings: tuple[Outgoing, ...], parcel: bytes
    ) -> Receipt: ...
