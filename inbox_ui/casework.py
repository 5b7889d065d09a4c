"""What an analyst does in a case. Everything goes to the outbox first, sealed, then to the server.

An item whose place was taken meanwhile is signed anew at the next one. What it says is read from
the item itself, which a group of ours can open: so no plain text is ever kept for it.
"""

from collections.abc import Sequence
from dataclasses import replace

from crypto.documents import Link, Note, Receipt, Reply
from crypto.envelope import Chain
from crypto.opening import Entry, Payload
from crypto.outgoing import Outgoing
from inbox_ui import words
from inbox_ui.errors import ClosedCase, DamagedArchive, NoReporter, UnknownCase
from inbox_ui.outbox import Item
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.summary import Summary


def newest_read(station: Station, name: str) -> Link | None:
    """The newest message of the reporter that the archive holds of a case, if it has the case.

    Asked before anything is fetched: what comes while an analyst writes was not read by anybody.
    """
    try:
        return station.open_case(station.case(name)).file.newest_read
    except UnknownCase:
        return None


def reply(station: Station, summary: Summary, text: str, language: str, read: Link | None) -> None:
    """Write to the reporter, and acknowledge what was ``read``.

    The same words to the same case while they still wait are one reply. Raises ``ClosedCase``,
    ``NoReporter``, ``DamagedCase``, ``OverLimit``, ``Locked`` where the vault lacks the current
    intake group.
    """
    case = _writable(station, summary, needs_reporter=True)
    said = (
        (each.payload.text, each.payload.language)
        for each in _waiting(case)
        if isinstance(each.payload, Reply)
    )
    if (text, language) not in said:
        file = replace(case.file, newest_read=read)
        station.archive.outbox.put(station.analyst.reply(file, text, language))


def acknowledge(station: Station, summary: Summary, read: Link | None) -> bool:
    """Tell the reporter that everything up to ``read`` was read; whether there was any to tell.

    Raises as :func:`reply`.
    """
    case = _writable(station, summary, needs_reporter=True)
    if read is None or read.seq <= case.file.acknowledged:
        return False
    file = replace(case.file, newest_read=read)
    station.archive.outbox.put(station.analyst.receipt(file))
    return True


def read_up_to(case: OpenCase, seq: int) -> Link | None:
    """The reporter's message at ``seq``, as what somebody has read; ``None`` unless it is shown."""
    shown = (each for each in case.file.of(Chain.REPORTER) if each.payload is not None)
    return next((Link(seq, each.id) for each in shown if each.seq == seq), None)


def count_newer(case: OpenCase, read: Link | None) -> int:
    """How many messages of the reporter came after ``read``."""
    last = -1 if read is None else read.seq
    shown = [each for each in case.file.of(Chain.REPORTER) if each.payload is not None]
    return sum(each.seq > last for each in shown)


def note(station: Station, summary: Summary, text: str) -> None:
    """Write an internal note. Raises as :func:`reply`, except for ``NoReporter``."""
    case = _writable(station, summary, needs_reporter=False)
    if text not in (each.words for each in _waiting(case) if isinstance(each.payload, Note)):
        station.archive.outbox.put((station.analyst.note(case.file, text),))


def put_in_place(station: Station, item: Item, before: Sequence[Item]) -> Item | None:
    """``item`` at the next free place behind the archive and the items ``before`` it.

    Signed anew, and kept so in the outbox, unless it is there already. Where the reporter has
    closed the mailbox, a reply becomes a note, so that nobody's words are lost, and ``None`` is
    given where nothing is left to deliver.
    """
    mailbox = station.archive.mailbox(item.mailbox)
    if mailbox is None:
        raise DamagedArchive(station.archive.path)
    case = station.reader.open(mailbox, before, station.today())
    case.check_writable()
    if case.file.closed and any(each.envelope.header.chain is Chain.TEAM for each in item.sealed):
        if item.ids <= {entry.id for entry in case.file.entries}:
            station.archive.outbox.absorb(item)
            return None
    elif _is_there(item, case):
        return item
    outgoings = _sign_again(station, item, case)
    if not outgoings:
        station.archive.outbox.drop(item.id)
        return None
    station.archive.outbox.replace(item.id, outgoings)
    [kept] = [each for each in station.archive.outbox.items(item.mailbox) if each.id == item.id]
    return kept


def _is_there(item: Item, case: OpenCase) -> bool:
    """Whether the item's envelopes are in the chains already, or fit at their ends."""
    known = {entry.id for entry in case.file.entries}
    if item.ids <= known:
        return True
    places = {each.envelope.header.chain: each.envelope.header for each in item.sealed}
    return all(
        (header.seq, header.prev) == (case.file.heads[chain].seq, case.file.heads[chain].prev)
        for chain, header in places.items()
    )


def _sign_again(station: Station, item: Item, case: OpenCase) -> tuple[Outgoing, ...]:
    """The same words at the next place. It acknowledges what the first one did and no more.

    Nothing for a receipt to a mailbox that was closed.
    """
    said = station.reader.read_alone(item, station.today())
    for entry in said.of(Chain.TEAM):
        if isinstance(entry.payload, Reply | Receipt):
            return _write_again(station, entry.payload, case)
    for entry in said.of(Chain.CASE):
        if isinstance(entry.payload, Note) and entry.words is not None:
            return (station.analyst.note(case.file, entry.words),)
    raise DamagedArchive(station.archive.path)


def _write_again(
    station: Station, payload: Reply | Receipt, case: OpenCase
) -> tuple[Outgoing, ...]:
    if case.file.closed:
        return _note_instead(station, payload, case) if isinstance(payload, Reply) else ()
    file = replace(case.file, newest_read=payload.ack)
    if isinstance(payload, Reply):
        return station.analyst.reply(file, payload.text, payload.language)
    return station.analyst.receipt(file)


def _note_instead(station: Station, reply: Reply, case: OpenCase) -> tuple[Outgoing]:
    """What a reply says, for the team alone. Where both do not fit, without our sentence."""
    text = words.UNDELIVERED.format(text=reply.text)
    fits = len(text) <= station.seen.directory.limits.text_characters
    return (station.analyst.note(case.file, text if fits else reply.text),)


def _waiting(case: OpenCase) -> list[Entry[Payload]]:
    return [entry for entry in case.file.entries if entry.id in case.waiting]


def _writable(station: Station, summary: Summary, *, needs_reporter: bool) -> OpenCase:
    case = station.open_case(summary)
    case.check_writable()
    if needs_reporter and case.file.closed:
        raise ClosedCase(summary.name)
    if needs_reporter and case.file.card is None:
        raise NoReporter(summary.name)
    return case
