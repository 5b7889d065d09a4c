"""What the root holder decides about somebody who asks to join, as a form says it."""

import shlex
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from crypto.certificates import PUBLISHER_DAYS
from crypto.joining import Terms
from crypto.roster import LABEL, Duty
from inbox_ui import membership
from inbox_ui.pages import words
from inbox_ui.pages.forms import Form


@dataclass(frozen=True)
class Decision:
    """``read_out`` is the fingerprint as it was heard and typed; ``chosen`` are duties' names."""

    label: str
    chosen: frozenset[str]
    intake: bool = False
    read_out: str = field(default="", repr=False)

    @property
    def duties(self) -> tuple[Duty, ...]:
        """Those that were ticked, in their order."""
        return membership.in_order(each for each in Duty if each.value in self.chosen)

    def terms(self, today: date) -> Terms:
        """For a year from ``today``. Only for a decision in which nothing is wrong."""
        days = (today, today + timedelta(days=PUBLISHER_DAYS))
        return Terms(self.label, self.duties, self.intake, days)

    def find_wrong(self) -> tuple[str, str] | None:
        """A field that is not filled in as it has to be, and what to say there."""
        if not 1 <= len(self.label) <= LABEL:
            return "label", words.BAD_LABEL
        if not self.duties:
            return "duties", words.NO_DUTY
        if self.intake and not membership.may_read(self.duties):
            return "intake", words.INTAKE_READS
        return None

    def command(self, paper: Path, goal: Path) -> str:
        """What the root holder types elsewhere to decide the same."""
        duties = [each for each in self.duties if each is not Duty.PUBLISHER]
        parts = [
            *("dropbox-inbox", "admit", str(paper), "--fingerprint", self.read_out),
            *("--label", self.label, "--type-shares"),
            *(part for each in duties for part in ("--duty", each.value)),
            *(("--publisher",) if Duty.PUBLISHER in self.duties else ()),
            *(("--intake",) if self.intake else ()),
            *("--out", str(goal)),
        ]
        return shlex.join(parts)


def read_decision(form: Form) -> Decision:
    """What a form says."""
    return Decision(
        form.line("label"),
        form.chosen("duties"),
        form.line("intake") == "yes",
        form.line("read_out"),
    )
