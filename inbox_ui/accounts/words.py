"""What the figures are called, and what is said about them."""

from datetime import date
from typing import Final

from crypto.documents import Category, Conclusion
from dropbox.site.forces import force_name
from inbox_ui import words
from inbox_ui.accounts.figures import NONE, OPEN, SEVERAL, UNLISTED, Axis, Figures, Spread
from inbox_ui.accounts.pilot import Beside
from inbox_ui.accounts.subject import Why
from inbox_ui.work.agreeing import Agreement

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
OTHERS: Final = "others ({count})"
FORCES_NAMED: Final = "A force that nobody named has no bar; it is in the table."
FORCES_CUT: Final = (
    "The {shown} that are named most have a bar each; the {left} others that are named share one. "
    "The table has every one."
)
MONTHS_CUT: Final = "The last {shown} months have a bar; the {left} before them are in the table."

HALF: Final = "{median} in the middle, half of them from {lower} to {upper} (of {count})"
PART: Final = "{part:,} of {of:,} ({share})"
BESIDE: Final = "{what}: {ours}; in the pilot {theirs}. Source: {source}"
PILOT: Final = "Beside the pilot for London, November 2022 to February 2024"
READ: Final = "Working days until somebody read it"
ACKNOWLEDGED: Final = "Working days until it was acknowledged"
CONCLUDED: Final = "Days until it was concluded"

PAPER_KEPT: Final = "The figures of {period} are kept, and are given again as they are now."
SHEET_WRITTEN: Final = "Written to {path}."


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


# -- what is held about somebody ----------------------------------------------------------------

WITHHELD_BECAUSE: Final = {
    Why.SOURCE: (
        "A reporter’s own words. How they are put, and that they are there, lead to who wrote them "
        "(D v NSPCC [1978] AC 171; DPA 2018, Sch. 2, para. 16)."
    ),
    Why.DIALOGUE: "Said to a reporter. It shows that there is one (DPA 2018, Sch. 2, para. 16).",
    Why.WORK: "How the team worked on it: what was known, when, and from whom.",
    Why.POOL: "Few people know this, or it is not known how many: it would lead to one of them.",
    Why.UNREAD: "Nobody went through the checklist over this version, or copied words are in it.",
    Why.DECIDE: (
        "May be thought about. Would it prejudice the prevention or detection of crime (DPA 2018, "
        "Sch. 2, para. 2)? Decide for this line alone."
    ),
}
STANDINGS: Final = {
    (False, False): "nobody has proposed it",
    (True, False): "proposed; somebody else has to agree",
    (True, True): "goes into the answer",
}
ANSWER: Final = (
    "We have looked for personal data about you.\n\n"
    "What people report to this service is given in confidence. We neither confirm nor deny that "
    "we hold anything that came so: to say either would make the confidence worth nothing (Data "
    "Protection Act 2018, Schedule 2, paragraphs 2 and 16; D v NSPCC [1978] AC 171). This letter "
    "reads the same whether or not we do.\n\n"
    "You may complain to the Information Commissioner, and you may go to court."
)
ANSWER_RELEASED: Final = "This we can give you:"
ANSWER_WRITTEN: Final = "The answer is in {path}. Read it before it goes."
NOT_SEARCHED: Final = (
    "{count} case(s) were not searched: others have them, or an interest of yours hides them, or "
    "nothing opens. Who has them has to look there."
)
NOT_NAMED: Final = "No case that you may read names this person. The answer would not say so."
HIT: Final = "{case}  {place:14}  {why}"
HIT_LINE: Final = "    {code}: {text}\n    ({standing})"


def standing(agreement: Agreement) -> str:
    """How it stands with a line."""
    return STANDINGS[agreement.proposed_by is not None, agreement.is_released]


# -- for an auditor -----------------------------------------------------------------------------

LEDGER_HEAD: Final = ("Table", "What", "Number")
ALL: Final = "All logs"
CASES: Final = "cases of which there is a log"
ENTRIES: Final = "entries that are proved"
UNPROVED: Final = "places that are missing or not proved"
BY_MONTH: Final = "Entries by month"
BY_KIND: Final = "Entries by kind"
BEGUN: Final = "First entry after the report"
IN_TIME: Final = "within two working days"
LATER: Final = "later"
NEVER: Final = "none, or the report is not in the log"
ONE_SET: Final = (
    "Whoever has the counts of two sets of logs that differ by a few can take one from the other. "
    "So let each case be in one count only, and its log be the last there is."
)
