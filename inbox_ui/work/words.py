"""What people read of casework."""

from typing import Final

from inbox_ui.work.correspondence import Outcome
from inbox_ui.work.drafts import Standing
from inbox_ui.work.guard import Rule
from inbox_ui.work.pieces import Corruption, Level, Scope, Stage

UNREADABLE: Final = "A newer version of this program wrote this ({work})."
STAGES: Final[dict[Stage, str]] = {
    Stage.ASSESSING: "The team is assessing it.",
    Stage.ADDRESSING: "The team is dealing with it.",
    Stage.AWAITING_REPORTER: "The team waits for the reporter.",
    Stage.AWAITING_FORCE: "The team waits for a police force.",
}
SCOPES: Final[dict[Scope, str]] = {
    Scope.UNKNOWN: "Whether it is for this service is not decided.",
    Scope.INSIDE: "It is for this service.",
    Scope.PARTLY: "Part of it is for this service.",
    Scope.OUTSIDE: "It is not for this service.",
}
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
RISK: Final = "Risk to life"
RISK_OVER: Final = "The risk to life is over"
DANGER: Final = "What the danger is: {said}"
CALLED: Final = "Who was called: {said}"
WHEN: Final = "When: {said}"
SAID: Final = "What was said: {said}"

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


def turns_line(turns: int) -> str:
    """How often the reporter brought something new."""
    times = {1: "Once", 2: "Twice"}.get(turns, f"{turns} times")
    return TURNS.format(times=times)
