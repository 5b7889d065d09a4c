"""One case as a list shows it, and the words of that: a filter looks at nothing else."""

from dataclasses import dataclass
from datetime import date

from crypto.documents import Category
from crypto.roster import Roster
from dropbox.client.terminal import visible_line
from dropbox.site.forces import force_name
from inbox_ui import words
from inbox_ui.pages.words import ALARM, CONTACT_WITHDRAWN, NOT_SAID, TO_BE_DELIVERED, UNREAD
from inbox_ui.shown import due_lines, whose
from inbox_ui.summary import State, Summary
from inbox_ui.work import words as case_words
from inbox_ui.work.pieces import Stage


@dataclass(frozen=True)
class Row:
    """One case of a list. ``risk`` is a risk to life in words, or empty; ``since`` says that
    something came since it was assessed; ``due`` what is due soon or late, with whether it is
    late. ``alarm`` is set where something is wrong; ``tags`` say what else is to be minded."""

    name: str
    state: str
    urgent: bool
    unread: int
    about: str
    forces: str
    last_day: str
    whose: tuple[str, ...]
    risk: str
    stage: str
    since: str
    due: tuple[tuple[str, bool], ...]
    alarm: str
    tags: tuple[str, ...]

    @property
    def words(self) -> str:
        """All that it shows, in small letters. The number of unread messages has its column's
        name beside it."""
        unread = UNREAD.format(count=self.unread) if self.unread else ""
        due = (line for line, _ in self.due)
        stood = f"{self.state}, {self.stage}" if self.stage else self.state
        seen = (
            *(self.name, self.risk, self.alarm, stood, self.since),
            *(*due, *self.whose, *self.tags, self.about, self.forces, unread, self.last_day),
        )
        return " ".join(seen).lower()


def row_of(case: Summary, waiting: int, roster: Roster | None, today: date) -> Row:
    """The row of a case of which ``waiting`` items are to be delivered, on the day ``today``."""
    tags = [CONTACT_WITHDRAWN] if case.withdrawn else []
    if waiting:
        tags.append(TO_BE_DELIVERED.format(count=waiting))
    return Row(
        name=case.name,
        state=words.STATES[State(case.state)],
        urgent=case.unread > 0,
        unread=case.unread,
        about=", ".join(_topics(case)) or NOT_SAID,
        forces=", ".join(_forces(case)) or NOT_SAID,
        last_day=case.last_day,
        whose=tuple(whose(case, roster)),
        risk=case_words.RISKS.get(case.risk, ""),
        stage=case_words.STAGE_NAMES[Stage(case.stage)] if case.stage and not case.ended else "",
        since=case_words.CAME_SINCE if case.came_since and not case.ended else "",
        due=tuple(due_lines(case, today)),
        alarm="" if case.is_whole else ALARM,
        tags=tuple(tags),
    )


def _topics(case: Summary) -> tuple[str, ...]:
    """What a case is about, in words."""
    return tuple(words.CATEGORY_WORDS[Category(each)] for each in case.about.split(",") if each)


def _forces(case: Summary) -> tuple[str, ...]:
    """The police forces a case names, as people call them and as a reporter may have typed them."""
    return tuple(visible_line(force_name(each)) for each in case.forces.split(",") if each)
