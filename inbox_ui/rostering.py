"""Signing the next roster and giving it to the server (docs/protocol.md §6).

As with directories: what was signed is kept before it is sent, and a server that has fallen behind
is given what it lacks, at once, for an older roster lets in whom a newer one refuses. Where another
publisher was quicker, the change is made anew on top of theirs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Final

from crypto.certificates import CertificateRole, read_certificate
from crypto.errors import RolledBack
from crypto.roster import ROSTER_VALIDITY, Roster, roster_hash, sign_roster
from dropbox.client.errors import Away, Refused, Unknown
from dropbox.client.service import Service
from dropbox.wire import Fault
from inbox_ui.epochs import newest_first_day
from inbox_ui.errors import ChangeLost, ClockAhead, NoRoster, OldRoster, RosterKept
from inbox_ui.founding import begin_roster
from inbox_ui.granting import note_before, note_holders
from inbox_ui.membership import Change, renew_certificate
from inbox_ui.publishing import RENEW_BELOW, check_office, check_publisher, in_office
from inbox_ui.rosters import SeenRoster
from inbox_ui.station import Station

_TRIES: Final = 4
"""Times a change is made anew because another publisher was quicker."""


async def learn(station: Station, service: Service) -> int | None:
    """Fetch the server's roster and remember it.

    ``None``, or the number of the older one that a server gives which lags: 0 where it has none.
    Who was to hold a group by the one before, or was there and gone between the two, is noted: the
    group is replaced. Raises ``OldRoster`` for one beside those that were seen, ``ChangeLost``
    where it has the place of a change that waited here, or what ``Rosters.admit`` raises.
    """
    rosters, directory = station.archive.rosters, station.seen.directory
    signed = await service.roster()
    before = station.roster
    if signed is None:
        return 0 if rosters.published(directory) is not None else None
    waited = rosters.unpublished(directory)
    try:
        rosters.admit(signed, directory, station.today())
    except RolledBack:
        return _number_of_older(station, signed)
    note_before(station, before)
    taken = waited is not None and rosters.unpublished(directory) is None
    if waited is not None and taken and signed != waited.signed and waited.roster.seq > 1:
        raise ChangeLost
    return None


def _number_of_older(station: Station, signed: bytes) -> int:
    try:
        return station.archive.rosters.number_of(signed)
    except RolledBack:
        raise OldRoster from None


def has_work(station: Station, *, lags: bool) -> bool:
    """Whether this analyst, as a publisher, has a roster to send, or one to renew today.

    ``lags`` says that the server has to be given older ones first.
    """
    if not in_office(station):
        return False
    waits = station.archive.rosters.unpublished(station.seen.directory)
    return lags or waits is not None or is_due(station)


def is_due(station: Station) -> bool:
    """Whether this analyst should renew the roster: few days are left, and then there are more; it
    is older than a group of the team, which nobody then grants; or the root has certified this
    analyst for longer than the roster says."""
    seen = station.archive.rosters.published(station.seen.directory)
    if seen is None or not in_office(station):
        return False
    days_left = seen.roster.expires - station.today()
    replaced = newest_first_day(station)
    is_older = seen.roster.issued < replaced <= station.today()
    return (
        is_older
        or _has_newer_certificate(station, seen.roster)
        or (days_left < RENEW_BELOW and seen.roster.expires < _last_day(station))
    )


def _has_newer_certificate(station: Station, roster: Roster) -> bool:
    member = roster.find(station.vault.analyst_secret.keys.card.id)
    if member is None or member.certificate == station.vault.certificate:
        return False
    root = station.seen.directory.root_card
    ours, theirs = (
        read_certificate(each, CertificateRole.ANALYST, root.id, root.sign, roster.service)
        for each in (station.vault.certificate, member.certificate)
    )
    return (ours.not_after or date.max) > (theirs.not_after or date.max)


def _last_day(station: Station) -> date:
    """Of a roster signed today: no longer than its publisher's certificate."""
    certificate = check_publisher(station.vault, station.seen.directory, station.today())
    longest = station.today() + ROSTER_VALIDITY
    return min(longest, certificate.not_after or longest)


def sign_first(station: Station, label: str) -> bytes:
    """The first roster of a team that has none, kept as not yet published.

    Raises ``NotPublisher``, ``Expired``, ``NotCanonical`` for a label no roster can hold.
    """
    signed = begin_roster(station.vault, station.today(), _last_day(station), label)
    station.archive.rosters.prepare(signed)
    return signed


def sign_next(station: Station, change: Change) -> bytes:
    """The roster after the newest, changed, from today on: signed, and kept as not yet published.

    Raises ``NoRoster``, ``NotPublisher``, ``Expired``, and what ``change`` raises.
    """
    seen, vault = station.archive.rosters.published(station.seen.directory), station.vault
    if seen is None:
        raise NoRoster
    check_office(station)
    expires = _last_day(station)
    assert vault.publisher is not None
    following = replace(
        change(seen.roster),
        publisher=vault.publisher,
        seq=seen.roster.seq + 1,
        issued=station.today(),
        expires=expires,
        previous=roster_hash(seen.signed),
    )
    if _has_newer_certificate(station, following):
        own = vault.analyst_secret.keys.card.id
        following = renew_certificate(own, vault.certificate)(following)
    signed = sign_roster(following, vault.analyst_secret.keys)
    station.archive.rosters.prepare(signed)
    return signed


async def publish(station: Station, service: Service) -> None:
    """Give the server what is kept, if anything is.

    ``service`` is a publisher's session. Raises ``RolledBack`` where another roster has the place
    of ours, ``ClockAhead`` where the server takes none of that day, both of which is then given
    up, or ``ClientError``.
    """
    rosters = station.archive.rosters
    kept = rosters.unpublished(station.seen.directory)
    if kept is None:
        return
    try:
        await service.publish_roster(kept.signed)
    except Refused as error:
        if error.fault not in (Fault.PLACE_TAKEN, Fault.TOO_EARLY):
            raise
        rosters.give_up()
        raise (RolledBack if error.fault is Fault.PLACE_TAKEN else ClockAhead) from None
    rosters.remember(kept.signed)


async def give_lacking(station: Station, publisher: Service, after: int) -> None:
    """Give a server that lags the rosters behind number ``after``, one after another.

    ``publisher`` is a publisher's session. Raises ``OldRoster`` where it does not take them, or
    ``ClientError``.
    """
    for each in station.archive.rosters.published_after(after):
        try:
            await publisher.publish_roster(each)
        except Refused as error:
            if error.fault is Fault.PLACE_TAKEN:
                raise OldRoster from None
            raise


async def renew(station: Station, publisher: Service) -> None:
    """Send what waits; then sign the roster anew where that is due, and send it.

    Raises as :func:`sign_next` and :func:`publish`.
    """
    await publish(station, publisher)
    if is_due(station):
        sign_next(station, lambda roster: roster)
        await publish(station, publisher)


@contextmanager
def kept(station: Station, tell: Callable[[Exception], None]) -> Iterator[None]:
    """Raise ``RosterKept`` where the server is lost after a roster was signed and kept here.

    ``tell`` is told how it was lost.
    """
    waited = station.archive.rosters.unpublished(station.seen.directory)
    try:
        yield
    except (Away, Unknown) as error:
        waits = station.archive.rosters.unpublished(station.seen.directory)
        if waits is None or waits == waited:
            raise
        tell(error)
        raise RosterKept from error


async def amend(
    station: Station, service: Service, publisher: Service, change: Change
) -> SeenRoster:
    """Change the team on top of the server's newest roster; the roster that says so.

    ``service`` is an analyst's session, ``publisher`` a publisher's. What waited from before is
    sent first. Groups are not replaced here but at the next sync: who was to hold them in between
    is noted. Raises as :func:`learn`, :func:`give_lacking` and :func:`sign_next`, and
    ``OldRoster`` where the server says again and again that another has the place, and shows none.
    """
    for _ in range(_TRIES):
        behind = await learn(station, service)
        if behind is not None:
            await give_lacking(station, publisher, behind)
        try:
            await publish(station, publisher)
            sign_next(station, change)
            await publish(station, publisher)
        except RolledBack:
            continue
        note_holders(station)
        found = station.seen_roster
        assert found is not None
        return found
    raise OldRoster
