"""How it stands with the casework of a case: the few words of it that the list goes by."""

from enum import StrEnum
from typing import NamedTuple

from crypto.casefile import CaseFile
from dropbox.site.questions import DANGER
from inbox_ui.reading import OpenCase
from inbox_ui.work.answered import answers_to
from inbox_ui.work.clocks import due
from inbox_ui.work.escalating import is_open
from inbox_ui.work.pieces import Assessment, Escalation
from inbox_ui.work.records import pieces, records_of


class Risk(StrEnum):
    """A risk to life. Where there is none, the list has the empty string."""

    OPEN = "open"
    """Somebody of the team has said so, and nobody that it is over."""
    SAID = "said"
    """The reporter has said that somebody is in danger, and nobody of the team has answered it."""


class Standing(NamedTuple):
    """``stage`` is where the team is, ``risk`` a ``Risk``; the rest are days, ``YYYY-MM-DD``. What
    is not there is empty."""

    stage: str = ""
    risk: str = ""
    read_by: str = ""
    acknowledge_by: str = ""
    feed_back_by: str = ""


def standing_of(case: OpenCase) -> Standing:
    """How it stands with a case, with what of it waits in the outbox."""
    records = records_of(case)
    assessed = [piece for _, piece in pieces(records, Assessment)]
    newest = assessed[-1] if assessed else None
    days = due(case.file, told=newest is not None and newest.told)
    return Standing(
        newest.stage.value if newest is not None else "",
        _risk(case.file, escalated=bool(pieces(records, Escalation)), is_open=is_open(records)),
        str(days.read or ""),
        str(days.acknowledge or ""),
        str(days.feed_back or ""),
    )


def _risk(file: CaseFile, *, escalated: bool, is_open: bool) -> str:
    if is_open:
        return Risk.OPEN.value
    in_danger = "yes" in answers_to(file, DANGER.name)
    unanswered = not escalated and file.concluded is None and in_danger
    return Risk.SAID.value if unanswered else ""
