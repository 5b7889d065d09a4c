"""What people read of intelligence reports and their release."""

from typing import Final

from crypto.documents import Category
from inbox_ui.work.clashes import Why
from inbox_ui.work.intelligence import Handling, Information, Pool, Says, Source, Tick
from inbox_ui.work.releasing import Obstacle
from inbox_ui.work.sanitising import Sign
from inbox_ui.work.units import Kind
from inbox_ui.work.words import CORRUPTION

__all__ = ["CORRUPTION"]

# -- the report itself, as a unit reads it ------------------------------------------------------

PDF_TITLE: Final = "Intelligence report {ref}"
PDF_FOOT: Final = "{marking}   {ref}   page {page}"
PDF_LACKING: Final = (
    "Some letters of this report cannot be shown in this file. The file report.json has them all."
)
ABOUT: Final = "This report"
REF: Final = "Reference: {ref}"
LINKED: Final = "Linked to: {ref}"
CREATED: Final = "Written on: {day}"
FROM: Final = "From: {unit}"
RECIPIENTS: Final = "To: {units}"
MARKING: Final = "Marking: {marking}"
INSTRUCTION: Final = "Handling: {said}"
SOURCE_HEAD: Final = "Source"
SOURCES: Final[dict[Source, str]] = {
    Source.RELIABLE: "1: reliable",
    Source.UNTESTED: "2: untested",
    Source.NOT_RELIABLE: "3: not reliable",
}
ITEM: Final = "Information {number}"
INFORMATION: Final[dict[Information, str]] = {
    Information.DIRECT: "A: known directly to the source",
    Information.CORROBORATED: "B: known indirectly, but corroborated",
    Information.INDIRECT: "C: known indirectly",
    Information.NOT_KNOWN: "D: not known how the source knows",
    Information.FALSE: "E: suspected to be false",
}
REASON: Final = "Why it is thought to be false: {said}"
HANDLING: Final[dict[Handling, str]] = {
    Handling.PERMITTED: "P: may be shared where the law allows it",
    Handling.CONDITIONS: "C: may be shared only on conditions",
}
CONDITIONS: Final = "Conditions: {said}"
SUBJECT: Final = "Person {number}"
NAME: Final = "Name: {said}"
NUMBER: Final = "Rank or number: {said}"
ROLE: Final = "Role: {said}"
TEAM: Final = "Team: {said}"
FORCE: Final = "Force: {said}"
KIND: Final = "What it is about"
CATEGORIES: Final[dict[Category, str]] = {
    Category.INFLUENCE: "Corruption: influence or information for money or favours",
    Category.ADVANTAGE: "Abuse of position for personal advantage",
    Category.SEXUAL: "Crossing professional or sexual boundaries",
    Category.PARTNER: "Abuse of a partner or family",
    Category.DISCRIMINATION: "Racist, misogynist, homophobic or disablist conduct",
    Category.OTHER: "Something else",
}
PRESENT: Final = "What it answers"
CHECKS: Final = "Checks that were made"
RISK_SOURCE: Final = "Risk to the source"
RISK_OTHERS: Final = "Risk to others"
NONE: Final = "None."

# -- sanitising ---------------------------------------------------------------------------------

SIGNS: Final[dict[Sign, str]] = {
    Sign.COPIED: "Copied from the reporter. Write it in your own words:",
    Sign.TIME: "An exact time. It can point to one shift:",
    Sign.DATE: "A date or day. Say it more roughly:",
    Sign.FIRST_PERSON: "Reads as if the source spoke:",
    Sign.QUOTE: "A direct quote:",
    Sign.SOURCE: "Speaks of the source:",
    Sign.EARLIER: "Speaks of another report or complaint:",
    Sign.KNOWERS: "Says how many people know:",
    Sign.LANGUAGE: "Tells in which language it was told. Write it in plain English:",
    Sign.FILE: "Speaks of a file. Tell what it shows, and not that there is one:",
    Sign.BACKED: "A B is only for what two people know apart from each other. Is it so here?",
}
TICKS: Final[dict[Tick, str]] = {
    Tick.RELATION: "Nothing says how the source and the subject know each other.",
    Tick.KNOWERS: "Nothing says that only a few people know this.",
    Tick.TIMES: "No exact time or place fixes a shift.",
    Tick.QUOTES: "No direct quote, dialect or odd spelling is left.",
    Tick.ORDER: "Things are not in the order in which they were told.",
    Tick.PERSON: "Nothing says the gender, rank or length of service of the source.",
    Tick.KNOWING: "Nothing says more than it must of how it is known.",
    Tick.FILES: "No file is passed on. What it shows is told anew.",
    Tick.COMPLAINTS: "Nothing speaks of an earlier complaint.",
    Tick.TIMING: "The day it goes does not point to what happened.",
}
AS_SUBJECT: Final = "Read it as the subject would. Could you tell who said it?"
POOLS: Final[dict[Pool, str]] = {
    Pool.UNKNOWN: "not known",
    Pool.FEW: "five or fewer",
    Pool.MORE: "more than five",
}

POOL: Final = "How many people know: {pool}."
FEW_SAID: Final = "The reporter says that five or fewer know."
WHY_NOT_FEW: Final = "A version of it said that five or fewer know. Why that is not so: {why}"

# -- release ------------------------------------------------------------------------------------

CHANGED_MEANWHILE: Final = (
    "Somebody has kept another version since you began. Nothing of yours is kept yet. Look at "
    "theirs in another window, under Intelligence reports. Keep yours again, and it comes behind."
)
OBSTACLES: Final[dict[Obstacle, str]] = {
    Obstacle.CROSSED: "Two people wrote at once. Look at both versions and save it again.",
    Obstacle.COPIED: "Words of the reporter are still in it.",
    Obstacle.WIDENED: (
        "A version of it said that five or fewer know. Say why that is not so, or say it again."
    ),
    Obstacle.OPEN_HANDLING: (
        "Few people know it, and an item of it may be shared freely (P). Give each of them "
        "conditions (C): who passes it on tells more people what only a few could have said."
    ),
    Obstacle.NOT_READ: "Whoever wrote it has not gone through the whole checklist.",
    Obstacle.NOT_READ_TWICE: (
        "A second person has to go through the whole checklist, for exactly this version, "
        "before they agree."
    ),
    Obstacle.WITHDRAWN: "The release was withdrawn.",
    Obstacle.NO_CONSENT: "A second person has to agree. It must be one who wrote none of it.",
    Obstacle.OWN_CONSENT: "You agreed to it, so somebody else has to send it.",
    Obstacle.NOT_YET: "The day for it has not come.",
    Obstacle.NO_RECIPIENT: "It names nobody to send it to.",
    Obstacle.NO_LIST: "There is no list of recipients here. A publisher gives it: recipients take.",
    Obstacle.OLD_LIST: "The list of recipients is not valid today. A publisher has to renew it.",
    Obstacle.UNKNOWN_UNIT: "{unit} is not on the list of recipients.",
    Obstacle.EXPIRED_UNIT: "The key of {unit} has run out. Nothing may be sealed to it.",
    Obstacle.CLASH: "{unit} must not have it: {why}.",
}
UNIT_OF: Final = "{name} ({force})"
UNIT_ALIKE: Final = "{name} [{unit}]"
CHANGED: Final = "It was changed since you looked. Read it again."
CLASHES: Final[dict[Why, str]] = {
    Why.UNIT: "it names such a unit",
    Why.CHIEF: "it names the rank of a chief officer, who may be of that force",
    Why.ASKED: "the reporter asked that they do not see it",
    Why.PERSON: "somebody who is named works there",
    Why.NAME: "a word in it may be the name of somebody who works there",
}
RECOGNISES: Final = (
    "Whoever of them is named, even as one who was only told, may recognise who wrote. Nobody can "
    "set this aside."
)
NOT_ASIDE: Final = "Nobody has said that it is only mentioned."
ASIDE_BY_ONE: Final = "One of you says that it is only mentioned. Another has to agree."
ASIDE: Final = "Two of you say that it is only mentioned: it keeps nothing from them."
MUST_NOT: Final = "Must not have it: {why}."
MAY_MEAN: Final = "A word in it may mean {whom}, who works there."
KEY_OUT: Final = "Its key has run out."
ROUTED: Final = "It is there for a force that the case is about."
STANDS_IN: Final = "It stands in for {forces}."
NOT_LISTED: Final = "It is not on the list of recipients."
INSTEAD: Final = "Instead: {units}."
NO_INSTEAD: Final = "No unit on the list stands in for it."
BODIES: Final = "A publisher can list one that does: {bodies}."
SAYS: Final[dict[Says, str]] = {
    Says.ACKNOWLEDGED: "has it",
    Says.OUTCOME: "says what came of it",
    Says.QUESTION: "asks",
}
UNIT_KINDS: Final[dict[Kind, str]] = {
    Kind.COUNTER_CORRUPTION: "counter-corruption",
    Kind.STANDARDS: "professional standards",
    Kind.OVERSIGHT: "oversight body",
    Kind.OTHER: "other",
}

# -- in the thread of a case --------------------------------------------------------------------

DRAFTED: Final = "Intelligence report {ref}: a version was kept."
NOT_BEFORE: Final = "It is not sent before {day}."
SUBJECT_SHOWN: Final = "About: {subject}"
ITEM_SHOWN: Final = "{grade}: {text}"
WIDENED: Final = "Why more than a few know what report {ref} says:"
READ: Final = "The checklist of a report was gone through: {done} of {all}."
CONSENTED: Final = "Agreed that the report may go, as it stands."
TAKEN_BACK: Final = "Withdrew the release. The report does not go."
RELEASED: Final = "Report {ref} was sealed for {unit}."
ANSWERED: Final = "{unit} {says} ({day})."
OLDER_KEY: Final = "It was signed with the unit's older key. Ask the unit whether it is theirs."
