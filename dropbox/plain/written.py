"""What somebody typed and chose in the report's form, held against what a report can hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crypto.contact import DETAILS_BYTES, seal_contact
from crypto.directory import Directory
from crypto.documents import Answer, Category, Contact, Sealed
from crypto.files import FileManifest
from crypto.primitives import RandomBytes
from crypto.reporter import Draft
from dropbox.plain import words
from dropbox.plain.forms import Fields
from dropbox.site.forces import offered_forces
from dropbox.site.languages import Language, read_languages
from dropbox.site.questions import (
    CATEGORIES,
    CONFIDENTIAL,
    FORCE,
    QUESTIONS,
    SECOND_FORCE,
    Question,
)

Problem = tuple[str, str]
"""The id of a field, and what to do about it."""

FORCE_FIELDS: Final = (FORCE.name, SECOND_FORCE.name)
"""So many forces can be named in the form; the text can name more."""


@dataclass(frozen=True)
class Written:
    """A report as it was written, without its files. ``details``: how to contact the reporter."""

    text: str
    language: str
    categories: tuple[Category, ...]
    forces: tuple[str, ...]
    answers: tuple[Answer, ...]
    details: str

    def __repr__(self) -> str:
        return "<Written>"

    def draft(
        self,
        files: tuple[FileManifest, ...],
        mailbox: bytes,
        directory: Directory,
        random_bytes: RandomBytes,
    ) -> Draft:
        """The draft of a report of ``mailbox``, contact details sealed apart."""
        contact: Contact | None = None
        if self.details:
            card = directory.contact_card
            contact = seal_contact(self.details, mailbox, card, random_bytes)
        return Draft(
            self.text,
            self.language,
            Sealed.ON_ARRIVAL,
            self.categories,
            self.forces,
            self.answers,
            files,
            contact,
        )


def answer_languages() -> tuple[tuple[str, str], ...]:
    """In which languages the team answers: (code, the language's own name)."""
    return tuple((each.code, each.name) for each in read_languages())


def chosen_language(fields: Fields, page: Language) -> str:
    """The code of the language that was chosen for answers; else that of the page."""
    chosen = fields.line("language")
    return chosen if chosen in dict(answer_languages()) else page.code


def read_written(fields: Fields, page: Language, *, demo: bool) -> Written:
    """What the fields of a form in the language of its page hold.

    What is not on offer is left out: it did not come from our page.
    """
    offered = {value for value, _ in CATEGORIES}
    known = {force.id for force in offered_forces(demo=demo)}
    forces = {fields.line(name) for name in FORCE_FIELDS} & known
    confidential = fields.line("track") == CONFIDENTIAL
    return Written(
        fields.text("text").strip("\n"),
        chosen_language(fields, page),
        tuple(sorted({Category(each) for each in fields.chosen("category") if each in offered})),
        tuple(sorted(forces)),
        tuple(sorted(_answers(fields), key=lambda each: each.question)),
        fields.text("contact").strip() if confidential else "",
    )


def find_problems(fields: Fields, directory: Directory, language: Language) -> list[Problem]:
    """What has to be put right before anything is sealed, in the order of the form."""
    say, most = language.say, directory.limits.text_characters
    problems: list[Problem] = []
    for name in ("text", *(each.name for each in QUESTIONS if not each.choices)):
        if (length := len(fields.text(name))) > most:
            problems.append((name, say(words.TOO_LONG, length=length, most=most)))
    details = fields.text("contact").strip()
    if fields.line("track") == CONFIDENTIAL:
        if not details:
            problems.append(("contact", say(words.CONTACT_MISSING)))
        elif len(details.encode("utf-8", "replace")) > DETAILS_BYTES:
            problems.append(("contact", say(words.CONTACT_TOO_LONG)))
        if not fields.line("sure"):
            problems.append(("sure", say(words.CONTACT_UNSURE)))
    elif details:
        problems.append(("contact", say(words.CONTACT_UNWANTED)))
    return problems


def _answers(fields: Fields) -> Iterator[Answer]:
    for question in QUESTIONS:
        answer = _answer(fields, question)
        if answer:
            yield Answer(question.name, answer)


def _answer(fields: Fields, question: Question) -> str:
    answer = fields.text(question.name).strip()
    if question.choices:
        return answer if answer in dict(question.choices) else ""
    return answer[:40_000]
