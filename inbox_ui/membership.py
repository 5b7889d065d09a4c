"""What can become of a roster's members: each function gives the roster that would come next.

They change members and those who left, and nothing else; ``rostering`` numbers, dates and signs.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date

from crypto.joining import Admission
from crypto.roster import Duty, Former, Member, Roster, supervisors_of
from inbox_ui.errors import (
    AmbiguousMember,
    HasLeft,
    LabelTaken,
    LastPublisher,
    OnlyRootPublishes,
    ReadersOnly,
    UnknownMember,
)

Change = Callable[[Roster], Roster]

_LEAST_FINGERPRINT = 6
"""Characters of a fingerprint's beginning that name a member."""


def find(roster: Roster, name: str) -> Member:
    """The member with this label, or whose fingerprint begins so.

    Raises ``UnknownMember``, ``HasLeft``, ``AmbiguousMember``.
    """
    for each in roster.members:
        if each.label == name:
            return each
    typed = name.replace(" ", "").replace("-", "").lower()
    found = [each for each in roster.members if each.subject.fingerprint.startswith(typed)]
    if len(typed) < _LEAST_FINGERPRINT or not found:
        left = any(each.label == name for each in roster.former)
        raise (HasLeft if left else UnknownMember)(name)
    if len(found) > 1:
        raise AmbiguousMember(name)
    return found[0]


def add(admission: Admission) -> Change:
    """The admitted member joins; one who is there already gets what the root has said anew.

    The change raises ``HasLeft`` for a card that was removed, ``LabelTaken``, ``LastPublisher``.
    """
    new = admission.admitted

    def change(roster: Roster) -> Roster:
        if any(each.id == new.id for each in roster.former):
            raise HasLeft(new.label)
        if any(each.label == new.label and each.id != new.id for each in roster.members):
            raise LabelTaken(new.label)
        known = roster.find(new.id)
        joined = new if known is None else replace(new, suspended=known.suspended)
        return _with_members(roster, [joined, *_others(roster, new)])

    return change


def set_duties(name: str, duties: Collection[Duty] | None, intake: bool | None) -> Change:
    """Other duties, or intake duty or not; ``None`` leaves what is.

    The change raises as :func:`find`, ``OnlyRootPublishes`` where somebody would become a
    publisher, ``ReadersOnly`` for intake duty without reading, ``LastPublisher``.
    """

    def change(roster: Roster) -> Roster:
        member = find(roster, name)
        wanted = in_order(duties) if duties is not None else member.duties
        if Duty.PUBLISHER in wanted and Duty.PUBLISHER not in member.duties:
            raise OnlyRootPublishes(name)
        on_intake = member.intake if intake is None else intake
        if on_intake and not may_read(wanted):
            raise ReadersOnly(name)
        changed = replace(member, duties=wanted, intake=on_intake)
        return _with_members(roster, [changed, *_others(roster, member)])

    return change


def set_suspended(name: str, suspended: bool) -> Change:
    """Suspend a member, or take that back. The change raises as :func:`find`, ``LastPublisher``."""

    def change(roster: Roster) -> Roster:
        member = find(roster, name)
        changed = replace(member, suspended=suspended)
        return _with_members(roster, [changed, *_others(roster, member)])

    return change


def remove(name: str, day: date, *, lost: bool) -> Change:
    """A member leaves for good, and stays known by what was signed. ``lost``: with the keys.

    The change raises as :func:`find`, ``LastPublisher``.
    """

    def change(roster: Roster) -> Roster:
        member = find(roster, name)
        left = Former(member.id, member.subject.sign, member.label, day, lost)
        former = sorted([*roster.former, left], key=lambda each: str(each.to_json()["id"]))
        return _with_members(replace(roster, former=tuple(former)), _others(roster, member))

    return change


def renew_certificate(own: bytes, certificate: bytes) -> Change:
    """The member with the card id ``own``, if there, with a newer certificate of the root."""

    def change(roster: Roster) -> Roster:
        member = roster.find(own)
        if member is None:
            return roster
        renewed = replace(member, certificate=certificate)
        return _with_members(roster, [renewed, *_others(roster, member)])

    return change


def in_order(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Duties as a document lists them, each once."""
    return tuple(sorted(set(duties)))


def may_read(duties: Collection[Duty]) -> bool:
    """Whether who has these duties may be on intake duty."""
    return bool({Duty.ANALYST, Duty.SUPERVISOR} & set(duties))


def _others(roster: Roster, member: Member) -> list[Member]:
    return [each for each in roster.members if each.id != member.id]


def _with_members(roster: Roster, members: Iterable[Member]) -> Roster:
    """In the order of the document. Raises ``LastPublisher`` if nobody could sign the next one."""
    ordered = tuple(sorted(members, key=lambda each: str(each.to_json()["card"])))
    if not any(Duty.PUBLISHER in each.duties and not each.suspended for each in ordered):
        raise LastPublisher
    supervisors = supervisors_of(ordered, roster.supervisors)
    return replace(roster, members=ordered, supervisors=supervisors)
