"""Purging a case: at the server, in the vault and here (docs/protocol.md §7).

(1) the server deletes the mailbox (2) it is noted here as leaving, with the groups it had (3) their
secrets are erased from the vault, which is written anew under a fresh key (4) the server is told of
each with a signed ``Erased`` (5) what the archive has of it goes, and with it the note

Between (2) and (5) the note says how far it is: once the secrets are gone, nothing here could tell.
What is due is for this workstation's own fold to say. So each handler's workstation purges by
itself, and a server that says a case was purged has nobody purge it.
"""

from datetime import date

from crypto.errors import Expired
from crypto.groups import sign_erased
from crypto.keys import GroupSecret
from dropbox.client.errors import Refused
from dropbox.client.service import Service
from inbox_ui.errors import NotPurged
from inbox_ui.retention import is_due
from inbox_ui.station import Station
from inbox_ui.summary import Summary


def due(station: Station) -> list[Summary]:
    """The cases that are due today by their own chains, hidden ones too.

    None while the directory is not valid today: then it is this machine's date that is in doubt.
    """
    try:
        station.seen.directory.check_day(station.today())
    except Expired:
        return []
    return [each for each in station.casebook.all() if is_summary_due(each, station.today())]


def is_summary_due(summary: Summary, today: date) -> bool:
    """Whether the case of a summary has to go."""
    keep, hold = _day(summary.keep_until), _day(summary.hold)
    return not summary.damaged and is_due(keep, hold, summary.unread, today)


async def purge_due(station: Station, service: Service) -> tuple[int, list[Exception]]:
    """Purge what is due and finish what was begun: how many cases, and what a person has to know.

    ``station`` is folded. Raises ``Away``, or what archive and vault raise.
    """
    troubles: list[Exception] = []
    leaving = station.archive.leaving
    for summary in due(station):
        address = station.casebook.address(summary)
        try:
            await service.purge(address)  # (1)
        except Refused:
            if summary.handlers:  # else nobody is its handler, and it goes with its epoch
                troubles.append(NotPurged(summary.name))
        leaving.begin(address, _groups_of(station, address))  # (2)
    gone = leaving.all()
    for address, groups in gone.items():
        await _finish(station, service, address, groups)
    if gone:
        station.refresh()
    return len(gone), troubles


async def _finish(
    station: Station, service: Service, address: bytes, groups: tuple[bytes, ...]
) -> None:
    station.keep(lambda vault: vault.without_case(address))  # (3)
    own, today = station.vault.analyst_secret.keys, station.today()
    for group in groups:
        await service.tell_erased(sign_erased(group, today, own, station.vault.service))  # (4)
    station.archive.leaving.finish(address)  # (5)


def _groups_of(station: Station, address: bytes) -> list[bytes]:
    """The case groups of a mailbox whose secrets are in the vault."""
    secrets = (each.secret for each in station.vault.cases if each.mailbox == address)
    return [GroupSecret(each).keys.card.id for each in secrets]


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
