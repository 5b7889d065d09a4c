"""Every byte of everything signed or sealed, changed (P24, T75)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

import pytest

from crypto.analyst import Analyst
from crypto.chains import Stored
from crypto.constants import Tag
from crypto.documents import Report, Sealed
from crypto.envelope import Chain, Place, body_hash, open_content
from crypto.errors import ProtocolError
from crypto.keys import GroupSecret, verify
from crypto.opening import State
from tests.crypto.world import (
    EPOCH,
    Mailbox,
    Service,
    enclose,
    flipped,
    handover,
    secret,
    sign_content,
    store,
    stream,
)


def every_byte(data: bytes) -> Iterator[bytes]:
    """One bit of each byte, which one depends on its place."""
    return (flipped(data, i, i * 5 % 8) for i in range(len(data)))


def every_bit(data: bytes) -> Iterator[bytes]:
    return (flipped(data, i, bit) for i in range(len(data)) for bit in range(8))


@pytest.fixture(scope="module")
def box(service: Service) -> Mailbox:
    """A mailbox with one envelope in each chain, by a case group in the team's."""
    box = Mailbox(service)
    box.report()
    box.post(service.team().note(box.file(), "A note."))
    cards = (box.card, service.intake[EPOCH].keys.card)
    box.say(service.case(box.address), handover, wraps=cards)
    return box


@cache
def team() -> Analyst:
    """The team, its directory read once."""
    return Service("drop").team()


def shown(box: Mailbox, chain: Chain, row: Stored) -> bool:
    """Whether the team, or the reporter, takes ``row`` for a true envelope of ``chain``."""
    entries = team().read(box.address, {**box.rows, chain: [row]}).of(chain)
    hers = box.reporter.read((), [row]).items if chain is Chain.TEAM else ()
    return any(entry.state is State.SHOWN for entry in (*entries, *hers))


@pytest.mark.parametrize("chain", Chain)
def test_a_header_with_one_bit_changed_is_not_shown(box: Mailbox, chain: Chain) -> None:
    """All eight of all 134 bytes (P24)."""
    row = box.rows[chain][0]
    assert shown(box, chain, row)
    assert not any(
        shown(box, chain, replace(row, header=header)) for header in every_bit(row.header)
    )


@pytest.mark.parametrize("chain", Chain)
def test_a_body_with_one_bit_changed_is_not_shown(box: Mailbox, chain: Chain) -> None:
    """With the body's hash computed anew, as a server would; then the id is another (P24)."""
    row = box.rows[chain][0]
    assert row.body is not None
    for i in [*range(0, 600, 7), *range(600, len(row.body), 997)]:
        body = flipped(row.body, i, i % 8)
        assert not shown(box, chain, replace(row, body=body))
        assert not shown(box, chain, replace(row, body=body, hash_of_body=body_hash(body)))


@pytest.mark.parametrize("chain", Chain)
def test_a_wrap_with_one_bit_changed_is_not_shown(box: Mailbox, chain: Chain) -> None:
    """Of every wrap at once (P24)."""
    row = box.rows[chain][0]
    for i in range(0, 1184, 5):
        wraps = {name: flipped(wrapped, i, i % 8) for name, wrapped in row.wraps.items()}
        assert not shown(box, chain, replace(row, wraps=wraps))


def test_every_byte_of_signature_and_payload_is_signed(service: Service) -> None:
    """By somebody inside, who has the content key and seals as the protocol says (P24)."""
    box = Mailbox(service, "ben")
    intake, cek = service.intake[EPOCH].keys.card, bytes(32)
    place = replace(box.place(Chain.REPORTER), recipient=intake.id)
    payload = Report(
        "report", box.card.to_bytes(), Sealed.ON_DEVICE, "en", (), (), (), "Text.", (), None, None
    ).to_bytes()
    content = sign_content(place, payload, cek, box.secret.keys, service.id)

    def taken(changed: bytes) -> bool:
        row = store(enclose(place, changed, cek, stream("inside")), cek, [intake])
        return shown(box, Chain.REPORTER, row)

    assert taken(content)
    assert not any(taken(changed) for changed in every_byte(content))


def case_content(box: Mailbox, team: Analyst) -> tuple[Place, bytes]:
    """What an ``assigned`` of ``box`` holds and where it stands: signature, payload and words."""
    service = box.service
    handlers = [service.analyst.keys.card.id, service.colleague.keys.card.id]
    group = secret(GroupSecret, "a case group")
    _, assigned = team.assign(box.file(), group, handlers, "Two know this field.")
    words = open_content(assigned.envelope, assigned.content_key)
    assert words.words is not None
    length = len(words.payload).to_bytes(8, "little")
    place = replace(box.place(Chain.CASE), recipient=service.intake[EPOCH].keys.card.id)
    return place, words.signature + length + words.payload + words.words


def takes(box: Mailbox, place: Place, content: bytes) -> bool:
    """Whether the team takes ``content``, sealed as the protocol says, for an entry of ``case``."""
    intake, cek = box.service.intake[EPOCH].keys.card, CEK
    row = store(enclose(place, content, cek, stream("inside")), cek, [intake])
    [entry] = team().read(box.address, {Chain.CASE: [row]}).of(Chain.CASE)
    return entry.state is State.SHOWN


CEK = stream("the content key of an assignment")(32)


def sealed_with(key: bytes, service: Service) -> Analyst:
    """An analyst whose next two envelopes have the content keys that are given."""
    drawn = stream("everything else")

    def draw(length: int) -> bytes:
        return key if length == len(key) else drawn(length)

    people = {each.keys.card.id: each.keys.card.sign for each in service.people}
    intake = (service.intake[EPOCH],)
    return Analyst(service.analyst, service.directory(), intake, people, draw)


def test_an_assignment_with_one_bit_changed_is_not_shown(service: Service) -> None:
    """Of signature, length, payload and words, by somebody who has the content key (P24).

    Every ninth byte; ``test_every_bit`` takes all.
    """
    box = Mailbox(service, "carl")
    box.report()
    place, content = case_content(box, sealed_with(CEK, service))
    assert takes(box, place, content)
    assert not any(
        takes(box, place, changed) for changed in islice(every_byte(content), 0, None, 9)
    )


def test_what_is_signed_is_every_byte_of_header_and_payload(box: Mailbox) -> None:
    """The signature alone, without anything that opens or parses (P24)."""
    service, keys = box.service.id, box.secret.keys
    row, payload = box.rows[Chain.REPORTER][0], b'{"kind":"report"}'
    signature = keys.sign(Tag.SIGN_REPORTER, service, row.header, payload)
    good = {"s": signature, "h": row.header, "p": payload, "k": keys.card.sign, "v": service}

    def verified(s: bytes, h: bytes, p: bytes, k: bytes, v: bytes) -> bool:
        try:
            verify(k, s, Tag.SIGN_REPORTER, v, h, p)
        except ProtocolError:
            return False
        return True

    assert verified(**good)
    for name, value in good.items():
        assert not any(verified(**good | {name: changed}) for changed in every_bit(value))
