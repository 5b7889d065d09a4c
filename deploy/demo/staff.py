"""Who works in the demo's team, and what they did before you came. All of it is invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody of the team. ``key`` names the vault's folder, ``can`` says what to expect."""

    key: str
    role: str
    label: str
    can: str
    duties: tuple[str, ...] = ("analyst",)
    intake: bool = False


SUPERVISOR = Person(
    "supervisor",
    "Supervisor",
    "DEMO Noor Ashby",
    "gives cases to handlers, signs who is of the team, reads what leaves as the second one",
)
HANDLER_A = Person(
    "handler-a",
    "Handler A",
    "DEMO Tomos Reed",
    "has cases, and reads new reports",
    intake=True,
)
HANDLER_B = Person(
    "handler-b",
    "Handler B",
    "DEMO Ewa Lindqvist",
    "has cases, and reads nothing else: not on intake duty",
)
NEITHER = Person(
    "neither",
    "Neither",
    "DEMO Sam Orrell",
    "has no case; reads new reports, but one: he used to work in the unit it names",
    intake=True,
)
CALLS = Person(
    "calls",
    "Call handler",
    "DEMO Ines Marlow",
    "takes calls and files what callers say; reads no case",
    duties=("calls",),
)
STAFF = (SUPERVISOR, HANDLER_A, HANDLER_B, NEITHER, CALLS)
JOINING = STAFF[1:]
"""Who is admitted; the supervisor began the team."""


@dataclass(frozen=True)
class Assigned:
    """A case that the supervisor gave away."""

    scenario: str
    handlers: tuple[Person, ...]
    why: str


ASSIGNED = (
    Assigned(
        "S01",
        (HANDLER_A, SUPERVISOR),
        "DEMO. Few people are on that rota: one handler, and one who reads what leaves.",
    ),
    Assigned("S04", (HANDLER_A, HANDLER_B), "DEMO. Two, so that somebody always answers."),
    Assigned("S05", (HANDLER_A, HANDLER_B), "DEMO. In danger: Ewa has the emergency contacts."),
    Assigned("S06", (HANDLER_A, HANDLER_B), "DEMO. A child is named: two pairs of eyes."),
    Assigned("S09", (HANDLER_A,), "DEMO. Probably a complaint; please look at the last line."),
    Assigned("S12", (SUPERVISOR,), "DEMO. Names one person again and again: with me, at first."),
)
CONCLUDED, CONCLUDED_WHY = "S09", "DEMO. A complaint. The officer's mate is in another report."
HELD, HELD_WHY = "S06", "DEMO. A family court asked that this is kept."
HIDDEN, INTEREST = "S10", "counter-corruption unit"
"""What became of which scenario, and the words for it."""
