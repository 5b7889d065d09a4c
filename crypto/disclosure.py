"""Contact details, asked for and released: two people of the team have to agree (§5, §7).

A handler has the report and asks; a custodian opens the wrapped half she is shown, and answers to
the case group that asked. After ``contact-withdrawn`` nobody asks, and nothing is opened.
"""

from collections.abc import Iterator

from crypto.authors import certified_group
from crypto.casefile import CaseFile
from crypto.contact import open_contact
from crypto.documents import (
    Assigned,
    Contact,
    ContactReleased,
    ContactRequested,
    ContactWithdrawn,
    GroupProof,
    Message,
    Report,
)
from crypto.envelope import Chain
from crypto.errors import DoesNotOpen, Locked, NoContact, ProtocolError
from crypto.keys import Card, GroupSecret
from crypto.opening import Entry, Payload
from crypto.outgoing import Outgoing
from crypto.pen import Pen
from crypto.wrapping import WrapKind, unwrap


def request_contact(pen: Pen, case: CaseFile, text: str) -> Outgoing:
    """A ``contact-requested`` with the half that custodians open."""
    words, cards = pen.words(text), pen.readers(case)
    contact = newest_contact(case)
    if contact is None:
        raise NoContact
    payload = ContactRequested(
        "contact-requested", pen.author, _last_group(case), contact.second, words.hash
    )
    return pen.case(case, payload, words, (*cards, pen.directory.contact_card))


def _last_group(case: CaseFile) -> GroupProof | None:
    """The case group to answer to: the one that has the case, or had it before it was concluded.

    Nobody is answered in the name of intake once a case was assigned: whoever was on intake duty
    before has what a request needs.
    """
    last = case.handling.last
    proofs = [
        entry.payload.group
        for entry in case.of(Chain.CASE)
        if last is not None
        and isinstance(entry.payload, Assigned)
        and Card.from_bytes(entry.payload.group.card).id == last.id
    ]
    return proofs[-1] if proofs else case.proof


def release_contact(
    pen: Pen,
    case: CaseFile,
    request: Entry[Payload],
    contact: GroupSecret,
    text: str,
    *,
    release: bool,
) -> Outgoing:
    """A ``contact-released``, for the group that asked and for the custodians."""
    words, asked = pen.words(text), request.payload
    if not isinstance(asked, ContactRequested):
        raise Locked
    half = None
    if release:
        half = unwrap(asked.second, WrapKind.HALF, (case.mailbox,), contact.keys)
    payload = ContactReleased("contact-released", pen.author, request.id, half, words.hash)
    cards = (_asking(pen, case, asked), contact.keys.card)
    return pen.case(case, payload, words, cards)


def _asking(pen: Pen, case: CaseFile, asked: ContactRequested) -> Card:
    if asked.group is None:
        return pen.directory.intake_card
    certified_group(asked.group, case.mailbox, pen.directory)
    return Card.from_bytes(asked.group.card)


def contact_details(case: CaseFile) -> str | None:
    """The details, where a custodian has released them."""
    contact = newest_contact(case)
    if contact is None:
        return None
    problem: ProtocolError | None = None
    for half in _released(case, contact):
        try:
            return open_contact(contact, half, case.mailbox)
        except DoesNotOpen as error:
            problem = error
    if problem is not None:
        raise problem
    return None


def newest_contact(case: CaseFile) -> Contact | None:
    """The newest contact details the reporter left and has not taken back since."""
    contact = None
    for entry in case.of(Chain.REPORTER):
        if isinstance(entry.payload, ContactWithdrawn):
            contact = None
        elif isinstance(entry.payload, Report | Message):
            contact = entry.payload.contact or contact
    return contact


def _released(case: CaseFile, contact: Contact) -> Iterator[bytes]:
    """The halves that were given for these details, the newest first."""
    entries = case.of(Chain.CASE)
    asked = {
        entry.id
        for entry in entries
        if isinstance(entry.payload, ContactRequested) and entry.payload.second == contact.second
    }
    for entry in reversed(entries):
        payload = entry.payload
        if not isinstance(payload, ContactReleased) or payload.half is None:
            continue
        if payload.request in asked:
            yield payload.half
