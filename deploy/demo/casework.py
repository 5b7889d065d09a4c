"""What the demo's team made of the reports before you came. All of it is invented."""

from dataclasses import dataclass

from deploy.demo.staff import HANDLER_A, HANDLER_B, SUPERVISOR, Person


@dataclass(frozen=True)
class Assessed:
    """What somebody makes of a case. ``thrive`` has a line for each letter that is rated."""

    scenario: str
    by: Person
    stage: str
    categories: tuple[str, ...]
    thrive: str
    remark: str
    scope: str = "inside"
    told: bool = False


SIGNPOSTED = Assessed(
    "S09",
    HANDLER_A,
    "assessing",
    (),
    "threat: none, DEMO a traffic stop that is over\n"
    "harm: low, DEMO the person is upset\n"
    "engagement: low, DEMO wants an apology, which is not ours to give",
    "DEMO. Told where complaints go. The last line may be for us: asked nothing yet.",
    scope="outside",
    told=True,
)
"""Concluded afterwards, with a message of the program's about where complaints go."""

ASSESSED = (
    Assessed(
        "S02",
        HANDLER_A,
        "assessing",
        ("disclosure", "inappropriate association"),
        "threat: low, DEMO nobody is threatened\n"
        "harm: medium, DEMO visits find nothing, as long as it goes on\n"
        "risk: low, DEMO she does not know of the report\n"
        "investigation: medium, DEMO licensing keeps a diary of visits\n"
        "vulnerability: none, DEMO none is named\n"
        "engagement: medium, DEMO may come back with the seven words",
        "DEMO. The holiday is known from somebody else. Five or fewer know: a second reader.",
    ),
    Assessed(
        "S03",
        HANDLER_A,
        "assessing",
        ("theft and fraud", "abuse of authority"),
        "threat: none, DEMO nobody is in danger\n"
        "harm: low, DEMO public money\n"
        "risk: medium, DEMO the sheet may show who had it\n"
        "investigation: high, DEMO rosters can be compared without us\n"
        "engagement: medium, DEMO asks whether the file gives them away",
        "DEMO. The sheet stays here. What it says is typed anew, without its rows.",
    ),
    Assessed(
        "S06",
        HANDLER_A,
        "awaiting reporter",
        ("misusing systems", "abuse of authority", "vulnerability"),
        "threat: medium, DEMO he says what happens if she leaves\n"
        "harm: high, DEMO money and movements are controlled\n"
        "risk: medium, DEMO he has friends at work\n"
        "vulnerability: high, DEMO a child of seven\n"
        "engagement: high, DEMO may be rung on Tuesdays from ten to twelve, no other time",
        "DEMO. The child: referred to children's services of the council, without a name of ours.",
    ),
    Assessed(
        "S04",
        HANDLER_B,
        "assessing",
        ("sexual misconduct", "vulnerability"),
        "threat: medium, DEMO came to the house at night\n"
        "harm: high, DEMO forty messages to a victim of a burglary\n"
        "risk: high, DEMO only one person can have said this\n"
        "investigation: high, DEMO his duty telephone\n"
        "vulnerability: high, DEMO has not been well",
        "DEMO. Only one person knows this. Nothing leaves before she has agreed to it.",
    ),
    Assessed(
        "S05",
        HANDLER_B,
        "addressing",
        ("abuse of authority", "vulnerability"),
        "threat: high, DEMO says that he will bring a firearm home\n"
        "harm: high, DEMO her life\n"
        "risk: high, DEMO tonight, about eleven\n"
        "vulnerability: high, DEMO he looks at her telephone\n"
        "engagement: low, DEMO writing back may put her in danger",
        "DEMO. No reply: he may be the one who reads it.",
    ),
    Assessed(
        "S07",
        SUPERVISOR,
        "assessing",
        ("other",),
        "threat: low, DEMO words, about people in custody\n"
        "harm: medium, DEMO to a colleague, and to trust\n"
        "risk: high, DEMO nine are in the chat, and a picture shows whose phone it is\n"
        "engagement: medium, DEMO has offered pictures: not to be asked for",
        "DEMO. Written anew in our words. No picture is asked for, and none is passed on.",
    ),
    Assessed(
        "S08",
        SUPERVISOR,
        "awaiting reporter",
        ("other",),
        "threat: none, DEMO none is named\n"
        "harm: medium, DEMO a colleague is mocked in public\n"
        "engagement: high, DEMO wants answers in Welsh",
        "DEMO. Answered in Welsh. Which language it was does not go into a report.",
    ),
    Assessed(
        "S10",
        SUPERVISOR,
        "assessing",
        ("perverting justice", "inappropriate association"),
        "threat: low, DEMO none is named\n"
        "harm: medium, DEMO reports are lost where they should be read\n"
        "risk: high, DEMO whom it is about would read it first\n"
        "investigation: medium, DEMO the unit's own register",
        "DEMO. Not to that unit, and not to professional standards. Sam worked there, so not Sam.",
    ),
    Assessed(
        "S11",
        SUPERVISOR,
        "awaiting reporter",
        ("theft and fraud",),
        "threat: none, DEMO none is named\n"
        "harm: low, DEMO lost property\n"
        "investigation: low, DEMO neither a name nor a force is sure",
        "DEMO. Which force it is has to be known before anything goes to one.",
    ),
    Assessed(
        "S12",
        SUPERVISOR,
        "assessing",
        (),
        "threat: none, DEMO none is named\n"
        "risk: medium, DEMO to whom it is about: a name five times, and no fact\n"
        "engagement: low, DEMO asks what we hold, which we never say",
        "DEMO. Fair to both: neither believed nor thrown away. The file is not to be opened.",
        scope="unknown",
    ),
)
RELEASED = Assessed(
    "S01",
    HANDLER_A,
    "awaiting force",
    ("disclosure", "misusing systems"),
    "threat: low, DEMO nobody is threatened\n"
    "harm: medium, DEMO what is looked up is sold\n"
    "risk: high, DEMO four people are on the rota\n"
    "investigation: high, DEMO each check leaves a trace in the system itself\n"
    "engagement: high, DEMO has answered once, and was asked to look nothing up",
    "DEMO. With the unit. Nothing more is asked before it has answered.",
)
"""Of the case from which a report went to a unit."""

ESCALATED, ESCALATION = (
    "S05",
    "\n".join(
        (
            "danger: DEMO. A firearms officer says that he will bring it home, about eleven.",
            "called: the on-call superintendent of Port Calder",
            "when: 21:58",
            "said: DEMO. A car is on its way, and waits out of sight.",
        )
    ),
)
DRAFTED = "S04"
DRAFT = (
    "DEMO. Thank you for telling us. We will not tell him, and nothing goes to anybody before you "
    "have agreed to it. From what you already know: does anybody else know of the messages?"
)
LINKED = (
    ("S11", "S11b", "DEMO. One man at one station, told apart from each other. They stay two."),
    ("S12", "S12b", "DEMO. One text, word for word. It is no second voice."),
    ("S12", "S12c", "DEMO. The same text with a line behind it. It is no third voice."),
)
"""Two cases, and why they belong together."""
UNIT_ASKED = "DEMO. On which days was it seen?"
"""Of the unit, by telephone: it stands in the queue of what forces asked."""
INSTEAD = (
    "DEMO. The unit that would get this is the one it is about. Blocked, as it should be; the "
    "office of complaints stands in."
)


@dataclass(frozen=True)
class Receiver:
    """A unit that reports go to, as the team lists it."""

    key: str
    name: str
    kind: str
    forces: tuple[str, ...] = ()
    stands_in_for: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


NORTHMARCH = Receiver(
    "northmarch-ccu",
    "DEMO Northmarch counter-corruption",
    "ccu",
    ("demo-northmarch",),
    people=("Petra Lomond",),
)
WATCHDOG = Receiver(
    "demo-watchdog",
    "DEMO Office of Police Complaints",
    "oversight",
    stands_in_for=("demo-northmarch",),
)
RECEIVERS = (NORTHMARCH, WATCHDOG)


@dataclass(frozen=True)
class Reported:
    """An intelligence report: items with the letter of how they are known, and whom it is about."""

    scenario: str
    by: Person
    items: tuple[tuple[str, str], ...]
    subject: dict[str, str]
    categories: tuple[str, ...]
    corruption: tuple[str, ...]
    to: Receiver
    risk: str


SANITISED = Reported(
    "S01",
    HANDLER_A,
    (
        ("DEMO. Information suggests that Rowan Tait makes checks of vehicles without cause.", "A"),
        ("DEMO. It is thought that an outsider called Vee gives money in return.", "D"),
    ),
    {
        "name": "Rowan Tait",
        "number": "DC",
        "role": "Detective",
        "team": "Intelligence",
        "force": "Northmarch Constabulary",
    },
    ("influence",),
    ("disclosure", "misusing systems"),
    NORTHMARCH,
    "DEMO. Few people can know of it. Do not ask in that office.",
)
"""Written by one, read and agreed to by the supervisor, sent, answered."""
BLOCKED = Reported(
    "S10",
    SUPERVISOR,
    (
        (
            "DEMO. Information suggests that an officer keeps back what is written of a relative.",
            "C",
        ),
    ),
    {
        "name": "Petra Lomond",
        "number": "DS",
        "role": "",
        "team": "Counter-corruption",
        "force": "Northmarch Constabulary",
    },
    ("influence",),
    ("perverting justice",),
    NORTHMARCH,
    "DEMO. Whoever is named would read it first.",
)
"""It does not go where it is addressed to."""
AGREED = "DEMO. Read as he would read it. Nobody of the rota can be told apart."
OUTCOME = "DEMO. The checks are being counted, all of that office's. We will write again."
"""What the unit writes back."""
