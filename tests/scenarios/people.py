"""Who plays in the scenarios, and which units receive. All of it is invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody of the team. ``key`` names the vault's folder."""

    key: str
    label: str
    duties: tuple[str, ...] = ("analyst",)
    intake: bool = False


NOOR = Person("noor", "DEMO Noor Ashby")
"""Supervisor, publisher and custodian: she began the team."""
TOMOS = Person("tomos", "DEMO Tomos Reed", intake=True)
EWA = Person("ewa", "DEMO Ewa Lindqvist")
"""Two who handle cases; Tomos reads new reports too."""
SAM = Person("sam", "DEMO Sam Orrell", intake=True)
"""Used to work in a unit of Northmarch's, and has declared it."""
CASS = Person("cass", "DEMO Cass Bell", duties=("calls",))
"""Takes calls, and reads nothing."""
JOINING = (TOMOS, EWA, SAM, CASS)
STAFF = (NOOR, *JOINING)
INTEREST = "counter-corruption unit"
"""What Sam has declared."""


@dataclass(frozen=True)
class UnitOf:
    """A receiving unit, as the signed list has it."""

    id: str
    name: str
    options: str
    people: tuple[str, ...] = ()
    """Who works there."""

    @property
    def said(self) -> list[str]:
        """What a publisher says of it."""
        named = [argument for each in self.people for argument in ("--person", each)]
        return [*self.options.split(), *named]


NORTHMARCH = UnitOf(
    "northmarch-ccu",
    "DEMO Northmarch CCU",
    "--kind ccu --force demo-northmarch --route demo-northmarch",
    people=("Petra Lomond",),
)
WESSENDALE = UnitOf(
    "wessendale-psd",
    "DEMO Wessendale PSD",
    "--kind psd --force demo-wessendale --route demo-wessendale",
)
CALDER = UnitOf(
    "calder-ccu",
    "DEMO Port Calder CCU",
    "--kind ccu --force demo-calder --route demo-calder",
)
HALLIN = UnitOf(
    "hallin-psd",
    "DEMO Hallin PSD",
    "--kind psd --force demo-hallin --route demo-hallin",
)
WATCHDOG = UnitOf(
    "demo-watchdog",
    "DEMO Oversight Body",
    "--kind oversight --alternate-for demo-northmarch --alternate-for demo-wessendale"
    " --alternate-for demo-calder --alternate-for demo-hallin",
)
UNITS = (NORTHMARCH, WESSENDALE, CALDER, HALLIN, WATCHDOG)
