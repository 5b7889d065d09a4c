"""A workstation with casework of a colleague's, a force's and a unit's, all of it hostile."""

from dataclasses import dataclass
from pathlib import Path

from crypto.reporter import Draft as Message
from crypto.roster import Duty
from inbox_ui import casework
from inbox_ui.folder import Folder
from inbox_ui.summary import Summary
from inbox_ui.work import asking, questions, sending
from inbox_ui.work.asking import Wording
from inbox_ui.work.drafting import begin
from inbox_ui.work.intelligence import Draft, Intelligence, Pool, Says, Subject, Tick
from inbox_ui.work.policy import Policy, Second
from inbox_ui.work.questions import Asked
from tests.browser.workstation import put_file
from tests.inbox_ui.conftest import Clock, Desk
from tests.inbox_ui.intelligence import a_report, an_item
from tests.inbox_ui.served import Shop
from tests.inbox_ui.team import Colleagues
from tests.inbox_ui.units import CCU, AUnit, a_unit, list_unit
from tests.payloads import PAYLOADS
from tests.simulator import Simulator

SOME = PAYLOADS[::8]
HOSTILE = "\n".join(SOME)
BREAKS_OUT = '"></textarea></p><img src=x onerror=pwned()>'
"""A line that would become markup wherever it stands."""
NOBODY_NAMED = '"><u wq7=zk9>'
"""Such a line, no word of which stands anywhere else."""
CHECKED = "None </textarea></dd><svg onload=pwned()> so far."
ASKED = f"Which of the two yards {BREAKS_OUT} was it, and who was there with them that night?"
SAID = "He takes money in an envelope at the services every single week, and I am his clerk."
TWICE = 2
"""What is used up when it is read is there for a browser with scripts and for one without."""


@dataclass(frozen=True)
class Casework:
    """``case`` is the one with all of it. ``reports`` wait for a second person, one for a browser
    with scripts and one for one without; ``ready`` waits for nothing. ``file_alone`` is a case that
    is nothing but a file. ``aide`` only takes calls."""

    shop: Shop
    case: str
    file_alone: str
    reports: tuple[str, ...]
    ready: str
    aide: Path


def make_casework(folder: Path) -> Casework:
    """Two reports that name the same people; a colleague and a unit have worked on the first."""
    shop = Shop(folder)
    desk = shop.desk
    team = Colleagues(desk, lambda label, server: _desk(folder, label, server, desk.clock))
    desk.sync()
    bo = team.join(BREAKS_OUT)
    aide = team.join("aide", (Duty.CALLS,), intake=False)
    shop.report(Message(f"{SAID} DC Rowan Tait was at Greyfen station, in AB12 CDE.\n{HOSTILE}"))
    shop.report(Message(f"Rowan Tait. DC Rowan Tait was at Greyfen station too.\n{HOSTILE}"))
    shop.report(Message("", files=(put_file(shop, BREAKS_OUT, BREAKS_OUT),)))
    team.sync()
    made = _Made(team, bo, a_unit(desk, folder / "unit", BREAKS_OUT))
    case = next(each for each in desk.cases() if SAID in desk.texts(each)[0])
    made.write(case)
    reports, ready = made.report(case)
    for each in (bo, aide):
        each.close()
    [alone] = [each.name for each in desk.cases() if not desk.texts(each)[0]]
    return Casework(shop.close(), case.name, alone, reports, ready, aide.folder.path)


def _desk(folder: Path, label: str, server: Simulator, clock: Clock) -> Desk:
    return Desk(Folder(folder / ("bo" if label == BREAKS_OUT else label)), server, clock)


@dataclass
class _Made:
    team: Colleagues
    bo: Desk
    unit: AUnit

    @property
    def desk(self) -> Desk:
        return self.team.first

    def write(self, case: Summary) -> None:
        """Questions of a force, and drafts of both analysts."""
        for each in (self.desk, self.bo):
            Policy(Second.ALWAYS, 3).save(each.folder.asking)
        read = casework.newest_read(self.bo.station, case.name)
        for number in range(TWICE):
            asked = Asked(BREAKS_OUT, self.desk.clock(), f"{number}: {ASKED}")
            questions.add_question(self.desk.station, case, asked)
            wording = Wording(f"Draft {number}. Please find out.\n{HOSTILE}", "en", BREAKS_OUT)
            asking.write_draft(self.bo.station, case, wording, read)
        own = Wording(f"A draft of my own.\n{HOSTILE}", "cy", BREAKS_OUT)
        asking.write_draft(self.desk.station, case, own, read)
        self.team.sync()

    def report(self, case: Summary) -> tuple[tuple[str, ...], str]:
        """Reports of the colleague's, and one of ours that a unit has and has answered."""
        units = list_unit(self.desk, self.unit, people=(NOBODY_NAMED,))
        copied, ready, *ours = (begin(self.desk.clock(), bytes([n]) * 32).ref for n in range(4))
        hostile = a_report(
            ref=copied,
            items=(an_item(f"{HOSTILE}\n{SAID}"),),
            subjects=(Subject(BREAKS_OUT, BREAKS_OUT, BREAKS_OUT, BREAKS_OUT, BREAKS_OUT),),
            checks=HOSTILE, risk_source=HOSTILE, risk_others=HOSTILE, instruction=HOSTILE,
        )  # fmt: skip
        self._keep(self.bo, case, hostile)
        for ref in ours:
            self._keep(self.bo, case, a_report(ref=ref))
        self._keep(self.desk, case, a_report(ref=ready, checks=CHECKED))
        self.team.sync()
        shown = sending.standing(self.bo.station, self.bo.open(case), ready).current.draft.report
        sending.read(self.bo.station, case, ready, tuple(Tick))
        sending.consent(self.bo.station, case, ready, shown.hash, BREAKS_OUT)
        self.team.sync()
        sent = sending.send(self.desk.station, case, ready, CCU, units)
        sending.note_written(self.desk.station, sent)
        self.unit.open(sent.data)
        for says in (Says.OUTCOME, Says.QUESTION):
            answer = self.unit.answer(ready, says, f"{ASKED}\n{HOSTILE}")
            sending.take_answer(self.desk.station, case, answer, "answer", units)
        self.team.sync()
        return tuple(ours), ready

    def _keep(self, desk: Desk, case: Summary, report: Intelligence) -> None:
        sending.keep(desk.station, case, Draft(None, report, Pool.MORE, None))
        sending.read(desk.station, case, report.ref, tuple(Tick))
