"""What a report is asked: the same questions, in the same words, wherever they are asked or shown.

Every question can be left out but what happened. Nobody is asked who they are, what their rank is,
or whether they work for the police. The name of a question is part of the protocol's payload
(``Answer.question``) and does not change; its words may, and are said in the reader's language.
"""

from dataclasses import dataclass
from typing import Final

from dropbox.site.marking import marked as _


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
    ("influence", _("Using influence, or passing information, for money or favours")),
    ("advantage", _("Using the position for personal advantage")),
    ("sexual", _("Crossing sexual boundaries, or using the position for sexual purposes")),
    ("partner", _("Abusing or controlling a partner or somebody in the family")),
    ("discrimination", _("Racist, homophobic, misogynist or disablist words or actions")),
    ("other", _("Something else, or I am not sure")),
)
"""The service's five, and none of them: ``crypto.documents.Category`` and how it is asked."""

ANONYMOUS: Final = "anonymous"
CONFIDENTIAL: Final = "confidential"
TRACKS: Final = (
    (ANONYMOUS, _("No. I want to stay anonymous")),
    (CONFIDENTIAL, _("Yes. The investigators in the police may know who I am and contact me")),
)
"""Whether the police may learn who wrote: never, unless it is chosen, and confirmed."""

ACCOUNT: Final = Question("text", _("What happened?"))
"""The one question that has to be answered, unless a file does."""
TOPIC: Final = Question("category", _("What is it about?"), _("Choose all that fit."), CATEGORIES)
FORCE: Final = Question(
    "force", _("Which force?"), _("If you are not sure, choose “I do not know”.")
)
SECOND_FORCE: Final = Question("force-2", _("Another force, if there is one"))
LANGUAGE: Final = Question("language", _("In which language shall we answer?"))
TRACK: Final = Question("track", _("May they contact you?"), "", TRACKS)
"""What a form asks besides :data:`QUESTIONS`: a report has members of its own for these."""

DANGER: Final = Question(
    "danger",
    _("Is somebody in danger now?"),
    _("It can be days until we read this. If anybody is in danger, call 999."),
    (("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know"))),
)
WHO: Final = Question(
    "who",
    _("Who is it about?"),
    _(
        "A name or nickname, their job, team or station, a car, how they look. Only what you know "
        "now: please do not look anything up for us."
    ),
)
WHEN: Final = Question(
    "when",
    _("When did it happen, and does it still go on?"),
    _("Roughly is good. A day and an hour that few people know can point to you."),
)
WHERE: Final = Question("where", _("Where did it happen?"), _("A town or a station is enough."))
FEW: Final = "five-or-fewer"
HOW_KNOWN: Final = Question(
    "how-known",
    _("How do you know?"),
    "",
    (
        ("first-hand", _("I saw or heard it myself")),
        ("told", _("Somebody told me")),
        ("record", _("I saw a message or a record")),
        ("not-said", _("I prefer not to say")),
    ),
)
HOW_MANY: Final = Question(
    "how-many-know",
    _("About how many people know what you are telling us?"),
    _("If it is five or fewer, someone could guess who told us. We will take more care."),
    (
        (FEW, _("Five or fewer")),
        ("up-to-twenty", _("Six to twenty")),
        ("more", _("More than twenty")),
        ("unknown", _("I do not know")),
    ),
)
HARMED: Final = Question("harmed", _("Who could be harmed by this?"))
EVIDENCE: Final = Question(
    "evidence",
    _("Is there anything that shows it, and where is it?"),
    _("Just tell us that it is there. Please do not take, copy or photograph anything for us."),
)
TOLD: Final = Question("told", _("Have you told anybody else?"))
FOLLOWS: Final = Question(
    "follows",
    _("Does this follow an earlier report of yours?"),
    _("If you have lost your words, say roughly when you wrote to us, and what it was about."),
)
MUST_NOT_KNOW: Final = Question(
    "must-not-know",
    _("Is there anybody who must not see this report?"),
    _("It could be a person, or a team in the police that would see it if you did not tell us."),
)

BEFORE: Final = (DANGER,)
"""Asked before anything else."""
ABOUT: Final = (
    WHO, WHEN, WHERE, HOW_KNOWN, HOW_MANY, HARMED, EVIDENCE, TOLD, MUST_NOT_KNOW, FOLLOWS,
)  # fmt: skip
QUESTIONS: Final = BEFORE + ABOUT


def find_question(name: str) -> Question:
    """The question of this name; one that this version does not know is shown by its name."""
    return next((each for each in QUESTIONS if each.name == name), Question(name, name))
