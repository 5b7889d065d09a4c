from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import (
    DOCUMENT_BYTES,
    LARGEST_BODY,
    LARGEST_CONTENT,
    NONCE,
    SIGNATURE,
    SMALLEST_BODY,
    Context,
    Tag,
)
from crypto.envelope import (
    LARGEST_SEQ,
    NO_PREV,
    Chain,
    Envelope,
    Header,
    Place,
    body_hash,
    check_place,
    envelope_id,
    open_content,
    seal,
)
from crypto.errors import (
    DoesNotOpen,
    Malformed,
    ProtocolError,
    UnknownVersion,
    WrongCommitment,
    WrongLength,
    WrongPadding,
    WrongPlace,
)
from crypto.keys import MailboxSecret, verify
from crypto.padding import pad
from crypto.primitives import H, aead_open, aead_seal, derive
from tests.crypto.salamander import collide, key_stream
from tests.crypto.world import enclose, flipped, secret, stream

ANN = secret(MailboxSecret, "ann").keys
SERVICE = b"\x05" * 32
ADDRESS, RECIPIENT = b"\x01" * 32, b"\x02" * 32
PLACE = Place(Chain.REPORTER, 0, ADDRESS, RECIPIENT, NO_PREV)
HEADER = Header(Chain.TEAM, 7, ADDRESS, RECIPIENT, b"\x03" * 32, b"\x04" * 32)


def sealed(
    payload: bytes = b"payload", words: bytes | None = None, chain: Chain = Chain.REPORTER
) -> tuple[Envelope, bytes]:
    place = replace(PLACE, chain=chain)
    return seal(place, payload, words, ANN, SERVICE, stream("envelope"))


# -- the header ---------------------------------------------------------------------------------


def test_a_header_is_packed_as_the_protocol_draws_it() -> None:
    drawn = b"\x01\x02" + (7).to_bytes(4, "little") + b"".join(bytes([n]) * 32 for n in range(1, 5))
    assert HEADER.to_bytes() == drawn
    assert Header.from_bytes(drawn) == HEADER


@given(
    st.sampled_from(Chain),
    st.integers(1, LARGEST_SEQ),
    st.lists(st.binary(min_size=32, max_size=32).filter(any), min_size=4, max_size=4),
)
def test_a_header_is_read_as_it_was_written(chain: Chain, seq: int, ids: list[bytes]) -> None:
    header = Header(chain, seq, *ids)
    assert Header.from_bytes(header.to_bytes()) == header


@pytest.mark.parametrize("version", [0, 2, 3, 127, 255])
def test_another_version_is_refused(version: int) -> None:
    """There is nothing to fall back to (P26)."""
    envelope, _ = sealed()
    data = envelope.to_bytes()
    for read in (Header.from_bytes, Envelope.from_bytes):
        with pytest.raises(UnknownVersion):
            read(bytes([version]) + (data if read == Envelope.from_bytes else data[:134])[1:])


@pytest.mark.parametrize("length", [0, 1, 133, 135])
def test_a_header_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(WrongLength):
        Header.from_bytes((HEADER.to_bytes() + b"\x00")[:length])


@pytest.mark.parametrize("chain", [0, 4, 255])
def test_an_unknown_chain_is_refused(chain: int) -> None:
    with pytest.raises(Malformed):
        Header.from_bytes(b"\x01" + bytes([chain]) + HEADER.to_bytes()[2:])


def test_only_the_first_envelope_has_no_one_before_it() -> None:
    for bad in (replace(HEADER, seq=0), replace(HEADER, prev=NO_PREV)):
        with pytest.raises(Malformed):
            Header.from_bytes(bad.to_bytes())
    first = replace(HEADER, seq=0, prev=NO_PREV)
    assert Header.from_bytes(first.to_bytes()) == first


def test_every_chain_has_a_tag_of_its_own() -> None:
    assert [chain.tag for chain in Chain] == [Tag.SIGN_REPORTER, Tag.SIGN_TEAM, Tag.SIGN_CASE]


# -- the envelope -------------------------------------------------------------------------------


def test_an_envelope_is_built_as_the_protocol_draws_it() -> None:
    envelope, cek = sealed()
    header = envelope.header.to_bytes()
    assert cek == stream("envelope")(32)
    assert envelope.header.commitment == H(Tag.COMMIT, derive(cek, 2, Context.COMMIT))
    nonce, rest = envelope.body[:NONCE], envelope.body[NONCE:]
    signature = ANN.sign(Tag.SIGN_REPORTER, SERVICE, header, b"payload")
    content = aead_open(derive(cek, 1, Context.ENCRYPT), nonce, rest, header)
    assert content == pad(signature + b"payload")
    assert envelope.id == H(Tag.ENVELOPE, header, H(Tag.BODY, envelope.body))
    assert envelope.id == envelope_id(header, body_hash(envelope.body))


@settings(max_examples=20)
@given(st.sampled_from(Chain), st.binary(max_size=20_000), st.binary(max_size=300))
def test_an_envelope_gives_back_what_was_sealed(chain: Chain, payload: bytes, words: bytes) -> None:
    given_words = words if chain is Chain.CASE else None
    envelope, cek = sealed(payload, given_words, chain)
    assert Envelope.from_bytes(envelope.to_bytes()) == envelope
    content = open_content(Envelope.from_bytes(envelope.to_bytes()), cek)
    assert (content.payload, content.words) == (payload, given_words)
    header = envelope.header.to_bytes()
    verify(ANN.card.sign, content.signature, chain.tag, SERVICE, header, payload)


def test_words_go_with_the_case_chain_and_with_no_other() -> None:
    for chain in Chain:
        words = None if chain is Chain.CASE else b"words"
        with pytest.raises(Malformed):
            sealed(b"payload", words, chain)


def test_there_is_no_place_behind_the_last() -> None:
    """Where a server can send a writer that invents a header with the highest ``seq``."""
    last = replace(PLACE, seq=LARGEST_SEQ, prev=b"\x03" * 32)
    envelope, _ = seal(last, b"payload", None, ANN, SERVICE, stream("x"))
    assert Header.from_bytes(envelope.header.to_bytes()).seq == LARGEST_SEQ
    with pytest.raises(WrongPlace):
        seal(replace(last, seq=LARGEST_SEQ + 1), b"payload", None, ANN, SERVICE, stream("x"))


def test_content_has_a_limit() -> None:
    largest = LARGEST_CONTENT - SIGNATURE
    envelope, cek = sealed(bytes(largest))
    assert len(envelope.body) == LARGEST_BODY
    assert len(open_content(envelope, cek).payload) == largest
    with pytest.raises(WrongLength):
        sealed(bytes(largest + 1))
    envelope, cek = sealed(bytes(DOCUMENT_BYTES), b"", Chain.CASE)
    assert open_content(envelope, cek).words == b""
    with pytest.raises(WrongLength):
        sealed(bytes(DOCUMENT_BYTES), b"w", Chain.CASE)


@pytest.mark.parametrize(
    "length",
    [0, 39, SMALLEST_BODY - 1, SMALLEST_BODY + 1, LARGEST_BODY - 1, LARGEST_BODY + 1, 20_000],
)
def test_a_body_that_no_padded_content_has_is_refused(length: int) -> None:
    with pytest.raises(WrongLength):
        Envelope(HEADER, bytes(length))


def test_a_body_above_the_largest_is_refused_even_if_padded() -> None:
    next_size = LARGEST_BODY - 40 + 32 * 1024
    with pytest.raises(WrongLength):
        Envelope(HEADER, bytes(next_size + 40))


def test_a_place_is_checked() -> None:
    envelope, _ = sealed()
    check_place(envelope, Chain.REPORTER, ADDRESS)
    for chain, mailbox in ((Chain.TEAM, ADDRESS), (Chain.REPORTER, RECIPIENT)):
        with pytest.raises(WrongPlace):
            check_place(envelope, chain, mailbox)


# -- opening ------------------------------------------------------------------------------------


def test_another_content_key_is_refused_before_anything_is_opened() -> None:
    envelope, cek = sealed()
    for other in (bytes(32), flipped(cek, 0, 0), flipped(cek, 31, 7)):
        with pytest.raises(WrongCommitment):
            open_content(envelope, other)


def test_every_field_of_the_header_is_part_of_the_seal() -> None:
    envelope, cek = sealed()
    for changes in (
        {"chain": Chain.TEAM},
        {"seq": 1, "prev": b"\x03" * 32},
        {"mailbox": RECIPIENT},
        {"recipient": ADDRESS},
    ):
        header = replace(envelope.header, **changes)
        with pytest.raises(DoesNotOpen):
            open_content(Envelope(header, envelope.body), cek)


@pytest.mark.parametrize("bit", range(8))
def test_each_byte_of_header_and_nonce_and_tag_counts(bit: int) -> None:
    """The rest of the body is in ``test_flips`` (P24)."""
    envelope, cek = sealed()
    data = envelope.to_bytes()
    for i in [*range(134 + NONCE + 200), *range(len(data) - 200, len(data))]:
        with pytest.raises(ProtocolError):
            open_content(Envelope.from_bytes(flipped(data, i, bit)), cek)


def _enclosed(content: bytes, chain: Chain = Chain.REPORTER) -> tuple[Envelope, bytes]:
    cek = stream("cek")(32)
    return enclose(replace(PLACE, chain=chain), content, cek, stream("nonce")), cek


@pytest.mark.parametrize("length", [0, 1, 63])
def test_content_without_a_whole_signature_is_refused(length: int) -> None:
    with pytest.raises(WrongLength):
        open_content(*_enclosed(bytes(length)))


def test_content_above_the_limit_is_refused() -> None:
    assert open_content(*_enclosed(bytes(LARGEST_CONTENT))).payload
    with pytest.raises(WrongLength):
        open_content(*_enclosed(bytes(LARGEST_CONTENT + 1)))


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        bytes(7),
        (1).to_bytes(8, "little"),
        (2**64 - 1).to_bytes(8, "little") + b"payload",
        (8).to_bytes(8, "little") + b"payload",
    ],
    ids=["nothing", "no length", "nothing after the length", "2^64 - 1", "one too long"],
)
def test_a_case_entry_whose_parts_do_not_fit_is_refused(rest: bytes) -> None:
    with pytest.raises(WrongLength):
        open_content(*_enclosed(bytes(SIGNATURE) + rest, Chain.CASE))


def test_content_that_is_not_padded_is_refused() -> None:
    """Sealed with the right key, over a plain text of the right length."""
    cek = stream("cek")(32)
    good = enclose(PLACE, b"x" * 100, cek, stream("nonce"))
    nonce, header = good.body[:NONCE], good.header
    for plain in (bytes(16384), b"\x01" * 16384, pad(b"x" * 100)[:-1] + b"\x01"):
        body = nonce + aead_seal(derive(cek, 1, Context.ENCRYPT), nonce, plain, header.to_bytes())
        with pytest.raises(WrongPadding):
            open_content(Envelope(header, body), cek)


def test_the_repr_of_content_shows_nothing() -> None:
    assert "payload" not in repr(open_content(*sealed()))


# -- one ciphertext, two texts ------------------------------------------------------------------

TEXTS = (b"Nothing happened here. ", b"It was the commissioner.")


def salamander() -> tuple[Envelope, tuple[bytes, bytes]]:
    """An envelope whose body opens under two content keys; it commits to the first."""
    random_bytes = stream("salamander")
    keys = random_bytes(32), random_bytes(32)
    nonce = random_bytes(NONCE)
    enc = derive(keys[0], 1, Context.ENCRYPT), derive(keys[1], 1, Context.ENCRYPT)
    streams = [key_stream(key, nonce, 16384) for key in enc]
    header = enclose(PLACE, b"", keys[0], random_bytes).header
    # The first 64 bytes carry the text of the first key, the next 64 that of the second.
    ciphertext = bytearray(streams[0])
    for number, text in enumerate(TEXTS):
        for i, letter in enumerate(text.ljust(64), number * 64):
            ciphertext[i] = streams[number][i] ^ letter
    body = collide(enc, nonce, header.to_bytes(), bytes(ciphertext), 128)
    return Envelope(header, nonce + body), keys


def test_the_cipher_alone_opens_one_ciphertext_to_two_texts() -> None:
    """Why there is a commitment: without it two analysts would read two reports (P10)."""
    envelope, keys = salamander()
    nonce, body = envelope.body[:NONCE], envelope.body[NONCE:]
    header = envelope.header.to_bytes()
    opened = [aead_open(derive(key, 1, Context.ENCRYPT), nonce, body, header) for key in keys]
    assert opened[0][:64].startswith(TEXTS[0])
    assert opened[1][64:128].startswith(TEXTS[1])
    assert opened[0] != opened[1]


def test_a_salamander_is_refused_by_its_commitment() -> None:
    """Under the second key it is not even tried (P10)."""
    envelope, keys = salamander()
    with pytest.raises(WrongCommitment):
        open_content(envelope, keys[1])
    with pytest.raises(WrongPadding):  # the first opens, and is what it says
        open_content(envelope, keys[0])


def test_nonces_and_keys_are_new_for_every_envelope() -> None:
    """From one source of randomness, with no counter that could be restored (P16)."""
    random_bytes = stream("many")
    made = [seal(PLACE, b"same", None, ANN, SERVICE, random_bytes) for _ in range(500)]
    assert len({cek for _, cek in made}) == 500
    assert len({envelope.body[:NONCE] for envelope, _ in made}) == 500
    assert len({envelope.id for envelope, _ in made}) == 500
