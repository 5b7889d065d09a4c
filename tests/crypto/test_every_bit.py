"""The long forms of ``test_flips``: all eight bits of every byte (P24, T75)."""

import secrets

import pytest

from crypto.directory import read_directory
from crypto.envelope import NO_PREV, Chain, Envelope, Place, open_content, seal
from crypto.errors import DoesNotOpen, ProtocolError
from crypto.roster import read_roster
from crypto.wrapping import WrapKind, unwrap
from tests.crypto.test_flips import CEK, case_content, every_bit, every_byte, sealed_with, takes
from tests.crypto.test_groups import KINDS, papers, taken
from tests.crypto.test_roster import small
from tests.crypto.world import EPOCH, Mailbox, Service

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def box(service: Service) -> Mailbox:
    box = Mailbox(service)
    box.say(service.intake[EPOCH])
    return box


def test_each_bit_of_a_body_counts(box: Mailbox) -> None:
    """131,456 mutations, 0 accepted (P24, T75)."""
    row = box.rows[Chain.TEAM][0]
    assert row.body is not None
    cek = unwrap(row.wraps[box.address], WrapKind.ENVELOPE, (row.id,), box.secret.keys)
    header = row.parse_header()
    open_content(Envelope(header, row.body), cek)
    count = 0
    for body in every_bit(row.body):
        count += 1
        with pytest.raises(DoesNotOpen):
            open_content(Envelope(header, body), cek)
    assert count == 8 * len(row.body) > 100_000


def test_each_bit_of_a_directory_counts(service: Service) -> None:
    """Some fifty thousand mutations, 0 accepted (P24, T75)."""
    for changed in every_bit(service.signed()):
        with pytest.raises(ProtocolError):
            read_directory(changed, service.id)


def test_each_bit_of_a_roster_counts(service: Service) -> None:
    """Some thirty thousand mutations, 0 accepted (P24, T75)."""
    directory = service.directory()
    for changed in every_bit(small(service)):
        with pytest.raises(ProtocolError):
            read_roster(changed, directory)


@pytest.mark.parametrize("kind", KINDS)
def test_each_bit_of_a_paper_counts(service: Service, kind: str) -> None:
    """Receiving key, grant and erasure (P24, T75)."""
    for changed in every_bit(papers(service)[kind][0]):
        with pytest.raises(ProtocolError):
            taken(service, kind, changed)


def test_each_byte_of_an_assignment_counts(service: Service) -> None:
    """Signature, length, payload and words, by somebody inside (P24)."""
    box = Mailbox(service, "carl")
    box.report()
    place, content = case_content(box, sealed_with(CEK, service))
    assert takes(box, place, content)
    assert not any(takes(box, place, changed) for changed in every_byte(content))


def test_each_bit_of_a_wrap_counts(box: Mailbox) -> None:
    """9,472 mutations, 0 accepted (P24, T75)."""
    row = box.rows[Chain.TEAM][0]
    for changed in every_bit(row.wraps[box.address]):
        with pytest.raises(DoesNotOpen):
            unwrap(changed, WrapKind.ENVELOPE, (row.id,), box.secret.keys)


def test_a_hundred_thousand_envelopes_share_no_nonce_or_key(service: Service) -> None:
    """Drawn from the operating system, as in the programs (P16, T64)."""
    keys, place = service.intake[EPOCH].keys, Place(Chain.TEAM, 0, bytes(32), bytes(32), NO_PREV)
    seen: set[bytes] = set()
    for _ in range(100_000):
        envelope, cek = seal(place, b"{}", None, keys, service.id, secrets.token_bytes)
        seen |= {envelope.body[:24], cek, envelope.header.commitment}
    assert len(seen) == 300_000
