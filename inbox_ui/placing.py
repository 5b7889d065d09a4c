"""Where an item of the outbox goes when somebody else was quicker (docs/protocol.md §5).

An item whose place was taken meanwhile is signed anew at the next one, by the group that has the
case now. What it says is read from the item itself, which a group of ours can open: so no plain
text is ever kept for it. Where others have the case by then, the words stay in the outbox and are
shown, and a trouble says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from crypto.documents import (
    Concluded,
    ContactReleased,
    ContactRequested,
    Held,
    Note,
    Receipt,
    Recorded,
    Reply,
)
from crypto.envelope import Chain
from crypto.errors import Locked, NotHandling
from crypto.outgoing import Outgoing
from inbox_ui import words
from inbox_ui.assigning import assign_again
from inbox_ui.disclosing import answer_again
from inbox_ui.errors import DamagedArchive, DraftOvertaken, WordsKept
from inbox_ui.outbox import Item, Said
from inbox_ui.reading import OpenCase
from inbox_ui.station import Station
from inbox_ui.work.drafts import check_current


def put_in_place(station: Station, item: Item, before: Sequence[Item]) -> Item | None:
    """``item`` at the next free place behind the archive and the items ``before`` it.

    Signed anew, and kept so in the outbox, unless it is there already. Where the reporter has
    closed the mailbox, a reply becomes a note, so that nobody's words are lost, and ``None`` is
    given where nothing is left to deliver. Raises ``WordsKept`` where others have the case by now,
    and ``AssignedMeanwhile`` for an assignment that a colleague's came before, and
    ``DraftOvertaken`` for a draft that was changed: both are dropped.
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
    outgoings, handlers = _sign_again(station, item, case)
    if not outgoings:
        station.archive.outbox.drop(item.id)
        return None
    station.archive.outbox.replace(item.id, outgoings, handlers)
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


def _sign_again(
    station: Station, item: Item, case: OpenCase
) -> tuple[tuple[Outgoing, ...], tuple[bytes, ...]]:
    """The same words at the next place, and the handlers of an assignment. It acknowledges what
    the first one did and no more. Nothing for a receipt that reaches nobody, and for a draft that
    a colleague has sent. Raises ``DraftOvertaken`` for one that a colleague has changed."""
    if item.handlers:
        return assign_again(station, item, case)
    said = item.said(station.vault.groups)
    try:
        if isinstance(said[0].payload, Reply) and not check_current(
            case, said[0].payload, said[-1].header.seq
        ):
            return (), ()
        return _write_again(station, said, case), ()
    except DraftOvertaken:
        station.archive.outbox.drop(item.id)
        raise
    except (Locked, NotHandling) as error:
        if isinstance(said[0].payload, Receipt):
            return (), ()
        raise WordsKept(case.name) from error


def _write_again(station: Station, said: tuple[Said, ...], case: OpenCase) -> tuple[Outgoing, ...]:
    analyst, file = station.analyst, case.file
    first, last = said[0], said[-1]
    match first.payload, last.payload:
        case Reply() | Receipt(), _:
            return _address_again(station, first.payload, case)
        case _, Concluded():
            return analyst.conclude(file, last.payload.reason, last.payload.keep_until, last.words)
        case _:
            return (_enter_again(station, last, case),)


def _enter_again(station: Station, said: Said, case: OpenCase) -> Outgoing:
    """An entry of ``case`` that goes with no other envelope."""
    analyst, file = station.analyst, case.file
    match said.payload:
        case Note():
            return analyst.note(file, said.words)
        case Recorded(work=work):
            return analyst.record(file, work, said.words)
        case Held(until=until):
            return analyst.hold(file, until, said.words)
        case ContactRequested():
            return analyst.request_contact(file, said.words)
        case ContactReleased():
            return answer_again(station, case, said.payload, said.words)
    raise DamagedArchive(station.archive.path)


def _address_again(
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
