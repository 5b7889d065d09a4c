"""What stands around every page of an unlocked workstation, and what its script asks for."""

import json
import time
from dataclasses import dataclass

from inbox_ui.pages import words
from inbox_ui.pages.courier import Report
from inbox_ui.pages.sitting import Sitting, Unlocked
from inbox_ui.station import Station

_TOLD_EVERY = 500
"""Cases that are read for the search between two times that a page says how many are left."""


@dataclass(frozen=True)
class Frame:
    """``line`` is the state of the way to the server; ``stamp`` changes when a page would.

    ``left`` are the seconds until the vault locks, ``ticket`` makes a form act once.
    """

    team: str
    line: str
    trouble: bool
    warnings: tuple[str, ...]
    outbox: int
    stamp: str
    unread: int
    keys: bool
    left: int
    idle: int
    ticket: str
    here: str

    def to_json(self) -> bytes:
        """What the script is told, again and again."""
        told = {
            "stamp": self.stamp,
            "line": self.line,
            "trouble": self.trouble,
            "outbox": self.outbox,
            "unread": self.unread,
            "left": self.left,
        }
        return json.dumps(told).encode()


def make_frame(
    sitting: Sitting, unlocked: Unlocked, station: Station, here: str = "", ticket: str = ""
) -> Frame:
    """The frame at this moment, for the page ``here``. To be made at the desk."""
    report = unlocked.courier.report
    line = state_of_line(report, time.monotonic())
    outbox = sum(station.waiting().values())
    saved = sum(each.ended for each in (*unlocked.saves.values(), unlocked.errand) if each)
    saved += unlocked.looks.ended
    left = -(-unlocked.desk.index.left // _TOLD_EVERY)
    return Frame(
        team=station.seen.directory.name,
        line=line,
        trouble=report.failed is not None,
        warnings=tuple(f"{each.error} {each.hint}" for each in report.troubles),
        outbox=outbox,
        stamp=f"{station.archive.changes()}-{station.seen.directory.seq}-{outbox}-{saved}-{left}",
        unread=sum(case.unread for case in station.casebook.cases()),
        keys=unlocked.keys,
        left=int(sitting.left),
        idle=int(sitting.plan.idle),
        ticket=ticket,
        here=here,
    )


def state_of_line(report: Report, now: float) -> str:
    """How it stands with the server, in one or two sentences."""
    parts = [words.NOT_FETCHED]
    if report.fetched is not None:
        parts = [words.FETCHED.format(ago=words.ago(now - report.fetched))]
    if report.failed is not None and report.failing_since is not None:
        stretch = words.stretch(now - report.failing_since)
        if report.away:
            parts.append(words.AWAY.format(stretch=stretch))
        else:
            error, hint = report.failed.error, report.failed.hint
            parts.append(words.FAILING.format(stretch=stretch, error=error, hint=hint))
    return " ".join(parts)
