"""What a report is asked: the same questions, in the same words, wherever they are asked or shown.

Every question can be left out but what happened. Nobody is asked who they are, what their rank is,
or whether they work for the police. The name of a question is part of the protocol's payload
(``Answer.question``) and does not change; its words may.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Without ``choices`` the answer is a text; each choice is (value, label)."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def shown(self, answer: str) -> str:
        """An answer as it is read: the label of what was chosen."""
        return dict(self.choices).get(answer, answer)


CATEGORIES: Final = (
    ("influence", "Using influence, or passing information, for money or favours"),
    ("advantage", "Using the position for personal advantage"),
    ("sexual", "Crossing sexual boundaries, or using the position for sexual purposes"),
    ("partner", "Abusing or controlling a partner or somebody in the family"),
    ("discrimination", "Racist, homophobic, misogynist or disablist words or actions"),
    ("other", "Something else, or I am not sure"),
)
"""The service's five, and none of them: ``crypto.documents.Category`` and how it is asked."""

DANGER: Final = Question(
    "danger",
    "Is somebody in danger now?",
    "We may read this only after some days. If anybody is in danger, call 999.",
    (("yes", "Yes"), ("no", "No"), ("unknown", "I do not know")),
)
WHO: Final = Question(
    "who",
    "Who is it about?",
    "Name or nickname, role, team, station, vehicle, what they look like: only what you know "
    "already. Please do not look anything up for us.",
)
WHEN: Final = Question(
    "when",
    "When did it happen, and is it still going on?",
    "Roughly is good. A day and an hour that only few people know can point to you.",
)
HOW_KNOWN: Final = Question(
    "how-known",
    "How do you know?",
    "",
    (
        ("first-hand", "I saw or heard it myself"),
        ("told", "Somebody told me"),
        ("record", "I saw a message or a record"),
        ("not-said", "I prefer not to say"),
    ),
)
HOW_MANY: Final = Question(
    "how-many-know",
    "About how many people know what you are telling us?",
    "If it is five or fewer, we take special care: it could be guessed who told us.",
    (
        ("five-or-fewer", "Five or fewer"),
        ("up-to-twenty", "Six to twenty"),
        ("more", "More than twenty"),
        ("unknown", "I do not know"),
    ),
)
HARMED: Final = Question("harmed", "Who could be harmed by this?")
EVIDENCE: Final = Question(
    "evidence",
    "Is there anything that shows it, and where is it?",
    "Tell us that it exists. Please do not collect, copy or photograph anything for us.",
)
TOLD: Final = Question("told", "Have you told anybody, or reported it somewhere else?")
MUST_NOT_KNOW: Final = Question(
    "must-not-know",
    "Is there anybody who must not see this report?",
    "For example a person or a unit in the force that would normally be given it.",
)

BEFORE: Final = (DANGER,)
"""Asked before anything else."""
ABOUT: Final = (WHO, WHEN, HOW_KNOWN, HOW_MANY, HARMED, EVIDENCE, TOLD, MUST_NOT_KNOW)
QUESTIONS: Final = BEFORE + ABOUT


def find_question(name: str) -> Question:
    """The question of this name; one that this version does not know is shown by its name."""
    return next((each for each in QUESTIONS if each.name == name), Question(name, name))
