"""What one more analyst costs a reporter: nothing. Groups are sealed to, not people (§7).

A team signs a directory and a reporter seals a report; then somebody joins, is on the roster and on
intake duty, and both are done again.
"""

import secrets
from datetime import timedelta
from pathlib import Path

from bench.budgets import JOINED_DIRECTORY, JOINED_REPORT, Result
from bench.corpus import PASSPHRASE
from bench.scale import Scale
from bench.team import Team, report, today
from crypto.directory import read_directory
from crypto.joining import Terms, admit, read_admission
from crypto.keys import AnalystSecret, MailboxSecret
from crypto.roster import Duty, read_roster
from inbox_ui import membership, publishing, rostering
from inbox_ui.folder import Folder
from inbox_ui.founding import settle
from inbox_ui.settings import Settings
from inbox_ui.station import Station


def measure(scale: Scale, folder: Path) -> list[Result]:
    """Bytes more of a report as it is sent, and of the directory."""
    team, place = Team.found(), Folder(folder / "vault")
    where = (place, folder / "root", Settings(None, None), PASSPHRASE)
    settle(team.founded, *where, secrets.token_bytes)
    with Station.open(place, PASSPHRASE, secrets.token_bytes, today) as station:
        station.archive.rosters.remember(team.founded.roster)
        signed = publishing.sign_next(station)
        station.archive.directories.remember(signed)
        before = _sizes(station, signed)
        _take_in(station, team)
        after = _sizes(station, publishing.sign_next(station))
    return [
        Result(JOINED_REPORT, after[0] - before[0]),
        Result(JOINED_DIRECTORY, after[1] - before[1]),
    ]


def _take_in(station: Station, team: Team) -> None:
    root, secret = team.founded.root, AnalystSecret.generate(secrets.token_bytes)
    days = (today(), today() + timedelta(days=360))
    terms = Terms("One more", (Duty.ANALYST,), True, days)
    admission = read_admission(admit(secret.keys.card, terms, root), root.keys.card)
    signed = rostering.sign_next(station, membership.add(admission))
    assert len(read_roster(signed, station.seen.directory).members) == 2


def _sizes(station: Station, signed: bytes) -> tuple[int, int]:
    """Of a report under this directory, and of the directory."""
    directory = read_directory(signed, station.vault.service)
    outgoing = report(directory, MailboxSecret.generate(secrets.token_bytes))
    envelope = outgoing.envelope
    wraps = sum(len(recipient) + len(wrap) for recipient, wrap in outgoing.wraps)
    return len(envelope.header.to_bytes()) + len(envelope.body) + wraps, len(signed)
