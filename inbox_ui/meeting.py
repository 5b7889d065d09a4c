"""The commands' dealings with the server, and what they say about them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from crypto.documents import Link
from crypto.errors import ProtocolError
from crypto.files import FileManifest
from dropbox.client.download import fetch
from dropbox.client.errors import Away, ClientError
from dropbox.client.service import Service
from inbox_ui import casework, console, publishing, renewal, rostering, saving, words
from inbox_ui.directories import Seen
from inbox_ui.errors import HasRoster, InboxError, NotDelivered
from inbox_ui.membership import Change
from inbox_ui.options import Place
from inbox_ui.running import run
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.sync import Outcome, Sync
from inbox_ui.validity import notices


async def meet(place: Place, station: Station) -> Outcome:
    """Fetch and deliver once, and say what a person has to know. Raises as :meth:`Sync.run`."""
    async with place.line() as line:
        outcome = await Sync(station, line, console.tell_page).run()
    for trouble in outcome.troubles:
        console.warn(trouble)
    if outcome.purged_again:
        console.say(words.PURGED_AGAIN.format(count=outcome.purged_again))
    if outcome.purged:
        console.say(words.PURGED.format(count=outcome.purged))
    for name in outcome.departed:
        console.say(words.DEPARTED.format(name=name))
    if outcome.renewed:
        publishing.write_out(station, place.folder)
        console.say(words.RENEWED.format(day=station.seen.directory.last_day))
    return outcome


async def watch(place: Place, station: Station, pause: float) -> None:
    """Go on with :func:`meet` until somebody ends it. What fails is said, and tried again."""
    while True:
        try:
            outcome = await meet(place, station)
            station.refresh(console.tell_folding)
            if outcome.new or outcome.delivered:
                console.say(words.NEW.format(new=outcome.new, delivered=outcome.delivered))
        except (ClientError, ProtocolError, InboxError) as error:
            console.warn(error)
        tell_validity(station)
        await asyncio.sleep(pause)


def tell_validity(station: Station) -> None:
    """Say what of the directory and of this analyst's certificates has run out, or soon will."""
    directory, roster = station.seen.directory, station.roster
    for each in notices(station.vault, directory, roster, station.today()):
        error, hint = words.WHAT_ENDS[each.what].format(day=each.day), words.REMEDIES[each.remedy]
        console.say(words.TROUBLE.format(error=error, hint=hint))


def look(place: Place, station: Station, offline: bool) -> bool:
    """Fetch, unless ``offline``, and fold; whether the server was there.

    One that is away is said, or one that cannot be spoken to, and work goes on with what is here.
    """
    there = False
    try:
        if not offline:
            run(meet(place, station))
            there = True
    except Away as error:
        console.say(words.AWAY.format(error=words.explain(error).error))
    except ClientError as error:
        console.warn(error)
    finally:
        tell_validity(station)  # it may be why the server does not let us in
    station.refresh(console.tell_folding)
    return there


def deliver(place: Place, station: Station, *cases: Summary, offline: bool, there: bool) -> None:
    """Deliver what was written in ``cases``, unless ``offline``.

    ``there`` says whether the server was reached a moment ago. Raises ``NotDelivered`` where it
    stays in the outbox.
    """
    if offline:
        console.say(words.KEPT)
        return
    if not there:
        raise NotDelivered
    try:
        run(meet(place, station))
    except ClientError as error:
        console.warn(error)
        raise NotDelivered from error
    if any(station.archive.outbox.items(station.casebook.address(each)) for each in cases):
        raise NotDelivered
    station.refresh(console.tell_folding)
    console.say(words.DELIVERED)


def tell_newer(station: Station, summary: Summary, read: Link | None) -> None:
    """Say what came from the reporter after ``read``, which nobody can have seen yet."""
    count = casework.count_newer(station.open_case(summary), read)
    if count:
        console.say(words.MORE_CAME.format(count=count))


async def publish(
    place: Place, station: Station, origins: Sequence[str] = (), site: bytes | None = None
) -> Seen:
    """Sign the next directory and give it to the server; the newest afterwards."""
    async with place.line() as line, line.as_publisher(station.vault) as service:
        return await renewal.renew(station, service, origins, site)


async def catch_up(place: Place, station: Station) -> None:
    """Learn the server's newest directory, as a publisher."""
    async with place.line() as line, line.as_publisher(station.vault) as service:
        await renewal.catch_up(station, service)


async def amend(place: Place, station: Station, change: Change) -> None:
    """Change the team: sign the next roster and give it to the server.

    Raises as :func:`rostering.amend`, and ``RosterKept`` where it was signed and did not get there.
    """
    async with _as_both(place, station) as (service, publisher):
        await renewal.catch_up(station, publisher)  # before its publisher may be out of office
        await rostering.amend(station, service, publisher, change)


async def begin_roster(place: Place, station: Station, label: str) -> None:
    """Sign the first roster of a team that has none, and give it to the server.

    Raises ``HasRoster``, and as :func:`rostering.sign_first` and :func:`amend`.
    """
    async with _as_both(place, station) as (service, publisher):
        await rostering.learn(station, service)
        if station.roster is not None:
            raise HasRoster
        rostering.sign_first(station, label)
        await rostering.publish(station, publisher)


@asynccontextmanager
async def _as_both(place: Place, station: Station) -> AsyncIterator[tuple[Service, Service]]:
    """A session as analyst, and one as publisher. Raises ``RosterKept`` if one breaks too early."""
    with rostering.kept(station, console.warn):
        async with (
            place.line() as line,
            line.as_analyst(station.vault) as service,
            line.as_publisher(station.vault) as publisher,
        ):
            yield service, publisher


async def save(
    place: Place, station: Station, manifest: FileManifest, out: Path | None, into: Path | None
) -> Path:
    """Fetch a file to ``out``, or into the folder ``into``; where it lies."""
    async with place.line() as line, line.as_analyst(station.vault) as service:
        if out is not None:
            return await saving.save_as(service, manifest, out, replace=True)
        assert into is not None
        return await saving.save_into(service, manifest, into)


async def read(place: Place, station: Station, manifest: FileManifest) -> bytes:
    """Fetch a file, whole and checked, into memory alone."""
    async with place.line() as line, line.as_analyst(station.vault) as service:
        return await fetch(service, manifest)
