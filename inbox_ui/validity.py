"""For how long a team can go on: its directory and roster, and the certificates of the analyst.

What has run out, or will soon, is said by every command that fetches, and on stderr: an expired
directory keeps every first report away, and nothing else would tell. An expired roster is the only
sign of a server that keeps newer ones back, and so goes on letting in who was removed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import Final

from crypto.certificates import CLOCK_SLACK, CertificateRole, read_certificate
from crypto.directory import Directory
from crypto.roster import Roster
from inbox_ui.publishing import RENEW_BELOW, may_publish
from inbox_ui.vault import Vault

_SOON: Final = timedelta(days=30)
"""Bringing the root's file from where it is kept takes a person some days."""


class What(Enum):
    """What has run out or will."""

    DIRECTORY_OVER = auto()
    DIRECTORY_ENDS = auto()
    ROSTER_OVER = auto()
    ANALYST_OVER = auto()
    ANALYST_ENDS = auto()
    PUBLISHER_OVER = auto()
    PUBLISHER_ENDS = auto()
    EARLY = auto()
    """The directory is of a day that has not come yet: this machine's date is wrong."""


class Remedy(Enum):
    """What helps."""

    SYNC = auto()
    PUBLISHER = auto()
    ROOT = auto()
    DATE = auto()


@dataclass(frozen=True)
class Notice:
    """``day`` is the last one."""

    what: What
    day: date
    remedy: Remedy


def notices(vault: Vault, directory: Directory, roster: Roster | None, today: date) -> list[Notice]:
    """What a person has to know today, the worst first."""
    if directory.issued - today > CLOCK_SLACK:
        return [Notice(What.EARLY, directory.issued, Remedy.DATE)]
    found = _of_directory(vault, directory, today)
    if roster is not None and today > roster.expires:
        remedy = _remedy(vault, directory, today)
        found.append(Notice(What.ROSTER_OVER, roster.expires, remedy))
    return found + _of_certificates(vault, directory, today)


def _of_directory(vault: Vault, directory: Directory, today: date) -> list[Notice]:
    last = directory.last_day
    if last - today >= RENEW_BELOW:
        return []
    what = What.DIRECTORY_OVER if today > last else What.DIRECTORY_ENDS
    return [Notice(what, last, _remedy(vault, directory, today))]


def _remedy(vault: Vault, directory: Directory, today: date) -> Remedy:
    """Who can renew a directory or roster."""
    if vault.publisher is None:
        return Remedy.PUBLISHER
    return Remedy.SYNC if may_publish(vault, directory, today) else Remedy.ROOT


def _of_certificates(vault: Vault, directory: Directory, today: date) -> list[Notice]:
    found = []
    for signed, role, over, ends in (
        (vault.certificate, CertificateRole.ANALYST, What.ANALYST_OVER, What.ANALYST_ENDS),
        (vault.publisher, CertificateRole.PUBLISHER, What.PUBLISHER_OVER, What.PUBLISHER_ENDS),
    ):
        if signed is None:
            continue
        root = directory.root_card
        last = read_certificate(signed, role, root.id, root.sign, vault.service).not_after
        if last is not None and last - today < _SOON:
            found.append(Notice(over if today > last else ends, last, Remedy.ROOT))
    return found
