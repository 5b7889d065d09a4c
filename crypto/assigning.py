"""Giving a case to handlers, and ending it (docs/protocol.md §7).

An assignment makes a case group: a ``handover`` tells the reporter, an ``assigned`` the team. Then
everything there is gets a wrap to that group, one to one for every envelope that opens here; when
all of it opens with the new group, the wraps to the group before may go.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from crypto.casefile import CaseFile
from crypto.certificates import certify_case
from crypto.documents import (
    Assigned,
    Closing,
    Concluded,
    Conclusion,
    GroupProof,
    Handover,
    Held,
)
from crypto.encoding import rising
from crypto.envelope import Chain
from crypto.errors import Locked
from crypto.keys import Card, GroupSecret
from crypto.opening import content_key
from crypto.outgoing import Outgoing
from crypto.pen import Pen, check_known, readers_of
from crypto.wrapping import WrapKind, wrap


@dataclass(frozen=True)
class Rewrapped:
    """One more wrap for the envelope ``id``, which is at ``seq`` of ``chain``."""

    chain: Chain
    seq: int
    id: bytes
    wrap: bytes


def assign(
    pen: Pen, case: CaseFile, group: GroupSecret, handlers: Collection[bytes], text: str
) -> tuple[Outgoing, Outgoing]:
    """The ``handover`` of ``group`` and its ``assigned``, to be stored both or neither."""
    words = pen.words(text)
    check_known(case)
    signer = group.keys
    proof = _certify(pen, case, signer.card)
    handover = Handover("handover", signer.card.id, proof, case.newest_read)
    first = pen.team(case, handover, signer, signer.card.id)
    assigned = Assigned(
        "assigned",
        pen.author,
        first.envelope.id,
        proof,
        rising(handlers),
        words.hash,
    )
    cards = (*readers_of(case, pen.directory), signer.card)
    return first, pen.case(case, assigned, words, cards)


def _certify(pen: Pen, case: CaseFile, card: Card) -> GroupProof:
    """By the case group that has the case, where its secret is here; else by the intake group."""
    service, number = pen.directory.service, max(case.number, case.handling.number) + 1
    before = case.proof
    if case.group is not None and case.group.id in pen.groups and before is not None:
        issuer, earlier = pen.groups[case.group.id], before.certificates
    else:
        intake = pen.directory.intake_card.id
        if intake not in pen.groups:
            raise Locked
        issuer, earlier = pen.groups[intake], ()
    signed = certify_case(card, case.mailbox, number, issuer, service)
    return GroupProof(card.to_bytes(), (*earlier, signed))


def conclude(
    pen: Pen, case: CaseFile, reason: Conclusion, keep_until: date, text: str
) -> tuple[Outgoing, ...]:
    """The ``closing`` of the case group and the ``concluded`` that names it.

    The second alone where there is nothing to close: no case group has it, or the reporter has
    closed the mailbox.
    """
    words, cards = pen.words(text), pen.readers(case)
    closing: tuple[Outgoing, ...] = ()
    if case.group is not None and not case.closed:
        signer = pen.signer(case)
        payload = Closing("closing", signer.card.id, case.proof, case.newest_read)
        closing = (pen.team(case, payload, signer, None),)
    named = closing[0].envelope.id if closing else None
    concluded = Concluded("concluded", pen.author, named, reason, keep_until, words.hash)
    return (*closing, pen.case(case, concluded, words, cards))


def hold(pen: Pen, case: CaseFile, until: date | None, text: str) -> Outgoing:
    """A ``held``."""
    words, cards = pen.words(text), pen.readers(case)
    return pen.case(case, Held("held", pen.author, until, words.hash), words, cards)


def rewrap(pen: Pen, case: CaseFile, card: Card) -> tuple[Rewrapped, ...]:
    """A wrap to ``card`` for every envelope of the case that opens here and has none."""
    wraps = []
    for entry in case.entries:
        if entry.stored.body is None or card.id in entry.stored.wraps:
            continue
        cek = content_key(entry.stored, pen.groups)
        if cek is not None:
            wrapped = wrap(cek, WrapKind.ENVELOPE, (entry.id,), card, pen.random_bytes)
            wraps.append(Rewrapped(entry.chain, entry.seq, entry.id, wrapped))
    return tuple(wraps)


def is_rewrapped(pen: Pen, case: CaseFile, card: Card) -> bool:
    """Whether nothing is lost with the other groups' wraps: all that opens opens by ``card``'s.

    An envelope that has a wrap to ``card`` has to open with it. One that has none must not open
    with any other group here; one that no key here opens says nothing.
    """
    if card.id not in pen.groups:
        return False
    alone = {card.id: pen.groups[card.id]}
    for entry in case.entries:
        if entry.stored.body is None:
            continue
        keyring = alone if card.id in entry.stored.wraps else pen.groups
        if (content_key(entry.stored, keyring) is None) == (card.id in entry.stored.wraps):
            return False
    return True
