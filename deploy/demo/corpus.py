"""Invented stories and their reports. All people, forces and places are made up."""

from dataclasses import dataclass
from enum import Enum

from deploy.demo import attached


@dataclass(frozen=True)
class Attachment:
    """An invented file that goes with a report."""

    name: str
    content: bytes


class Lane(Enum):
    """How somebody sends a report."""

    COMMAND = "command line"
    PLAIN = "page without scripts"


@dataclass(frozen=True)
class Scenario:
    """One report as its reporter would send it. ``answers`` and ``contact`` are the form's."""

    name: str
    title: str
    category: str
    forces: tuple[str, ...]
    text: str
    language: str = "en"
    attachments: tuple[Attachment, ...] = ()
    lane: Lane = Lane.COMMAND
    answers: tuple[tuple[str, str], ...] = ()
    contact: str = ""


def _demo(*lines: str) -> str:
    return "DEMO. " + " ".join(lines)


_FISHING = _demo(
    "PC Lena Marsh is corrupt. PC Lena Marsh takes money. Everybody knows about PC",
    "Lena Marsh. Has anyone else reported PC Lena Marsh? What have you got on file",
    "about PC Lena Marsh?",
)

SCENARIOS = (
    Scenario(
        "S01",
        "Information for money",
        "influence",
        ("demo-northmarch",),
        _demo(
            "A detective constable called Rowan Tait, in the Northmarch intelligence unit,",
            "prints vehicle checks that nobody asked for. A man he calls Vee pays him for",
            "them at Ashlock services. I have seen the printouts on the tray more than once.",
            "Only me and three others are on that rota, so please be careful with how you use",
            "this.",
        ),
    ),
    Scenario(
        "S02",
        "Warned before visits",
        "influence",
        ("demo-wessendale",),
        _demo(
            "Sergeant Imelda Crane does licensing for Wessendale. The Blue Lantern always",
            "knows when a visit is coming. She drinks there for nothing, and this spring they",
            "paid for a week in Faro. I was told about the holiday by somebody who was on it.",
        ),
        lane=Lane.PLAIN,
        answers=(
            ("how-known", "told"),
            ("how-many-know", "five-or-fewer"),
            ("when", "This spring, and it is still going on."),
        ),
    ),
    Scenario(
        "S03",
        "Overtime that was not worked",
        "advantage",
        ("demo-calder",),
        _demo(
            "Inspector Colm Adair at Port Calder books overtime for days when he is teaching",
            "at his own driving school. The sheet I attach has the days. I should not have",
            "it, so tell me if it shows where it came from.",
        ),
        attachments=(
            Attachment("overtime_Q3.csv", b"DEMO\nday,hours\n2026-07-04,6\n2026-07-11,6\n" * 40),
            Attachment("scan.pdf", attached.claims()),
            Attachment("board.jpg", attached.photo()),
        ),
    ),
    Scenario(
        "S04",
        "Messages after a statement",
        "sexual",
        ("demo-northmarch",),
        _demo(
            "PC Dale Hurrell took my statement after we were burgled. Since then he has sent",
            "me about forty messages, and he came round at night when he was not on duty. I",
            "have not been well. Will he know it was me?",
        ),
        attachments=(Attachment("messages.txt", b"DEMO: screenshots would be here.\n" * 200),),
        lane=Lane.PLAIN,
        answers=(("danger", "unknown"), ("how-known", "first-hand"), ("harmed", "Me.")),
    ),
    Scenario(
        "S05",
        "In danger tonight",
        "partner",
        ("demo-wessendale",),
        _demo(
            "My husband is a PC at Wessendale and an authorised firearms officer. Tonight he",
            "said he would bring it home. He is usually in by eleven. He looks at my phone.",
        ),
        lane=Lane.PLAIN,
        answers=(("danger", "yes"), ("how-known", "first-hand")),
    ),
    Scenario(
        "S06",
        "My sister's husband",
        "partner",
        ("demo-wessendale",),
        _demo(
            "My sister is married to a community support officer. He controls her money and",
            "follows where her car goes, and he says his friends at work will see to it if",
            "she leaves. There is a child of seven. You could speak to me, but only on a",
            "Tuesday between ten and twelve.",
        ),
        lane=Lane.PLAIN,
        answers=(("danger", "unknown"), ("harmed", "My sister and her child.")),
        contact=_demo("020 7946 0123, Tuesdays from ten to twelve. Say: from the library."),
    ),
    Scenario(
        "S07",
        "The group chat",
        "discrimination",
        ("demo-calder",),
        _demo(
            "There is a chat called Team C Banter with nine members at Port Calder. They use",
            "slurs about people in custody and joke about raping a colleague. I am in it. I",
            "have three screenshots but I think they would show whose phone they are from.",
        ),
    ),
    Scenario(
        "S08",
        "Gwatwar cydweithiwr byddar",
        "discrimination",
        ("demo-hallin",),
        _demo(
            "Mae'r Cwnstabl Gwirfoddol Gwern Ifor yn gwatwar lleferydd cydweithiwr byddar ac",
            "wedi rhoi fideo ohono ar y we. Plîs atebwch yn Gymraeg.",
        ),
        language="cy",
        lane=Lane.PLAIN,
        answers=(("how-known", "first-hand"),),
    ),
    Scenario(
        "S09",
        "Rude at a traffic stop",
        "other",
        ("demo-wessendale",),
        _demo(
            "The officer who stopped me was rude, and it took four hours to get an answer on",
            "101. I want an apology. Also he let his mate in the other car go because they",
            "play golf.",
        ),
    ),
    Scenario(
        "S10",
        "Not to that unit",
        "influence",
        ("demo-northmarch",),
        _demo(
            "DS Petra Lomond is in the Northmarch counter-corruption unit. Reports about her",
            "brother-in-law, Chief Superintendent Alan Greaves, get lost there. Please not to",
            "professional standards either.",
        ),
        lane=Lane.PLAIN,
        answers=(("must-not-know", "The counter-corruption unit, and professional standards."),),
    ),
    Scenario(
        "S11",
        "A man in uniform",
        "advantage",
        ("unknown",),
        _demo(
            "A man in uniform at Greyfen station sells things from lost property. He may be",
            "transport police, or he may have been at Wessendale before. I do not know his",
            "name.",
        ),
        lane=Lane.PLAIN,
        answers=(("who", "Tall, in his fifties, a grey beard."), ("how-known", "first-hand")),
    ),
    Scenario(
        "S11b",
        "The same man, named",
        "advantage",
        ("former-force", "multiple"),
        _demo(
            "Dean Orrick was a PC at Wessendale until last year. He has another uniform now, of",
            "the railway I think, and what people lose at Greyfen station ends up on a stall of",
            "his cousin's.",
        ),
    ),
    Scenario(
        "S12",
        "What have you got on file",
        "other",
        ("demo-northmarch", "demo-wessendale"),
        _FISHING,
        attachments=(
            Attachment("invoice.docm.txt", b"DEMO: stands for a document with a macro.\n" * 20),
        ),
    ),
    Scenario("S12b", "The same text again", "other", ("demo-northmarch",), _FISHING),
    Scenario(
        "S12c",
        "The same text, and begs",
        "other",
        ("demo-wessendale",),
        f"{_FISHING} Please call me.",
        lane=Lane.PLAIN,
    ),
)

QUESTION = _demo(
    "Thank you for telling us this. Please do not look anything up, and do not",
    "collect anything. From what you already know: how do you know about the money?",
)

ANSWER = _demo("I saw an envelope change hands twice. I did not see what was in it.")

REPLIES = {
    "S01": QUESTION,
    "S08": "DEMO. Diolch. Ydych chi'n gwybod pwy arall a welodd y fideo?",
    "S11": _demo(
        "Thank you. Is there anything else about him that you remember? Please do not go",
        "back to look, and do not ask anybody.",
    ),
}
"""What the team asks, by the name of the scenario."""
