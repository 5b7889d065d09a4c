"""How it stands with the casework of a case: the few words of it that the list goes by."""

from enum import StrEnum
from typing import NamedTuple

from crypto.documents import Concluded
from crypto.envelope import Chain
from dropbox.site.questions import DANGER
from inbox_ui.reading import OpenCase
from inbox_ui.work.answered import answers_to
from inbox_ui.work.clocks import due
from inbox_ui.work.escalating import is_open
from inbox_ui.work.pieces import Assessment, Escalation
from inbox_ui.work.records import Record, pieces, records_of
from inbox_ui.work.since import has_written_since


class Risk(StrEnum):
    """A risk to life. Where there is none, the list has the empty string."""

    OPEN = "open"
    """Somebody of the team has said so, and nobody that it is over."""
    SAID = "said"
    """The reporter has said that somebody is in danger, and nobody of the team has answered it."""
    AGAIN = "again"
    """The reporter has written since a risk was over, and nobody has said that it still is."""


class Standing(NamedTuple):
    """``stage`` is where the team is, ``risk`` a ``Risk``; the rest are days, ``YYYY-MM-DD``. What
    is not there is empty. ``came_since``: the reporter has written since it was assessed."""

    stage: str = ""
    risk: str = ""
    read_by: str = ""
    acknowledge_by: str = ""
    feed_back_by: str = ""
    came_since: bool = False


def standing_of(case: OpenCase) -> Standing:
    """How it stands with a case, with what of it waits in the outbox."""
    records = records_of(case)
    assessed = pieces(records, Assessment)
    newest = assessed[-1][1] if assessed else None
    days = due(case.file, told=newest is not None and newest.told)
    return Standing(
        newest.stage.value if newest is not None else "",
        _risk(case, records),
        str(days.read or ""),
        str(days.acknowledge or ""),
        str(days.feed_back or ""),
        bool(assessed) and has_written_since(case, {each.id for each, _ in assessed}),
    )


def _risk(case: OpenCase, records: tuple[Record, ...]) -> str:
    if is_open(records):
        return Risk.OPEN.value
    steps = frozenset(each.id for each, _ in pieces(records, Escalation))
    if not steps and "yes" not in answers_to(case.file, DANGER.name):
        return ""
    said = steps | _conclusions(case)
    if not said:
        return Risk.SAID.value
    return Risk.AGAIN.value if has_written_since(case, said) else ""


def _conclusions(case: OpenCase) -> frozenset[bytes]:
    """Whoever concluded the case has looked at what there was."""
    if case.file.concluded is None:
        return frozenset()
    entries = case.file.of(Chain.CASE)
    return frozenset(each.id for each in entries if isinstance(each.payload, Concluded))
