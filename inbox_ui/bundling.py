"""What a workstation without a network does with bundles: write the next one, take one in.

Both are a sync. To import a bundle is to let the sync ask it, as it would ask the server; to
export is to run the sync over what the newest one brought, and to write down what it wants to ask
and to deliver. So nothing has to be remembered of what is on its way: what a lost bundle held is
asked for again by the next.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from crypto import bundle
from crypto.errors import ProtocolError
from crypto.files import FileManifest
from dropbox.client.download import fetch
from dropbox.client.errors import ClientError, Deferred
from dropbox.client.paging import id_name
from dropbox.client.retry import NO_PATIENCE
from dropbox.client.service import Service
from dropbox.wire import Role
from inbox_ui import saving
from inbox_ui.bundles import Answered, Asked, Cover, Method, Reading, Request, Way, reading, writing
from inbox_ui.carried import Round
from inbox_ui.errors import (
    DamagedBundle,
    FileAsked,
    ForeignBundle,
    InboxError,
    OlderBundle,
    UnknownAnswer,
    WrongWay,
)
from inbox_ui.line import Line
from inbox_ui.replay import Replay
from inbox_ui.station import Station
from inbox_ui.sync import Outcome, Sync

T = TypeVar("T")

_AT_ONCE: Final = 4
"""Answers that are written together: at most some 30 megabytes."""


@dataclass(frozen=True)
class Exported:
    """What a bundle takes out: how many requests that deliver, and how many that ask."""

    deliver: int
    ask: int


@dataclass(frozen=True)
class Imported:
    """What a bundle brought. ``again``: it had been imported before."""

    outcome: Outcome
    delivered: int
    again: bool


async def export(station: Station, goal: Path, *, replace: bool = False) -> Exported:
    """Write to ``goal`` what is to go out.

    Raises ``NoCourier``, ``AlreadyThere`` unless it may ``replace`` a file, ``CannotWrite``,
    ``NoSpace``, or what stops a sync.
    """
    carried = station.archive.carried
    state = carried.round()
    asked = await _ask(station, state)
    asked += [Asked(Request(Role.ANALYST, Method.GET, path), b"") for path in carried.wanted()]
    ours, theirs = bundle.sides(station.vault.analyst_secret, state.number)
    counter = carried.next_counter()
    names = _names(station, state)
    cover = Cover(Way.OUT, *names, counter, state.previous, state.origin)
    ends = (ours.keys, theirs.keys.card)
    with writing(goal, ends, cover, station.random_bytes, replace=replace) as written:
        for each in asked:
            written.add(each)
        carried.remember(counter, written.seal())
    deliver = sum(each.request.method is Method.POST for each in asked)
    return Exported(deliver, len(asked) - deliver)


async def take_in(station: Station, path: Path) -> Imported:
    """Import the bundle in ``path``, and do with it what a sync does.

    In this order: (1) whom it is for (2) its cover against what was written and imported here
    (3) all of it, kept where it does not count (4) the signature (5) it counts, and is synced.
    Raises ``NoCourier``, the errors of :func:`~inbox_ui.bundles.reading`, ``WrongWay``,
    ``OlderBundle``, ``UnknownAnswer``, or what stops a sync.
    """
    carried = station.archive.carried
    state = carried.round()
    again = _verify(station, state, path)
    waiting = len(station.archive.outbox.items())
    outcome = await _sync(station, Replay(carried, final=True), carried.round().origin)
    cursor = station.archive.reached().cursor
    carried.forget_fetched(f"/api/feed/{after}" for after in (cursor - 1, cursor))
    return Imported(outcome, waiting - len(station.archive.outbox.items()), again)


async def save(
    station: Station, manifest: FileManifest, out: Path | None, into: Path | None
) -> Path:
    """Where the file lies now. Its parts are kept no longer.

    Raises ``FileAsked`` where it has not come, and as :func:`inbox_ui.saving.save_as` and
    ``save_into``.
    """

    async def write(service: Service) -> Path:
        if out is not None:
            return await saving.save_as(service, manifest, out, replace=True)
        assert into is not None
        return await saving.save_into(service, manifest, into)

    saved = await _with_brought(station, manifest, write)
    station.archive.carried.drop(_parts_of(manifest))
    return saved


async def read(station: Station, manifest: FileManifest) -> bytes:
    """The file, whole and checked, in memory alone. Its parts stay: it may be saved after that.

    Raises ``FileAsked`` where it has not come, and as ``download.fetch``.
    """
    return await _with_brought(station, manifest, lambda service: fetch(service, manifest))


async def _with_brought(
    station: Station, manifest: FileManifest, action: Callable[[Service], Awaitable[T]]
) -> T:
    """What ``action`` makes of the parts that bundles brought; where one is missing, the next
    bundle asks for all of them."""
    carried, parts = station.archive.carried, _parts_of(manifest)
    line = Line(Replay(carried, final=False), carried.round().origin, NO_PATIENCE)
    async with line.as_analyst(station.vault) as service:
        try:
            return await action(service)
        except Deferred:
            carried.want(parts)
            raise FileAsked from None
        except ProtocolError:
            carried.drop(parts)  # what came is not the file: it is fetched anew
            raise


def _parts_of(manifest: FileManifest) -> list[str]:
    return [f"/api/files/{id_name(manifest.id)}/{number}" for number in range(manifest.parts)]


async def _ask(station: Station, state: Round) -> list[Asked]:
    """Everything that a sync asks for and delivers, over what was brought the last time."""
    replay = Replay(station.archive.carried, final=False)
    try:
        await _sync(station, replay, state.origin)
    except (ProtocolError, ClientError):  # older than the archive, or what no server should say
        station.archive.carried.forget()
        replay = Replay(station.archive.carried, final=False)
        await _sync(station, replay, state.origin)
    posts = [each for each in replay.asked.values() if each.request.method is Method.POST]
    gets = [each for each in replay.asked.values() if each.request.method is Method.GET]
    return posts + gets  # so that what is delivered shows in what is fetched


async def _sync(station: Station, replay: Replay, origin: str) -> Outcome:
    outcome = await Sync(station, Line(replay, origin, NO_PATIENCE)).run()
    outcome.troubles = [each for each in outcome.troubles if not isinstance(each, Deferred)]
    return outcome


def _verify(station: Station, state: Round, path: Path) -> bool:
    """Let the bundle's answers count; whether they did before."""
    ours, theirs = bundle.sides(station.vault.analyst_secret, state.number)
    try:
        with reading(path, ours.keys, theirs.keys.card, station.vault.service) as found:
            return _admit(station, state, found, path)  # (1)
    except ForeignBundle:
        if _is_own(station, state, path):
            raise WrongWay(path) from None
        raise


def _admit(station: Station, state: Round, found: Reading, path: Path) -> bool:
    carried, cover = station.archive.carried, found.cover
    ours = (Way.IN, *_names(station, state))
    if (cover.way, cover.service, cover.analyst, cover.courier) != ours:
        raise ForeignBundle(path)  # (2)
    if cover.counter <= state.imported:
        _check_same(state, found, path)
        return True
    if not carried.is_ours(cover.counter, cover.previous):
        raise UnknownAnswer(path)
    carried.clear(cover.counter)
    some: list[Answered] = []
    for part in found.parts():  # (3), (4) at its end
        some.append(_read(part, path))
        if len(some) == _AT_ONCE:
            carried.keep(cover.counter, some)
            some.clear()
    carried.keep(cover.counter, some)
    carried.admit(cover.counter, found.digest, cover.origin)  # (5)
    return False


def _check_same(state: Round, found: Reading, path: Path) -> None:
    """Raise ``OlderBundle`` unless it is the newest that was imported, byte by byte."""
    for _ in found.parts():
        pass
    if found.digest != state.previous:
        raise OlderBundle(path)


def _names(station: Station, state: Round) -> tuple[bytes, bytes, int]:
    return station.vault.service, station.vault.analyst_secret.keys.card.id, state.number


def _read(part: bytes, path: Path) -> Answered:
    try:
        return Answered.from_bytes(part)
    except ProtocolError:
        raise DamagedBundle(path) from None


def _is_own(station: Station, state: Round, path: Path) -> bool:
    """Whether it is one that goes the other way."""
    ours, theirs = bundle.sides(station.vault.analyst_secret, state.number)
    try:
        with reading(path, theirs.keys, ours.keys.card, station.vault.service):
            return True
    except InboxError:
        return False
