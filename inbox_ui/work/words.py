"""What people read of casework."""

from typing import Final

from inbox_ui.work.access import Step
from inbox_ui.work.clocks import Promise, Timing
from inbox_ui.work.correspondence import Outcome
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.drafts import Standing
from inbox_ui.work.guard import Rule
from inbox_ui.work.mentions import Mentioned
from inbox_ui.work.pieces import Level, MarkKind, Scope, Stage

UNREADABLE: Final = "A newer version of this program wrote this ({work})."
STAGES: Final[dict[Stage, str]] = {
    Stage.ASSESSING: "The team is assessing it.",
    Stage.ADDRESSING: "The team is dealing with it.",
    Stage.AWAITING_REPORTER: "The team waits for the reporter.",
    Stage.AWAITING_FORCE: "The team waits for a police force.",
}
STAGE_NAMES: Final[dict[Stage, str]] = {
    Stage.ASSESSING: "being assessed",
    Stage.ADDRESSING: "being dealt with",
    Stage.AWAITING_REPORTER: "waiting for the reporter",
    Stage.AWAITING_FORCE: "waiting for a force",
}
SCOPES: Final[dict[Scope, str]] = {
    Scope.UNKNOWN: "Whether it is for this service is not decided.",
    Scope.INSIDE: "It is for this service.",
    Scope.PARTLY: "Part of it is for this service.",
    Scope.OUTSIDE: "It is not for this service.",
}
SCOPE_NAMES: Final[dict[Scope, str]] = {
    Scope.UNKNOWN: "not decided",
    Scope.INSIDE: "for this service",
    Scope.PARTLY: "partly for this service",
    Scope.OUTSIDE: "not for this service",
}
STAGE: Final = "Stage"
SCOPE: Final = "Scope"
CATEGORIES: Final = "Categories"
FED_BACK: Final = "Told what came of it"
YES: Final = "yes"
NO: Final = "no"
NONE: Final = "none"
CHANGED: Final = "Changed, {what}: {before} → {now}"
TOLD: Final = "The reporter was told what came of it."
LETTERS: Final[dict[str, str]] = {
    "threat": "Threat",
    "harm": "Harm",
    "risk": "Risk",
    "investigation": "Investigation",
    "vulnerability": "Vulnerability",
    "engagement": "Engagement",
}
LETTERS_ASKED: Final[dict[str, str]] = {
    "threat": "What is the threat, and who makes it?",
    "harm": "Who could be harmed, and how badly?",
    "risk": "How likely is it, and how soon?",
    "investigation": "Is there a need to look into it, and can it be done?",
    "vulnerability": "Is somebody in it less able to protect themselves?",
    "engagement": "How do we stay in touch, and whom else do we have to tell?",
}
RATED: Final = "{letter}, {level}: {why}"
LEVELS: Final[dict[Level, str]] = {
    Level.UNKNOWN: "not known",
    Level.NONE: "none",
    Level.LOW: "low",
    Level.MEDIUM: "medium",
    Level.HIGH: "high",
}
CORRUPTION: Final[dict[Corruption, str]] = {
    Corruption.INFILTRATION: "Infiltration",
    Corruption.DISCLOSURE: "Disclosure of information",
    Corruption.PERVERTING: "Perverting the course of justice",
    Corruption.SEXUAL: "Sexual misconduct",
    Corruption.DRUGS: "Controlled drug use and supply",
    Corruption.THEFT: "Theft and fraud",
    Corruption.SYSTEMS: "Misusing force systems",
    Corruption.AUTHORITY: "Abuse of authority",
    Corruption.ASSOCIATION: "Inappropriate association",
    Corruption.VULNERABILITY: "Vulnerability",
    Corruption.ASSISTING: "Committing, inciting, aiding, abetting or assisting an offender",
    Corruption.OTHER: "Other",
}
BLIND: Final = "It was written without seeing what a colleague wrote at the same time."

# -- what is due --------------------------------------------------------------------------------

PROMISES: Final[dict[Promise, str]] = {
    Promise.READ: "read it by {day}",
    Promise.ACKNOWLEDGE: "tell the reporter that it was read by {day}",
    Promise.FEED_BACK: "tell the reporter what came of it by {day}",
}
TIMINGS: Final[dict[Timing, str]] = {
    Timing.IN_TIME: "in time",
    Timing.SOON: "due soon",
    Timing.LATE: "late",
}

# -- who else reads it --------------------------------------------------------------------------

ONLOOKERS: Final = (
    "Somebody the reporter lives with may see this reply. Write nothing that would harm if they "
    "do: no name, and nothing of what was reported."
)

# -- few people know ----------------------------------------------------------------------------

FEW_KNOW: Final = (
    "The reporter says that five or fewer know this. Each of them could be suspected. "
    "Before anything is passed on, a second person reads it."
)

# -- a risk to life -----------------------------------------------------------------------------

RISKS: Final[dict[str, str]] = {
    "open": "Risk to life",
    "said": "The reporter says that somebody is in danger",
    "again": "The reporter has written since a risk to life was over",
}
CAME_SINCE: Final = "something came since it was assessed"
RISK: Final = "Risk to life"
DEPENDANTS: Final = (
    "Is a child at risk, or an adult who needs care? Then tell the social care team of their "
    "council too, and write down whom you told."
)
PROPOSED: Final = "Proposed, because the reporter says: {because}."
RISK_OVER: Final = "The risk to life is over"
DANGER: Final = "What the danger is: {said}"
CALLED: Final = "Who was called: {said}"
WHEN: Final = "When: {said}"
SAID: Final = "What was said: {said}"

# -- filters that are kept ----------------------------------------------------------------------

KEEP_OR_DROP: Final = "Give one of --keep, --drop."
FILTER_KEPT: Final = "Kept."
FILTER_GONE: Final = "It is kept no longer."
NO_FILTERS: Final = "You keep no filter."

# -- whom to ring -------------------------------------------------------------------------------

NOT_TO_RING: Final = "Do not ring the control room of {name}: the case names this force."
NO_ROOM_IS_SAFE: Final = (
    "It is not known of which force the person is, or of which else. Do not ring a control room "
    "before you are sure that they are not there."
)
RING: Final = "Ring (to be confirmed): {name}"
RANG_BLOCKED: Final = "What you wrote names {name}, whose control room must not be rung."
SAY_WHY_OVER: Final = "Say in the file why it is over, under “said”."
NO_SIGNPOST: Final = "There is no such signpost. dropbox-inbox signposts shows all."

# -- what is asked ------------------------------------------------------------------------------

WHY: Final[dict[Rule, str]] = {
    Rule.TASKING: (
        "This may send the reporter to find something out. That is dangerous for them, and could "
        "make them an agent of the police. Ask only for what they know already."
    ),
    Rule.EXISTENCE: (
        "This may say whether there are reports about somebody. We tell nobody that, whoever asks "
        "and whatever the truth is."
    ),
    Rule.IDENTITY: (
        "This may ask who the reporter is, or where they can be reached. We do not want to know. "
        "Who wants to be contacted leaves it apart, sealed, where the site offers it."
    ),
    Rule.COPIED: (
        "These are the words of a police force. They could show the reporter what it knows, and "
        "could carry a trap. Ask in words of your own."
    ),
}
FINDING: Final = "“{words}”: {why}"
BINDING: Final = "No reason makes up for this."
TURNS: Final = "{times} after a question of ours, the reporter brought something new."
TASKING: Final = (
    "This may have become tasking. Stop, and take advice before you ask again: a reporter who is "
    "asked again and again may have become an agent of the police."
)
STANDINGS: Final[dict[Standing, str]] = {
    Standing.WAITING: "waits for a second reader",
    Standing.SENT_BACK: "sent back",
    Standing.APPROVED: "approved, not sent",
    Standing.SENT: "sent",
    Standing.WITHDRAWN: "withdrawn",
}
UNSEEN: Final = "This version was written without seeing the one before."
UNAPPROVED: Final = "These words were sent without a second reader's approval."
APPROVED_BY: Final = "{name} has approved it."
REMARK: Final = "The second reader says: {said}"
DRAFTED: Final = "A draft of a reply. It is not sent."
REDRAFTED: Final = "Another version of a draft. It is not sent, and nobody has approved it."
DRAFT_WITHDRAWN: Final = "The draft is withdrawn."
APPROVED: Final = "A second reader has approved the draft."
SENT_BACK: Final = "A second reader has sent the draft back."
CLEARED: Final = "The guard flagged {flagged}."
CLEARED_TURNS: Final = "It may have become tasking: {turns} turns."
REASON: Final = "The reason why it is right all the same: {said}"
FORCE_ASKS: Final = "{body} asked this on {day}. It is for the team alone, never for the reporter."
OUTCOMES: Final[dict[Outcome, str]] = {
    Outcome.ASKED: "The force's question was put to the reporter.",
    Outcome.ANSWERED: "The force's question is answered.",
    Outcome.DECLINED: "The force's question is declined.",
}
OUTCOME_NAMES: Final[dict[Outcome | None, str]] = {
    None: "not put yet",
    Outcome.ASKED: "put to the reporter",
    Outcome.ANSWERED: "answered",
    Outcome.DECLINED: "declined",
}
NO_DRAFTS: Final = "There is no draft in this case."
NO_QUESTIONS: Final = "No force has asked anything in this case."

# -- marks and links ----------------------------------------------------------------------------

MARK_KINDS: Final[dict[MarkKind, str]] = {
    MarkKind.PERSON: "Person",
    MarkKind.COLLAR: "Collar or shoulder number",
    MarkKind.PHONE: "Phone number",
    MarkKind.VEHICLE: "Vehicle",
    MarkKind.PLACE: "Place",
    MarkKind.UNIT: "Unit or rank",
}
MARKED: Final = "{kind}: {said}"
MARKED_AS: Final = "{kind}: {said} ({normal})"
NOT_MARKED: Final = "Not marked any more: {said}"
LINKED: Final = "Linked with another case. The two stay apart."
UNLINKED: Final = "No longer linked with another case."
LINKED_WHY: Final = "Why: {said}"


def turns_line(turns: int) -> str:
    """How often the reporter brought something new."""
    times = {1: "Once", 2: "Twice"}.get(turns, f"{turns} times")
    return TURNS.format(times=times)


# -- what is held about somebody ----------------------------------------------------------------

MENTION_STEPS: Final = {
    Step.PROPOSED: "Proposed that this only mentions what keeps it from {unit}: {what}.",
    Step.AGREED: "Agreed that this only mentions what keeps it from {unit}: {what}.",
    Step.WITHDRAWN: "What keeps it from {unit} is not only mentioned: {what}.",
}
MENTIONED: Final = {
    Mentioned.UNIT: "such a unit",
    Mentioned.CHIEF: "the rank of a chief officer",
    Mentioned.NAME: "a word that may be the name of {whom}",
}
ACCESS_STEPS: Final = {
    Step.PROPOSED: "Proposed that a line be given to a person who asks what is held about them.",
    Step.AGREED: "Agreed that a line be given to a person who asks what is held about them.",
    Step.WITHDRAWN: "A line is not given, or no longer, to a person who asks what is held.",
}
