"""What a case has to do with others, and an analyst's word for it: in two steps, for it stays.

Nothing here counts or names a case that whoever looks may not read.
"""

from dataclasses import dataclass, field, replace

from inbox_ui.errors import (
    AmbiguousCase,
    DeclaredInterest,
    LinkedAlready,
    NotLinked,
    SameCase,
    ShortCaseName,
    UnknownCase,
)
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.search.index import FOR_A_PAGE, Index
from inbox_ui.station import Station
from inbox_ui.summary import Summary
from inbox_ui.work import linking
from inbox_ui.work.pieces import REMARK
from inbox_ui.work.words import MARK_KINDS

_CORRECTABLE = (
    UnknownCase,
    ShortCaseName,
    AmbiguousCase,
    DeclaredInterest,
    SameCase,
    LinkedAlready,
    NotLinked,
)


@dataclass(frozen=True)
class Other:
    """Another case, which may be read."""

    name: str
    last_day: str


@dataclass(frozen=True)
class Shared:
    """Something marked here and in ``others``; ``across``: some name other police forces."""

    kind: str
    said: str = field(repr=False)
    others: tuple[Other, ...]
    across: bool


@dataclass(frozen=True)
class Near:
    """A case with nearly the same text."""

    other: Other
    share: int
    across: bool


@dataclass(frozen=True)
class Linked:
    """A case that was linked; ``None`` for one that may not be read."""

    other: Other | None
    reason: str = field(repr=False)
    day: str
    both: bool


@dataclass(frozen=True)
class Bonds:
    """All that a case has to do with others. ``left`` cases are not read yet."""

    shared: tuple[Shared, ...]
    near: tuple[Near, ...]
    linked: tuple[Linked, ...]
    left: int


@dataclass(frozen=True)
class LinksView:
    """The page, with what was filled in. ``ended``: it is to be said that they are not linked."""

    case: str
    bonds: Bonds
    other: str = ""
    reason: str = field(default="", repr=False)
    ended: bool = False
    at: str = ""
    error: str = ""


@dataclass(frozen=True)
class Confirm:
    """What is about to be written, into both."""

    case: str
    other: str
    reason: str = field(repr=False)
    ended: bool


def bonds_of(index: Index, station: Station, summary: Summary) -> Bonds:
    """What a case has to do with others that may be read."""
    index.follow(station, FOR_A_PAGE)
    case = station.open_case(summary)
    return Bonds(
        tuple(
            Shared(MARK_KINDS[each.mark.kind], each.mark.said, _others(each.others), each.across)
            for each in linking.shared_names(index, summary, case)
        ),
        tuple(
            Near(_other(each.other), each.share, each.across)
            for each in linking.near_texts(index, summary)
        ),
        tuple(
            Linked(
                _other(each.other) if each.other is not None else None,
                each.reason if each.other is not None else "",
                str(each.record.day),
                each.both,
            )
            for each in linking.linked(station, case)
        ),
        index.left,
    )


async def show_links(call: Call) -> Answer:
    """What the case has to do with others."""
    return await _page(call)


async def change(call: Call) -> Answer:
    """The form, as it was filled in."""
    return await _page(call)


async def confirm(call: Call) -> Answer:
    """The first step."""
    if wrong := _wrong(call):
        return await _page(call, *wrong)
    try:
        return Page("link.html", await call.at_desk(lambda station: _look(call, station)))
    except _CORRECTABLE as error:
        return await _page(call, "other", words.explain(error).error)


async def do(call: Call) -> Answer:
    """The second step: both cases say it."""
    if wrong := _wrong(call):
        return await _page(call, *wrong)
    name, wish = call.path["case"], _wish(call)

    def act(station: Station) -> None:
        one, other = station.case(name), linking.find_other(station, wish.other)
        say = linking.unlink if wish.ended else linking.link
        say(station, one, other, wish.reason)

    try:
        await call.write_once(act)
    except _CORRECTABLE as error:
        return await _page(call, "other", words.explain(error).error)
    return Goto(f"/case/{name}/links")


def _look(call: Call, station: Station) -> Confirm:
    wish, one = _wish(call), station.case(call.path["case"])
    other = linking.find_other(station, wish.other)
    if one.mailbox == other.mailbox:
        raise SameCase(other.name)
    return replace(wish, case=one.name, other=other.name)


def _wish(call: Call) -> Confirm:
    form = call.form
    return Confirm(
        call.path["case"], form.line("other"), form.text("reason"), form.line("ended") == "yes"
    )


def _wrong(call: Call) -> tuple[str, str] | None:
    wish = _wish(call)
    if not wish.other:
        return "other", words.NO_CASE_NAMED
    if not wish.reason:
        return "reason", words.EMPTY
    if len(wish.reason) > REMARK:
        return "reason", words.TOO_LONG.format(count=len(wish.reason), most=REMARK)
    return None


async def _page(call: Call, at: str = "", error: str = "") -> Page:
    name, wish, index = call.path["case"], _wish(call), call.unlocked.desk.index

    def look(station: Station) -> LinksView:
        summary = station.case(name)
        bonds = bonds_of(index, station, summary)
        return LinksView(summary.name, bonds, wish.other, wish.reason, wish.ended, at, error)

    return Page("links.html", await call.at_desk(look), 400 if error else 200)


def _others(found: tuple[Summary, ...]) -> tuple[Other, ...]:
    return tuple(map(_other, found))


def _other(summary: Summary) -> Other:
    return Other(summary.name, summary.last_day)
