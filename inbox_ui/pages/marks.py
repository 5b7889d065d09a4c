"""The marks of a case: what is suggested, what is accepted, and a mark by hand.

What a form names is held against the texts of the case as they are: a mark stands where its words
stand, or it is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crypto.errors import NotCanonical
from inbox_ui import words as commands
from inbox_ui.errors import BadMark, NotInText
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.forms import Form
from inbox_ui.pages.words import explain
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.work.marking import normalise, suggest
from inbox_ui.work.marks import Passage, Spot, decided, passages_of, spot_of
from inbox_ui.work.pieces import LINE, Mark, MarkKind, Marks, Work
from inbox_ui.work.recording import record
from inbox_ui.work.records import pieces, records_of
from inbox_ui.work.words import MARK_KINDS

ON_A_PAGE = 40
"""Marks, and suggestions, that one page shows: what is left comes when those are decided."""
_AROUND = 40


@dataclass(frozen=True)
class Row:
    """A mark or a suggestion. ``spot`` is its place for the form; ``before`` and ``after`` are the
    text around it."""

    spot: str
    kind: str
    said: str = field(repr=False)
    normal: str = field(repr=False)
    place: str
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True)
class MarksView:
    """``more`` suggestions are left for later. ``typed`` is what was to be marked by hand."""

    case: str
    kinds: tuple[tuple[str, str], ...]
    marked: tuple[Row, ...]
    suggested: tuple[Row, ...]
    more: int
    typed: str = field(default="", repr=False)
    kind: str = ""
    normal: str = field(default="", repr=False)
    at: str = ""
    error: str = ""


async def show_marks(call: Call) -> Answer:
    """What is marked, and what could be."""
    return await _page(call)


async def decide(call: Call) -> Answer:
    """Accept, correct, leave out or take back what is ticked."""
    name, form = call.path["case"], call.form
    dropped = form.line("do") == "drop"

    def act(station: Station) -> None:
        case = station.open_case(station.case(name))
        marks = tuple(_chosen(case, form, dropped=dropped))
        _record(station, name, case, marks)

    try:
        await call.write_once(act)
    except BadMark as error:
        return await _page(call, at="marks", error=error)
    return Goto(f"/case/{name}/marks")


async def add(call: Call) -> Answer:
    """Mark something that no rule has found."""
    name, form = call.path["case"], call.form

    def act(station: Station) -> None:
        case = station.open_case(station.case(name))
        _record(station, name, case, (_found(case, form),))

    try:
        await call.write_once(act)
    except (BadMark, NotInText) as error:
        return await _page(call, at="said", error=error)
    return Goto(f"/case/{name}/marks")


def _record(station: Station, name: str, case: OpenCase, marks: tuple[Mark, ...]) -> None:
    known = decided(case)
    fresh = tuple(each for each in marks if known.get(spot_of(each)) != each)
    if fresh:
        seen = [each.id for each, _ in pieces(records_of(case), Marks)]
        piece = Marks(seen[-1] if seen else None, fresh)
        record(station, station.case(name), Work.MARKS, piece)


def _chosen(case: OpenCase, form: Form, *, dropped: bool) -> Iterator[Mark]:
    texts = {(each.entry, each.question): each.text for each in passages_of(case)}
    for number in sorted(form.chosen("take"))[: 2 * ON_A_PAGE]:
        spot = _read_spot(form.text(f"spot-{number}"))
        if spot is None or spot[:2] not in texts:
            continue  # of a page from before: it is not there any more
        said = texts[spot[:2]][spot[2] : spot[3]]
        kind, normal = form.line(f"kind-{number}"), form.line(f"normal-{number}")
        yield _make(kind, said, normal, spot, dropped=dropped)


def _found(case: OpenCase, form: Form) -> Mark:
    """The first place of what was typed that is not marked yet."""
    said, known = form.line("said"), decided(case)
    for each in passages_of(case):
        start = each.text.find(said) if said else -1
        while start >= 0:
            spot = (each.entry, each.question, start, start + len(said))
            if spot not in known or known[spot].dropped:
                kind = form.line("kind")
                return _make(kind, said, form.line("normal"), spot, dropped=False)
            start = each.text.find(said, start + 1)
    raise NotInText(said)


def _make(kind: str, said: str, normal: str, spot: Spot, *, dropped: bool) -> Mark:
    """The mark. Without a form of its own it gets the usual one. Raises ``BadMark``."""
    try:
        chosen = MarkKind(kind)
        form = normalise(chosen, normal or said)
        return Mark(chosen, said, form, *spot, dropped)
    except (ValueError, NotCanonical):
        raise BadMark(kind) from None


# -- showing ------------------------------------------------------------------------------------


async def _page(call: Call, at: str = "", error: BadMark | NotInText | None = None) -> Page:
    name, form = call.path["case"], call.form
    said = explain(error) if error is not None else None

    def look(station: Station) -> MarksView:
        summary = station.case(name)
        case = station.open_case(summary)
        passages = {(each.entry, each.question): each for each in passages_of(case)}
        known = decided(case)
        held = [_row(passages[spot[:2]], each) for spot, each in known.items() if not each.dropped]
        open_ = list(_suggested(tuple(passages.values()), known))
        return MarksView(
            summary.name,
            tuple((each.value, MARK_KINDS[each]) for each in MarkKind),
            tuple(held[:ON_A_PAGE]),
            tuple(open_[:ON_A_PAGE]),
            max(0, len(open_) - ON_A_PAGE),
            form.line("said"),
            form.line("kind"),
            form.line("normal"),
            at,
            f"{said.error} {said.hint}" if said is not None else "",
        )

    return Page("marks.html", await call.at_desk(look), 400 if error else 200)


def _suggested(passages: Sequence[Passage], known: dict[Spot, Mark]) -> Iterator[Row]:
    """Suggestions for places about which nobody has said anything."""
    decided_places = [(spot[:2], range(spot[2], spot[3])) for spot in known]
    for passage in passages:
        where = (passage.entry, passage.question)
        taken = [each for place, each in decided_places if place == where]
        for each in suggest(passage.text):
            if not any(each.start < span.stop and span.start < each.end for span in taken):
                mark = Mark(
                    each.kind, each.said, each.normal or each.said, *where, each.start, each.end,
                    dropped=False,
                )  # fmt: skip
                yield _row(passage, mark)


def _row(passage: Passage, mark: Mark) -> Row:
    chain = f"{commands.CHAINS[passage.chain]} {passage.seq}"
    return Row(
        _write_spot(spot_of(mark)),
        mark.kind.value,
        mark.said,
        mark.normal,
        f"{chain}, {passage.label}" if passage.label else chain,
        passage.text[max(0, mark.start - _AROUND) : mark.start],
        passage.text[mark.end : mark.end + _AROUND],
    )


def _write_spot(spot: Spot) -> str:
    entry, question, start, end = spot
    return f"{entry.hex()} {start} {end} {question}"


def _read_spot(written: str) -> Spot | None:
    entry, start, end, question = (*written.split(" ", 3), "", "", "", "")[:4]
    try:
        spot = (bytes.fromhex(entry), question, int(start), int(end))
    except ValueError:
        return None
    return spot if 0 <= spot[2] < spot[3] <= spot[2] + LINE else None
