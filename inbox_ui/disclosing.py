"""Contact details that a reporter left apart: asked for, released and shown (docs/protocol.md §5).

Two people have to agree: a handler, who has the report, and a custodian, who has the other half.
"""

from collections.abc import Iterator
from contextlib import suppress

from crypto.analyst import CaseFile
from crypto.authors import certified_group
from crypto.documents import ContactReleased, ContactRequested
from crypto.envelope import Chain
from crypto.errors import DoesNotOpen, ProtocolError
from crypto.keys import GroupSecret
from crypto.opening import Entry, Payload
from crypto.outgoing import Outgoing
from inbox_ui.casework import check_theirs, writable
from inbox_ui.errors import NoRequest, NotCustodian, NotReleased, WrongAsker
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary


def request(station: Station, summary: Summary, text: str) -> None:
    """Ask the custodians. Raises ``NoContact``, ``NotHandling``, ``Locked``, ``OverLimit``,
    ``DamagedCase``."""
    file = writable(station, summary, needs_reporter=False).file
    station.archive.outbox.put((station.analyst.request_contact(file, text),))


def answer(station: Station, summary: Summary, text: str, *, release: bool) -> None:
    """Answer the newest request that nobody has answered, as a custodian.

    Raises ``NotCustodian``, ``NoRequest``, ``WrongAsker``, ``Expired`` where the roster is not
    valid today, ``DamagedCase``, ``OverLimit``.
    """
    case = writable(station, summary, needs_reporter=False)
    asked = open_requests(case.file)
    if not asked:
        raise NoRequest(summary.name)
    station.archive.outbox.put((_answer(station, case, asked[-1], text, release=release),))


def answer_again(station: Station, case: OpenCase, payload: ContactReleased, text: str) -> Outgoing:
    """An answer whose place was taken, at the next one. Raises as :func:`answer`."""
    for entry in case.file.of(Chain.CASE):
        if entry.id == payload.request:
            return _answer(station, case, entry, text, release=payload.half is not None)
    raise NoRequest(case.name)


def show(station: Station, summary: Summary) -> str:
    """The details, for who handles the case: nobody else sees whether they were taken back.

    Raises ``NotHandling``, ``NotReleased``, or ``DoesNotOpen`` where a half does not fit.
    """
    case = station.open_case(summary)
    check_theirs(station, summary, case)
    details = station.analyst.contact_details(case.file)
    if details is None:
        raise NotReleased(summary.name)
    return details


def _answer(
    station: Station, case: OpenCase, asked: Entry[Payload], text: str, *, release: bool
) -> Outgoing:
    """With whichever contact group of the vault the half was wrapped to, the newest first."""
    _check_asker(station, case, asked)
    groups = [GroupSecret(each) for each in reversed(station.vault.contact)]
    for group in groups:
        try:
            return station.analyst.release_contact(case.file, asked, group, text, release=release)
        except DoesNotOpen:
            continue
    raise NotCustodian


def open_requests(file: CaseFile) -> list[Entry[Payload]]:
    """What handlers asked for and nobody has answered, the newest last."""
    entries = file.of(Chain.CASE)
    answered = {
        each.payload.request for each in entries if isinstance(each.payload, ContactReleased)
    }
    return [
        each
        for each in entries
        if isinstance(each.payload, ContactRequested) and each.id not in answered
    ]


def _check_asker(station: Station, case: OpenCase, entry: Entry[Payload]) -> None:
    """Raise ``WrongAsker`` unless who asks may read today, for the group that has the case.

    A custodian sees nothing of a case but requests. One who was taken off it still has its group's
    secret and could ask on, and whoever was on intake duty before it was assigned has what a
    request needs: so no newer group may have asked, and the server must not say that another has
    the case now, nor for an asker of intake that any ever had it. Its word can only hold an answer
    back.
    """
    asked, roster = entry.payload, station.roster
    if roster is None or not isinstance(asked, ContactRequested):
        return
    roster.check_day(station.today())
    if asked.author not in roster.readers:
        raise WrongAsker(case.name)
    newest = max(_numbers(station, case.file))
    if asked.group is None:
        if case.ever_used or newest:
            raise WrongAsker(case.name)
        return
    group = certified_group(asked.group, case.file.mailbox, station.seen.directory)
    if case.use not in (None, group.id) or group.number < newest:
        raise WrongAsker(case.name)


def _numbers(station: Station, file: CaseFile) -> Iterator[int]:
    """The numbers of the case groups that have asked; 0 for intake, and for what is forged."""
    yield 0
    for entry in file.of(Chain.CASE):
        if isinstance(entry.payload, ContactRequested) and entry.payload.group is not None:
            with suppress(ProtocolError):
                proof, directory = entry.payload.group, station.seen.directory
                yield certified_group(proof, file.mailbox, directory).number
