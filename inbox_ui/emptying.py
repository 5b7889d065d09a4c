"""What was sealed to an intake group that is over, mailbox by mailbox (docs/protocol.md §7).

What is not assigned is wrapped to the current intake group, at the server and here, and the old
wraps are deleted. Nothing is wrapped anew that others may have by now. They are given what says so,
and all others a stub of it: so a stub that nothing explains is taken for it, and what came before
it goes with the old group. A server can make up stubs, and so have a workstation lose what it could
delete itself; it cannot have one keep what others have.

Old wraps are deleted only when all of it opens with those the server has for the new group. A
server that does not take the new wraps is asked for the mailbox once more, since others may have
it since it was fetched. If it shows nothing of that, it is named, and does not keep the secret
alive: here all of it opens with the wraps that the archive has.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from crypto.analyst import CaseFile, case_name
from crypto.assigning import Rewrapped
from crypto.documents import Sent
from crypto.envelope import Chain
from crypto.errors import ProtocolError
from crypto.keys import Card, GroupSecret, Keys
from crypto.marks import is_hidden
from crypto.opening import Entry, Payload, open_sealed
from crypto.wrapping import WrapKind, unwrap, wrap
from dropbox.client.errors import Deferred, Refused
from dropbox.client.service import Service
from inbox_ui.archive import Mailbox
from inbox_ui.errors import WrapsNotTaken
from inbox_ui.fetching import fetch_case
from inbox_ui.granting import me_in, on_intake
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.vouching import counts


async def empty(
    station: Station, service: Service, mailbox: Mailbox, group: GroupSecret
) -> list[Exception]:
    """Wrap a mailbox anew, if the group that has it is held here, and let go of the wraps to
    ``group``: what a person has to know.

    Raises ``ClientError`` but for a refusal, or what the archive raises.
    """
    case = station.reader.open(mailbox, (), station.today())
    goal = _group_of(station, case.file)
    troubles: list[Exception] = []
    address, former = mailbox.address, group.keys.card
    if goal is not None:
        card = goal.keys.card
        wraps = _wraps(station, _entries(station, case, goal), group.keys, goal)
        try:
            if wraps:
                with suppress(Deferred):  # a bundle takes both along
                    await service.rewrap(address, card.id, wraps)
                await fetch_case(station, service, address)
            if not _opens_there(station, mailbox, wraps, goal):
                troubles.append(WrapsNotTaken(case_name(address)))
            elif wraps or _is_left(station, case, former, goal):
                await service.unwrap(address, former.id)
        except Refused:
            still_ours = await _look_again(station, service, mailbox, goal)
            wraps = [each for each in wraps if each.id in still_ours]
            if wraps and _may_act(station, case.file):
                troubles.append(WrapsNotTaken(case_name(address)))
        station.archive.rewraps.replace(address, card.id, {each.id: each.wrap for each in wraps})
    station.archive.rewraps.forget(address, former.id)
    return troubles


def _may_act(station: Station, file: CaseFile) -> bool:
    """Whether it is for this analyst to see to a case: a handler, or on intake duty where nothing
    says that others have it, or had it and have purged it by now."""
    if station.analyst.card.id in file.handlers:
        return True
    return not others_have(station, file) and me_in(station, on_intake(station))


def others_have(station: Station, file: CaseFile) -> bool:
    """Whether what is here says, or may say, that others have the case or had it."""
    mine = station.analyst.card.id in file.handlers
    return not mine and next(_of_others(station, file), None) is not None


def _opens_there(
    station: Station, mailbox: Mailbox, wraps: Sequence[Rewrapped], goal: GroupSecret
) -> bool:
    """Whether what was wrapped opens with the wraps that the server gives for it: it keeps one that
    somebody had put there before, and that one may open nothing."""
    case = station.reader.open(mailbox, (), station.today())
    sent = {each.id for each in wraps}
    return all(_opens(each, goal.keys) for each in case.file.entries if each.id in sent)


def _is_left(station: Station, case: OpenCase, former: Card, goal: GroupSecret) -> bool:
    """Whether old wraps were not deleted when the new ones came: it was stopped there."""
    ours = _entries(station, case, goal)
    return any(former.id in each.stored.wraps and _opens(each, goal.keys) for each in ours)


async def _look_again(
    station: Station, service: Service, mailbox: Mailbox, goal: GroupSecret
) -> frozenset[bytes]:
    """The ids of what is still to be wrapped to ``goal``, after asking for the mailbox again."""
    with suppress(Refused):
        await fetch_case(station, service, mailbox.address)
    case = station.reader.open(mailbox, (), station.today())
    now = _group_of(station, case.file)
    if now is None or now.keys.card.id != goal.keys.card.id:
        return frozenset()
    return frozenset(each.id for each in _entries(station, case, goal))


def _group_of(station: Station, file: CaseFile) -> GroupSecret | None:
    """Whose the mailbox is: of the current intake group, or of a case group, if it is held here.

    What the chains say decides, never the server. Where a case group that is not held here has it,
    it is still the intake group's for what came after the case was given back (:func:`_entries`).
    """
    vault = station.vault
    group = file.group or file.handling.group
    if group is not None and group.id in vault.case_groups:
        return vault.case_groups[group.id]
    return vault.intake_groups.get(station.seen.directory.intake_card.id)


def _entries(station: Station, case: OpenCase, goal: GroupSecret) -> list[Entry[Payload]]:
    """What is to be wrapped to ``goal``: all of it, or what came when the handlers were done.

    A case that was ever assigned stays with its handlers. Only after they have given it back does
    she seal to an intake group again, and that comes behind all that says they had it.
    """
    file = case.file
    group = file.group or file.handling.group
    if group is not None and group.id == goal.keys.card.id:
        return list(file.entries)
    came = {each: place for place, each in enumerate(case.arrival)}
    last = max((came[each] for each in _of_others(station, file)), default=-1)
    return [each for each in file.entries if came[each.id] > last]


def _of_others(station: Station, file: CaseFile) -> Iterator[bytes]:
    """The ids of what says, or may say where it does not open here, that others have the case.

    Not what somebody signed who was of the team no more when it was first seen here: it must not
    have a case lost with the old group.
    """
    sent = {each.payload.envelope for each in file.entries if isinstance(each.payload, Sent)}
    for entry in file.entries:
        hidden = is_hidden(entry) and entry.id not in sent
        if counts(station, entry, file) or (hidden and entry.chain is not Chain.REPORTER):
            yield entry.id


def _wraps(
    station: Station, entries: Sequence[Entry[Payload]], source: Keys, goal: GroupSecret
) -> list[Rewrapped]:
    """A wrap for each envelope that ``source`` opens and ``goal`` does not yet: a wrap that is
    there and does not open counts for nothing."""
    made = []
    for entry in entries:
        if entry.stored.body is None or _opens(entry, goal.keys):
            continue
        try:
            cek = unwrap(entry.stored.wraps[source.card.id], WrapKind.ENVELOPE, (entry.id,), source)
            open_sealed(entry.stored, {source.card.id: source})
        except (KeyError, ProtocolError):
            continue
        card = goal.keys.card
        wrapped = wrap(cek, WrapKind.ENVELOPE, (entry.id,), card, station.random_bytes)
        made.append(Rewrapped(entry.chain, entry.seq, entry.id, wrapped))
    return made


def _opens(entry: Entry[Payload], keys: Keys) -> bool:
    try:
        open_sealed(entry.stored, {keys.card.id: keys})
    except ProtocolError:
        return False
    return True
