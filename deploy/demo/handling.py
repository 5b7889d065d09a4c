"""The casework of the demo's team: assessed, escalated, asked, linked, released and answered.

Each workstation does one thing after the other, and beside the other workstations. What need not
be with a colleague at once goes out with the next thing that is.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from deploy.demo import casework, staff
from deploy.demo.casework import BLOCKED, NORTHMARCH, RECEIVERS, SANITISED, Assessed, Reported
from deploy.demo.programs import run, together
from deploy.demo.staff import HANDLER_A, HANDLER_B, NEITHER, SUPERVISOR, Person
from deploy.demo.unit import Unit
from deploy.demo.workstation import Workstation

_HELD_DAYS = 365
_OFFLINE = "--offline"


class Handling:
    """What is done with the cases ``case`` (by the names of scenarios) at the workstations ``at``.

    ``units`` begin with ``begin``, a call for each.
    """

    def __init__(
        self,
        at: dict[Person, Workstation],
        units: dict[str, Unit],
        case: dict[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._at = at
        self._units = units
        self._case = case
        self._say = say
        self._refs: dict[str, str] = {}

    def play(self, begin: Callable[[Unit], str]) -> None:
        """All of it."""
        lanes: list[Callable[[], None]] = [
            self._write,
            partial(self._list_units, begin),
            self._escalate,
            self._declare,
        ]
        together(lanes)
        together([self._agree, self._assess])
        together([self._release, self._finish])

    # -- first --------------------------------------------------------------------------------

    def _write(self) -> None:
        """A handler makes a report for a unit out of what was said."""
        handler, name = self._at[SANITISED.by], SANITISED.scenario
        handler.do("sync")
        self._report(SANITISED)
        handler.do("intelligence read", self._case[name], self._refs[name], "--all")
        self._say(f"{name}  became the intelligence report {self._refs[name]}")

    def _list_units(self, begin: Callable[[Unit], str]) -> None:
        """The units read their fingerprints out, and the supervisor signs the list of them."""
        for each in RECEIVERS:
            listed = _listed(self._units[each.key], begin(self._units[each.key]))
            self._at[SUPERVISOR].do("recipients add", *listed, "--yes")
            self._say(f"{each.name}  is on the list of units")

    def _escalate(self) -> None:
        """A life may be at risk: that first, and everything else afterwards."""
        handler, name = self._at[HANDLER_B], casework.ESCALATED
        handler.do("sync")
        handler.do("escalate", self._case[name], text=casework.ESCALATION)
        self._say(f"{name}  is a risk to life: {HANDLER_B.role} rang round the force it is about")
        self._assess_as(HANDLER_B)

    def _declare(self) -> None:
        self._at[NEITHER].do("interests", "--declare", staff.INTEREST)
        self._at[NEITHER].do("sync")
        self._say(f"{staff.HIDDEN}  is hidden from {NEITHER.label}, who declared an interest")

    # -- then ---------------------------------------------------------------------------------

    def _agree(self) -> None:
        """The second person reads the report and lets it go; then the supervisor's own cases."""
        supervisor, name = self._at[SUPERVISOR], SANITISED.scenario
        of = (self._case[name], self._refs[name])
        supervisor.do("intelligence read", *of, "--all")
        supervisor.do("intelligence consent", *of, text=casework.AGREED)
        self._say(f"{name}  was read by {SUPERVISOR.role} too, who lets it go")
        self._report(BLOCKED)
        supervisor.do("note", self._case[BLOCKED.scenario], _OFFLINE, text=casework.INSTEAD)
        self._say(f"{BLOCKED.scenario}  must not go to the unit it is about; another stands in")

    def _assess(self) -> None:
        """A handler's other cases: one of them ends, and one is kept."""
        handler, until = self._at[HANDLER_A], date.today() + timedelta(days=_HELD_DAYS)  # noqa: DTZ011 - as people say it
        ended, held = self._case[staff.CONCLUDED], self._case[staff.HELD]
        handler.do("reply", ended, _OFFLINE, text=run("dropbox-inbox", "signposts", "complaint"))
        self._assess_one(casework.SIGNPOSTED)
        reason = ("--reason", "out of scope", _OFFLINE, "--yes")
        handler.do("conclude", ended, *reason, text=staff.CONCLUDED_WHY)
        self._say(f"{staff.CONCLUDED}  was told where complaints go, and concluded")
        handler.do("hold", held, "--until", str(until), _OFFLINE, text=staff.HELD_WHY)
        self._say(f"{staff.HELD}  is on hold")
        handler.do("draft write", self._case[casework.DRAFTED], text=casework.DRAFT)
        self._say(f"{casework.DRAFTED}  has a question that waits for its second reader")
        self._assess_as(HANDLER_A)

    # -- at last ------------------------------------------------------------------------------

    def _release(self) -> None:
        """The report goes to its unit, which answers."""
        handler, unit = self._at[SANITISED.by], self._units[NORTHMARCH.key]
        name, into = SANITISED.scenario, handler.vault.with_suffix(".packages")
        case, ref = self._case[name], self._refs[name]
        handler.do("recipients take", str(self._at[SUPERVISOR].list_of_units))
        package = handler.do("intelligence send", case, ref, "--into", str(into)).strip()
        self._say(f"{name}  was sealed to {NORTHMARCH.name}")
        unit.read(Path(package))
        for answer in (
            unit.answer(ref, "acknowledged"),
            unit.answer(ref, "outcome", casework.OUTCOME),
        ):
            handler.do("intelligence answer", case, str(answer), _OFFLINE)
        self._say(f"{name}  was answered by the unit: it has it, and what comes of it")
        asked = ("--body", NORTHMARCH.name, "--day", str(date.today()))  # noqa: DTZ011 - as people say it
        handler.do("questions add", case, *asked, _OFFLINE, text=casework.UNIT_ASKED)
        handler.do("acknowledge", case, _OFFLINE)
        self._assess_one(casework.RELEASED, offline=False)

    def _finish(self) -> None:
        """Some cases have to do with each other; the rest is assessed."""
        supervisor = self._at[SUPERVISOR]
        for one, other, why in casework.LINKED:
            supervisor.do("link", self._case[one], self._case[other], _OFFLINE, text=why)
            self._say(f"{one}  is linked with {other}")
        self._assess_as(SUPERVISOR)

    # -- a piece ------------------------------------------------------------------------------

    def _report(self, reported: Reported) -> None:
        case, name = self._case[reported.scenario], reported.scenario
        self._refs[name] = self._at[reported.by].report(case, reported)

    def _assess_as(self, person: Person) -> None:
        """All that ``person`` assesses; the last of them takes the others along."""
        *others, last = (each for each in casework.ASSESSED if each.by is person)
        for each in others:
            self._assess_one(each)
        self._assess_one(last, offline=False)
        names = ", ".join(each.scenario for each in (*others, last))
        self._say(f"{names}  assessed by {person.role}")

    def _assess_one(self, each: Assessed, *, offline: bool = True) -> None:
        self._at[each.by].do(
            "assess",
            self._case[each.scenario],
            *("--stage", each.stage, "--scope", each.scope),
            *(argument for name in each.categories for argument in ("--category", name)),
            *(("--told",) if each.told else ()),
            *((_OFFLINE,) if offline else ()),
            files={"--thrive-file": each.thrive, "--remark-file": each.remark},
        )


def _listed(unit: Unit, fingerprint: str) -> Iterator[str]:
    """What the supervisor says of a unit whose fingerprint was read out."""
    receiver, card = unit.receiver, str(unit.card)
    yield from (card, "--fingerprint", fingerprint, "--id", receiver.key, "--kind", receiver.kind)
    for force in receiver.forces:
        yield from ("--force", force, "--route", force)
    for force in receiver.stands_in_for:
        yield from ("--alternate-for", force)
    for person in receiver.people:
        yield from ("--person", person)
