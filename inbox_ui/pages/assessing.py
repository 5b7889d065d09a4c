"""What the team makes of a case: its stage, its scope, THRIVE, and the categories.

Where a colleague has assessed it since the form was shown, nothing is written: the form comes back
as it was filled in, with what they changed above it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from crypto.errors import OverLimit
from inbox_ui import words as commands
from inbox_ui.history import person
from inbox_ui.history_shown import name_of
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Failed, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.case import Draft, case_page
from inbox_ui.pages.forms import Form
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.words import Explained
from inbox_ui.work import words as case_words
from inbox_ui.work.assessing import (
    BEFORE_ANY,
    LETTERS,
    Change,
    changes,
    newest_assessment,
    propose,
    rate,
    rated,
)
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.described import describe, describe_among
from inbox_ui.work.pieces import (
    REMARK,
    Assessment,
    Level,
    Rated,
    Scope,
    Stage,
    Work,
)
from inbox_ui.work.recording import record
from inbox_ui.work.records import pieces, records_of
from inbox_ui.work.signposts import Signpost, find_signpost, read_signposts

E = TypeVar("E", Stage, Scope, Level)


@dataclass(frozen=True)
class Filled:
    """An assessment as it stands in the form, however long. ``letters`` are levels and why."""

    stage: Stage
    scope: Scope
    corruption: frozenset[Corruption]
    letters: Mapping[str, tuple[Level, str]] = field(repr=False)
    remark: str = field(repr=False)
    told: bool

    @classmethod
    def of(cls, now: Assessment) -> "Filled":
        """The form of an assessment that there is."""
        letters = {name: (each.level, each.why) for name, each in rated(now.thrive).items()}
        chosen = frozenset(now.corruption)
        return cls(now.stage, now.scope, chosen, letters, now.remark, now.told)

    def piece(self, after: bytes | None) -> Assessment:
        """What is kept, where nothing of it is too long."""
        thrive = rate({name: Rated(*each) for name, each in self.letters.items()})
        chosen = tuple(sorted(self.corruption))
        return Assessment(after, self.stage, self.scope, chosen, thrive, self.remark, self.told)


@dataclass(frozen=True)
class Letter:
    """One letter of THRIVE in the form."""

    name: str
    label: str
    asked: str
    level: str
    why: str = field(repr=False)


@dataclass(frozen=True)
class Past:
    """An assessment there is: when, whose, and what it says."""

    day: date
    who: str
    facts: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Assess:
    """The form. ``known`` names the assessment it was filled from; ``since`` is what a colleague
    has changed after it. ``before`` are the assessments there are, as the thread tells them."""

    case: str
    now: Filled
    known: str
    letters: tuple[Letter, ...]
    categories: tuple[tuple[str, str, str], ...]
    signposts: tuple[Signpost, ...]
    before: tuple[Past, ...]
    since: tuple[Change, ...] = ()
    overtaken: bool = False
    field: str = ""
    error: str = ""


async def ask(call: Call) -> Answer:
    """The form, filled with the newest assessment."""
    return await _form(call, None)


async def assess(call: Call) -> Answer:
    """Write it down, unless a colleague did meanwhile."""
    name, filled, form = call.path["case"], _read(call.form), call.form
    if call.unlocked.has_spent(form.line("ticket")):
        return Goto(f"/case/{name}")
    if wrong := _find_wrong(filled):
        return await _form(call, filled, *wrong)
    newest = await call.at_desk(lambda station: newest_assessment(_open(station, name)).after)
    if _name(newest) != form.line("known"):
        return await _form(call, filled)

    def act(station: Station) -> None:
        record(station, station.case(name), Work.ASSESSMENT, filled.piece(newest))

    try:
        await call.write_once(act)
    except OverLimit as error:
        return await _form(call, filled, "remark", words.explain(error).error)
    return Goto(f"/case/{name}")


async def prefill(call: Call) -> Answer:
    """The case, with a kind message in the reply: nothing is sent by that."""
    form = call.form
    signpost, language = find_signpost(form.line("signpost")), form.line("language")
    if signpost is None or language not in signpost.messages:
        raise Failed(404, Explained(words.NOT_THERE, ""))
    read = await call.at_desk(lambda station: _open(station, call.path["case"]).file.newest_read)
    message, last = signpost.messages[language], -1 if read is None else read.seq
    return await case_page(call, Draft(message, language, last))


def _read(form: Form) -> Filled:
    """What the form says. Raises ``Failed`` for a choice that there is not."""
    ticked = form.chosen("corruption")
    return Filled(
        _choice(Stage, form.line("stage")),
        _choice(Scope, form.line("scope")),
        frozenset(each for each in Corruption if each.value in ticked),
        {each: (_choice(Level, form.line(each)), form.text(f"{each}-why")) for each in LETTERS},
        form.text("remark"),
        form.line("told") == "yes",
    )


def _choice(kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise Failed(400, Explained(words.NO_FORM, words.GO_BACK)) from None


def _find_wrong(filled: Filled) -> tuple[str, str] | None:
    """A field that is not as it has to be, and what to say there."""
    for letter, (level, why) in filled.letters.items():
        if level is not Level.UNKNOWN and not why.strip():
            return f"{letter}-why", words.NO_WHY
        if len(why) > REMARK:
            return f"{letter}-why", words.TOO_LONG.format(count=len(why), most=REMARK)
    if len(filled.remark) > REMARK:
        return "remark", words.TOO_LONG.format(count=len(filled.remark), most=REMARK)
    return None


async def _form(call: Call, filled: Filled | None, wrong: str = "", error: str = "") -> Page:
    name, known = call.path["case"], call.form.line("known")

    def look(station: Station) -> Assess:
        case = _open(station, name)
        view = _view(station, case, filled)
        if filled is None:
            return view
        seen = dict(_named(case)).get(known, BEFORE_ANY)
        since = tuple(changes(seen, newest_assessment(case))) if view.known != known else ()
        return replace(view, since=since, overtaken=view.known != known, field=wrong, error=error)

    return Page("assess.html", await call.at_desk(look), 400 if error else 200)


def _view(station: Station, case: OpenCase, filled: Filled | None) -> Assess:
    newest = newest_assessment(case)
    now = Filled.of(newest) if filled is None else filled
    return Assess(
        case=case.name,
        now=now,
        known=_name(newest.after),
        letters=tuple(
            Letter(
                each,
                case_words.LETTERS[each],
                case_words.LETTERS_ASKED[each],
                now.letters[each][0].value,
                now.letters[each][1],
            )
            for each in LETTERS
        ),
        categories=tuple(_categories(case)),
        signposts=read_signposts(),
        before=tuple(_past(station, case)),
    )


def _categories(case: OpenCase) -> Iterator[tuple[str, str, str]]:
    """The twelve, those that are proposed first: value, label, and what proposes it."""
    proposed = propose(case)
    for each in sorted(Corruption, key=lambda each: each not in proposed):
        because = ", ".join(commands.CATEGORY_WORDS[said] for said in proposed.get(each, ()))
        hint = case_words.PROPOSED.format(because=because) if because else ""
        yield each.value, case_words.CORRUPTION[each], hint


def _past(station: Station, case: OpenCase) -> Iterator[Past]:
    """Every assessment, the newest first."""
    records = records_of(case)
    among, entries = describe_among(records), {each.id: each for each in case.file.entries}
    for each, _ in reversed(pieces(records, Assessment)):
        who = name_of(person(each.author, station.roster))
        facts = (*describe(entries[each.id]), *among.get(each.id, ()))
        yield Past(each.day, who, facts)


def _named(case: OpenCase) -> Iterator[tuple[str, Assessment]]:
    for each, piece in pieces(records_of(case), Assessment):
        yield _name(each.id), piece


def _name(identifier: bytes | None) -> str:
    return "" if identifier is None else identifier.hex()


def _open(station: Station, name: str) -> OpenCase:
    return station.open_case(station.case(name))
