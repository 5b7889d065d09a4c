"""How it stands with the casework of one case, at the top of its page."""

from dataclasses import dataclass

from inbox_ui.reading import OpenCase
from inbox_ui.shown import due_lines
from inbox_ui.station import Station
from inbox_ui.summary import State, Summary, with_casework
from inbox_ui.work import words
from inbox_ui.work.pieces import Stage
from inbox_ui.work.pool import few_know
from inbox_ui.work.standing import Risk


@dataclass(frozen=True)
class Work:
    """``risk`` is a risk to life in words, or empty; ``again``: it was over, and the reporter has
    written since. ``since`` says that something came since the case was assessed. ``due`` is
    everything that is due, with whether it is late. ``few`` warns where few people know.
    ``can_work`` is unset where others have the case."""

    can_work: bool
    risk: str
    risk_open: bool
    again: bool
    stage: str
    since: str
    few: str
    due: tuple[tuple[str, bool], ...]


def look(station: Station, summary: Summary, case: OpenCase) -> Work:
    """How it stands with a case, with what waits in the outbox."""
    now = with_casework(summary, case)
    return Work(
        can_work=now.state != State.LOCKED,
        risk=words.RISKS.get(now.risk, ""),
        risk_open=now.risk == Risk.OPEN,
        again=now.risk == Risk.AGAIN,
        stage=words.STAGE_NAMES[Stage(now.stage)] if now.stage and not now.ended else "",
        since=words.CAME_SINCE if now.came_since and not now.ended else "",
        few=words.FEW_KNOW if few_know(case) else "",
        due=tuple(due_lines(now, station.today(), all_of_it=True)),
    )
