"""What the figures are called, and what is said about them."""

from datetime import date
from typing import Final

from crypto.documents import Category, Conclusion
from dropbox.site.forces import force_name
from inbox_ui import words
from inbox_ui.accounts.figures import NONE, OPEN, SEVERAL, UNLISTED, Axis, Figures, Spread
from inbox_ui.accounts.pilot import Beside

TITLES: Final = {
    Axis.MONTH: "By month",
    Axis.CHANNEL: "How they came",
    Axis.CATEGORY: "What they are about",
    Axis.FORCE: "By police force",
    Axis.OUTCOME: "What became of them",
    Axis.INTELLIGENCE: "Became intelligence",
    Axis.RETURN: "Reporters who came back",
    Axis.ACKNOWLEDGED: "Acknowledged to the reporter",
}
NOTES: Final = {
    Axis.MONTH: "The month in which the server stored the report.",
    Axis.CHANNEL: "As the report says of itself.",
    Axis.CATEGORY: "As the reporter chose. A report that names several counts in each.",
    Axis.FORCE: "As the reporter named them, at most three. One that names several counts in each.",
    Axis.OUTCOME: "As the team concluded. A case that was assigned again after its end is open.",
    Axis.INTELLIGENCE: "At least one intelligence report of the case was sent to a unit.",
    Axis.RETURN: "Whoever wrote again in the same mailbox, also unasked.",
    Axis.ACKNOWLEDGED: "Within seven days, by a receipt or a reply.",
}
_SORTED: Final = {
    Axis.CHANNEL: {"telephone": "by telephone", "online": "online"},
    Axis.CATEGORY: {
        **{each.value: name for each, name in words.CATEGORY_WORDS.items()},
        Category.OTHER.value: "something else",
        NONE: "nothing chosen",
        SEVERAL: "several of these",
    },
    Axis.FORCE: {UNLISTED: "not on the list", NONE: "none named", SEVERAL: "several of these"},
    Axis.OUTCOME: {
        OPEN: "open",
        **{each.value: words.CONCLUSIONS[each] for each in Conclusion},
    },
    Axis.INTELLIGENCE: {"released": "sent to a unit", "not released": "not sent to any"},
    Axis.RETURN: {"again": "wrote again", "once": "wrote once"},
    Axis.ACKNOWLEDGED: {"in time": "in time", "late": "later", "not yet": "not yet"},
}

FEW: Final = "fewer than 5"
WITHHELD: Final = "withheld"
SHEET_HEAD: Final = ("Table", "Kind", "Reports")
ALL_REPORTS: Final = "All reports"
PERIOD: Final = "{first} to {last}"
ONE_MONTH: Final = "{first}"
EXPLAINED: Final = (
    "“Fewer than 5” may be none. “Withheld” is any number: it is not said so that nobody can work "
    "out another one. A report that names several categories or forces counts once, as “several of "
    "these”. Counted are the cases that this workstation may read and that are not purged."
)
TOO_FEW: Final = "Fewer than 5 reports came in these months. Nothing more is said of them."
NO_FIGURES: Final = "There is no report yet that this workstation may read."
NO_TIME: Final = "none yet"
SUMMARY_NONE: Final = "None of {count}."
SUMMARY_MOST: Final = "Most: {kind}, {most} of {count} ({share})."

HALF: Final = "{median} in the middle, half of them from {lower} to {upper} (of {count})"
PART: Final = "{part:,} of {of:,} ({share})"
BESIDE: Final = "{what}: {ours}; in the pilot {theirs}. Source: {source}"
PILOT: Final = "Beside the pilot for London, November 2022 to February 2024"
READ: Final = "Working days until somebody read it"
ACKNOWLEDGED: Final = "Working days until it was acknowledged"
CONCLUDED: Final = "Days until it was concluded"

PAPER_KEPT: Final = "The figures of {period} are kept, and are given again as they are now."
SHEET_WRITTEN: Final = "Written to {path}."
HELD_BY_OTHERS: Final = "{count} case(s) are held by others, or hidden, and are not counted."


def kind(axis: Axis, each: str) -> str:
    """What a kind is called."""
    if axis is Axis.MONTH:
        return month(each)
    return _SORTED[axis].get(each) or force_name(each)


def month(each: str) -> str:
    """A month, ``YYYY-MM``, for people."""
    return f"{date.fromisoformat(each + '-01'):%B %Y}"


def period(first: str, last: str) -> str:
    """Some months for people."""
    if first == last:
        return ONE_MONTH.format(first=month(first))
    return PERIOD.format(first=month(first), last=month(last))


def shown(count: int | None, *, few: bool) -> str | int:
    """A count that may not be said."""
    return count if count is not None else FEW if few else WITHHELD


def share(part: int, of: int) -> str:
    """How much it is in a hundred."""
    return f"{part / of:.0%}" if of else "–"


def days(value: float) -> str:
    """Days, with a half where there is one."""
    return f"{value:.1f}".removesuffix(".0")


def times(figures: Figures) -> tuple[tuple[str, str], ...]:
    """How long things took, each with its name."""
    found = ((READ, figures.read), (ACKNOWLEDGED, figures.acknowledged))
    return tuple((title, _spread(each)) for title, each in (*found, (CONCLUDED, figures.concluded)))


def _spread(found: Spread | None) -> str:
    if found is None:
        return NO_TIME
    lower, median, upper = map(days, (found.lower, found.median, found.upper))
    return HALF.format(median=median, lower=lower, upper=upper, count=found.count)


def beside(each: Beside) -> str:
    """A figure of ours beside the pilot's, in a sentence."""
    return BESIDE.format(what=each.what, ours=ours(each), theirs=theirs(each), source=each.source)


def theirs(each: Beside) -> str:
    """The pilot's figure."""
    return f"{each.theirs:,}" if each.of_theirs is None else _part(each.theirs, each.of_theirs)


def ours(each: Beside) -> str:
    """Our figure."""
    return _part(each.ours, each.of_ours)


def _part(part: int, of: int) -> str:
    return PART.format(part=part, of=of, share=share(part, of))
