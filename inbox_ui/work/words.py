"""What people read of casework."""

from typing import Final

from inbox_ui.work.corruption import Corruption
from inbox_ui.work.pieces import Level, Scope, Stage

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
