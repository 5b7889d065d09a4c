"""The rules by which envelopes are taken, and the rows they become (docs/protocol.md §9).

For each submission, in this order:

(0) the caller may write to this chain of this mailbox;
(1) a place that holds the same envelope is answered as the first time, its wraps untouched;
(2) the place is free, also of a mailbox that was purged, and the one before it holds the envelope
    that ``prev`` names; of a mailbox that was closed only ``case`` goes on, as of one that was not
    there;
(3) ``reporter``: wrapped to exactly the group the mailbox has to use, while that may be sealed to,
    and not too many unread;
(4) ``team`` and ``case``: the mailbox exists and is given to the caller (custodians write a
    ``case`` envelope anywhere, supervisors assign what is others'); a ``team`` envelope has its two
    wraps, one to the group that signed it; which group that is changes to another case group only
    together with its handlers, in an assignment, and to none with any envelope (a ``closing``);
(5) the files named are the caller's, whole, and what was said of them;
(6) a mailbox that begins: there is more room than is kept for those that are there, and a proof of
    work where one is needed, which is spent with what it was for;
(7) what closes a mailbox: it is there and open, and neither the unread nor the length of the chain
    keep anybody in it. It empties the ``team`` chain in this transaction, of whatever this batch
    put there too.

All this happens inside the one transaction that writes, so nothing changes between a look and the
row that follows from it. No receipt is given for a key that is gone: rule (3) is asked with the
newest directory and ``use`` of this very transaction.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, update

from crypto.envelope import Chain, Header
from crypto.files import file_hash
from dropbox import limits
from dropbox.store.deletions import close_mailbox
from dropbox.store.ground import Ground
from dropbox.store.hashes import hash_beside, hash_of_wrap
from dropbox.store.jobs import Caller, Incoming, Permit, Submit, Taken
from dropbox.store.ledger import Admitted, File, Held, Ledger, Mailbox, Spot, load
from dropbox.store.reading import find_handling
from dropbox.store.refused import Refused
from dropbox.store.schema import departures, envelopes, files, handlers, mailboxes, wraps
from dropbox.store.spending import check_permit, spend
from dropbox.wire import WRAPS_PER_ENVELOPE, Fault, FileClaim, Role

_MOST_CASE_WRAPS: Final = WRAPS_PER_ENVELOPE // 2
"""As many as a ``case`` envelope may come with; the other half is for groups that come after."""
_NEW_MAILBOXES = insert(mailboxes).returning(mailboxes.c.id, sort_by_parameter_order=True)
_NEW_ENVELOPES = insert(envelopes).returning(envelopes.c.position, sort_by_parameter_order=True)
_NEW_WRAPS = insert(wraps)
_USE = update(mailboxes).where(mailboxes.c.id == bindparam("number")).values(use=bindparam("group"))
_LEFT = delete(handlers).where(handlers.c.mailbox.in_(bindparam("numbers", expanding=True)))
_NEW_HANDLERS = insert(handlers)
_DEPARTED = insert(departures)
_BIND = (
    update(files)
    .where(files.c.id == bindparam("number"))
    .values(
        envelope=bindparam("position"),
        slot=bindparam("place"),
        hash=bindparam("whole"),
        owner=None,
        expires=None,
    )
)


def submit(connection: Connection, ground: Ground, jobs: Sequence[Submit]) -> list[object]:
    """Take or refuse each submission; write what was taken."""
    ledger = load(connection, jobs)
    outcomes: list[object] = []
    for job in jobs:
        try:
            outcomes.append(_admit(ledger, ground, job))
        except Refused as refused:
            outcomes.append(refused)
    if ledger.admitted:
        _write(connection, ground, ledger)
    for mailbox, seq in ledger.closing:
        assert mailbox.id is not None
        close_mailbox(connection, mailbox.id, seq)  # (7)
    return outcomes


def _admit(ledger: Ledger, ground: Ground, job: Submit) -> Taken:
    """Decide on one submission: all of its envelopes or none."""
    for envelope in job.envelopes:
        _check_caller(job.caller, envelope)  # (0)
    _check_pair(job.envelopes)
    held = [_held(ledger, envelope) for envelope in job.envelopes]  # (1)
    new = [each for each, old in zip(job.envelopes, held, strict=True) if old is None]
    if job.handlers and len(new) == 1:
        raise Refused(Fault.PLACE_TAKEN)  # (2) half of another assignment
    mailboxes_of = [_check(ledger, ground, job, each) for each in new]
    claimed = [claim.file for each in new for claim in each.files]
    if len(set(claimed)) != len(claimed):
        raise Refused(Fault.FILES_DIFFER)
    if any(mailbox.address not in ledger.mailboxes for mailbox in mailboxes_of):
        _check_beginning(ledger, ground, job.permit)  # (6)
    for mailbox, envelope in zip(mailboxes_of, new, strict=True):
        _record(ledger, ground, mailbox, envelope)
    if job.handlers and new:
        _assign(ledger, mailboxes_of[0], job)
    if job.closing:
        _close(ledger, job.envelopes[0].header)  # (7)
    days = [old.day for old in held if old is not None] or [ground.today]
    return Taken(tuple(each.id for each in job.envelopes), days[0])


def _assign(ledger: Ledger, mailbox: Mailbox, job: Submit) -> None:
    """The handlers it names have the mailbox; those it had before and not now are told by it."""
    entry = job.envelopes[-1].id
    ledger.departed += [(entry, each) for each in mailbox.handlers if each not in job.handlers]
    mailbox.handlers = job.handlers
    ledger.assigned.append(mailbox)


def _check_caller(caller: Caller, envelope: Incoming) -> None:
    header = envelope.header
    if caller.role is Role.MAILBOX:
        if header.chain is not Chain.REPORTER or header.mailbox != caller.address:
            raise Refused(Fault.REFUSED)
    elif header.chain is Chain.REPORTER:
        raise Refused(Fault.REFUSED)


def _check_pair(pair: tuple[Incoming, ...]) -> None:
    """Two envelopes go together only as a ``team`` envelope and the ``case`` entry naming it."""
    chains = [each.header.chain for each in pair]
    if len(pair) > 1 and chains != [Chain.TEAM, Chain.CASE]:
        raise Refused(Fault.MALFORMED)
    if len({each.header.mailbox for each in pair}) != 1:
        raise Refused(Fault.MALFORMED)
    if any(each.use is not None for each in pair if each.header.chain is not Chain.TEAM):
        raise Refused(Fault.MALFORMED)


def _spot(header: Header, back: int = 0) -> Spot:
    return (header.mailbox, int(header.chain), header.seq - back)


def _held(ledger: Ledger, envelope: Incoming) -> Held | None:
    """What the place holds, if it is this envelope; ``None`` where it is free."""
    held = ledger.places.get(_spot(envelope.header))
    if held is not None and held.id != envelope.id:
        raise Refused(Fault.PLACE_TAKEN)  # (2)
    return held


def _check(ledger: Ledger, ground: Ground, job: Submit, envelope: Incoming) -> Mailbox:
    header = envelope.header
    known = ledger.mailboxes.get(header.mailbox)
    if known is None and header.chain is not Chain.REPORTER:
        raise Refused(Fault.UNKNOWN)  # (4)
    if header.mailbox in ledger.purged or (known is None and job.closing):
        raise Refused(Fault.PLACE_TAKEN)  # (2) (7)
    if known is not None and known.closed and header.chain is not Chain.CASE:
        raise Refused(Fault.PLACE_TAKEN)  # (2)
    if header.seq:
        before = ledger.places.get(_spot(header, back=1))
        if before is None or before.id != header.prev:
            raise Refused(Fault.PLACE_TAKEN)  # (2)
    mailbox = known or Mailbox(header.mailbox)
    if header.chain is Chain.REPORTER:
        _check_reporter(ground, mailbox, envelope, closing=job.closing)  # (3)
    else:
        _check_writer(ground, mailbox, job, envelope)  # (4)
        _check_team(envelope)  # (4)
        _check_use(ground, mailbox, job, envelope)  # (4)
    for claim in envelope.files:
        _check_file(ledger.files.get(claim.file), job.caller, claim)  # (5)
    return mailbox


def _check_reporter(ground: Ground, mailbox: Mailbox, envelope: Incoming, *, closing: bool) -> None:
    directory = ground.published.directory
    if envelope.header.seq >= limits.LONGEST_REPORTER_CHAIN and not closing:
        raise Refused(Fault.TOO_LARGE)
    if mailbox.use is None and not ground.takes_reports:
        raise Refused(Fault.EXPIRED_DIRECTORY)
    group = mailbox.use or directory.intake_card.id
    if [recipient for recipient, _ in envelope.wraps] != [group]:
        raise Refused(Fault.OTHER_GROUP)
    if mailbox.unread >= directory.limits.unread and not closing:
        raise Refused(Fault.TOO_MANY_UNREAD)


def _check_beginning(ledger: Ledger, ground: Ground, permit: Permit) -> None:
    if not ground.room.takes_strangers:
        raise Refused(Fault.FULL)
    check_permit(permit, ledger.spent)
    if permit.needed and permit.token is not None:
        ledger.spent.add(permit.token)
        ledger.spending.append((permit.token, permit.expires))


def _check_team(envelope: Incoming) -> None:
    recipients = [recipient for recipient, _ in envelope.wraps]
    if len(set(recipients)) != len(recipients) or not recipients:
        raise Refused(Fault.MALFORMED)
    if envelope.header.chain is Chain.CASE:
        if len(recipients) > _MOST_CASE_WRAPS:
            raise Refused(Fault.MALFORMED)
        return
    if len(recipients) != 2 or recipients[0] != envelope.header.mailbox:
        raise Refused(Fault.MALFORMED)
    if envelope.use not in {None, recipients[1]}:
        raise Refused(Fault.MALFORMED)


def _check_writer(ground: Ground, mailbox: Mailbox, job: Submit, envelope: Incoming) -> None:
    people, analyst = ground.team, job.caller.address
    entry_alone = len(job.envelopes) == 1 and envelope.header.chain is Chain.CASE
    if not (
        people.gives(analyst, mailbox.use, mailbox.handlers)
        or (job.handlers and people.assigns(analyst))
        or (entry_alone and people.keeps_contacts(analyst))
    ):
        raise Refused(Fault.REFUSED)


def _check_use(ground: Ground, mailbox: Mailbox, job: Submit, envelope: Incoming) -> None:
    """An assignment changes it, to a group that its ``case`` entry is wrapped to as well."""
    if envelope.header.chain is Chain.CASE:
        return
    if not job.handlers:
        if envelope.use not in {None, mailbox.use}:
            raise Refused(Fault.REFUSED)
        return
    if envelope.use in {None, mailbox.use}:
        raise Refused(Fault.REFUSED)
    if envelope.use not in {recipient for recipient, _ in job.envelopes[1].wraps}:
        raise Refused(Fault.MALFORMED)
    if not all(ground.team.handles(each) for each in job.handlers):
        raise Refused(Fault.REFUSED)


def _check_file(file: File | None, caller: Caller, claim: FileClaim) -> None:
    if file is None or file.owner != caller.address:
        raise Refused(Fault.FILES_DIFFER)
    if claim.parts != file.parts or len(file.hashes) != file.parts:
        raise Refused(Fault.FILES_DIFFER)
    if file_hash(file.hashes[part] for part in range(file.parts)) != claim.hash:
        raise Refused(Fault.FILES_DIFFER)


def _record(ledger: Ledger, ground: Ground, mailbox: Mailbox, envelope: Incoming) -> None:
    """Make an envelope that was admitted visible to the rest of the batch."""
    ledger.mailboxes[mailbox.address] = mailbox
    ledger.places[_spot(envelope.header)] = Held(envelope.id, ground.today)
    ledger.admitted.append(Admitted(mailbox, envelope))
    for claim in envelope.files:
        ledger.files[claim.file].owner = None
    if envelope.header.chain is Chain.REPORTER:
        mailbox.unread += 1
    elif envelope.header.chain is Chain.TEAM and mailbox.use != envelope.use:
        mailbox.use = envelope.use
        mailbox.changed = True


def _close(ledger: Ledger, header: Header) -> None:
    mailbox = ledger.mailboxes[header.mailbox]
    if not mailbox.closed:
        mailbox.closed = True
        ledger.closing.append((mailbox, header.seq))


def _write(connection: Connection, ground: Ground, ledger: Ledger) -> None:
    """The rows of everything admitted, in as few statements as there are tables."""
    spend(connection, ledger.spending)
    boxes = list({id(each.mailbox): each.mailbox for each in ledger.admitted}.values())
    new = [box for box in boxes if box.id is None]
    if new:
        fresh = [{"address": box.address, "use": box.use} for box in new]
        for box, number in zip(new, connection.scalars(_NEW_MAILBOXES, fresh), strict=True):
            box.id = number
    changed = [box for box in boxes if box.changed and box not in new]
    if changed:
        connection.execute(_USE, [{"number": box.id, "group": box.use} for box in changed])
    if ledger.assigned:
        _hand_over(connection, ground, ledger.assigned)
    rows = [_envelope_row(ground, each) for each in ledger.admitted]
    positions = connection.scalars(_NEW_ENVELOPES, rows).all()
    wrap_rows: list[dict[str, object]] = []
    bindings: list[dict[str, object]] = []
    for position, each in zip(positions, ledger.admitted, strict=True):
        wrap_rows += [
            {
                "envelope": position,
                "slot": slot,
                "recipient": recipient,
                "wrap": wrap,
                "hash": hash_of_wrap(each.envelope.id, slot, recipient, wrap),
            }
            for slot, (recipient, wrap) in enumerate(each.envelope.wraps)
        ]
        bindings += [
            {
                "number": ledger.files[claim.file].id,
                "position": position,
                "place": slot,
                "whole": claim.hash,
            }
            for slot, claim in enumerate(each.envelope.files)
        ]
    connection.execute(_NEW_WRAPS, wrap_rows)
    if ledger.departed:
        _note_departures(connection, ledger, positions)
    if bindings:
        connection.execute(_BIND, bindings)


def _hand_over(connection: Connection, ground: Ground, assigned: Sequence[Mailbox]) -> None:
    """The handlers of each mailbox, in place of those before; who stays is one since as long."""
    boxes = {box.id: box for box in assigned if box.id is not None}
    since = {
        (row.mailbox, row.analyst): row.since for row in find_handling(connection, list(boxes))
    }
    connection.execute(_LEFT, {"numbers": list(boxes)})
    rows = [
        {
            "mailbox": number,
            "analyst": each,
            "since": since.get((number, each), ground.today),
        }
        for number, box in boxes.items()
        for each in box.handlers
    ]
    connection.execute(_NEW_HANDLERS, rows)


def _note_departures(connection: Connection, ledger: Ledger, positions: Sequence[int]) -> None:
    at = {each.envelope.id: at for at, each in zip(positions, ledger.admitted, strict=True)}
    rows = [{"envelope": at[entry], "analyst": analyst} for entry, analyst in ledger.departed]
    connection.execute(_DEPARTED, rows)


def _envelope_row(ground: Ground, admitted: Admitted) -> dict[str, object]:
    envelope = admitted.envelope
    return {
        "mailbox": admitted.mailbox.id,
        "chain": int(envelope.header.chain),
        "seq": envelope.header.seq,
        "id": envelope.id,
        "header": envelope.packed,
        "body_hash": envelope.body_hash,
        "body": envelope.body,
        "use": envelope.use,
        "day": ground.today,
        "beside": hash_beside(envelope.id, ground.today, envelope.use, None),
    }
