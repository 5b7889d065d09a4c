import inspect
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import certificates, directory, documents, files, groups, roster
from crypto.constants import CARD, ID, Tag
from crypto.documents import (
    Answer,
    Category,
    Contact,
    Link,
    Message,
    Note,
    Reply,
    Report,
    Sealed,
    Words,
    read_payload,
)
from crypto.encoding import Document
from crypto.envelope import LARGEST_SEQ, Chain
from crypto.errors import NotCanonical, ProtocolError, WrongLength
from crypto.files import FileManifest
from crypto.primitives import H
from tests.crypto.second_forms import second_forms
from tests.crypto.strategies import DOCUMENTS, documents_of
from tests.crypto.world import Service, reply

KINDS = documents._KINDS
PAYLOADS = [(chain, kind) for chain, kinds in KINDS.items() for kind in kinds.values()]

CONTACT = Contact(bytes(32), bytes(1184), b"sealed")
MANIFEST = FileManifest("photo.jpg", "image/jpeg", 5, 16384, bytes(ID), bytes(32), bytes(ID))
REPORT = Report(
    "report",
    bytes(CARD),
    Sealed.ON_DEVICE,
    "en",
    (Category.ADVANTAGE, Category.OTHER),
    ("north-west", "south"),
    (Answer("when", "Last autumn."), Answer("where", 'At the "Blue" desk.')),
    "An invented report.\nWith two lines.",
    (MANIFEST,),
    CONTACT,
    Link(3, bytes(ID)),
)


def test_no_document_is_left_out_of_these_tests() -> None:
    modules: tuple[ModuleType, ...] = (
        certificates,
        directory,
        documents,
        files,
        groups,
        roster,
    )
    found = {
        each
        for module in modules
        for _, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, Document) and each is not Document
    }
    assert found == set(DOCUMENTS)


@given(st.sampled_from(DOCUMENTS).flatmap(documents_of))
def test_every_document_is_read_as_it_was_written(document: Document) -> None:
    data = document.to_bytes()
    assert type(document).from_bytes(data) == document
    assert type(document).from_bytes(data).to_bytes() == data


@given(
    st.sampled_from(PAYLOADS).flatmap(lambda row: st.tuples(st.just(row[0]), documents_of(row[1])))
)
def test_every_payload_is_read_in_its_chain_and_in_no_other(row: tuple[Chain, Document]) -> None:
    chain, document = row
    assert read_payload(chain, document.to_bytes()) == document
    for other in set(Chain) - {chain}:
        with pytest.raises(NotCanonical):
            read_payload(other, document.to_bytes())


@pytest.mark.parametrize("variant", list(second_forms(REPORT.to_bytes())), ids=lambda row: row[0])
def test_no_second_form_of_a_report_is_read(variant: tuple[str, bytes]) -> None:
    """One text, one encoding; otherwise a signature could cover two (PROTOCOL §12)."""
    with pytest.raises((NotCanonical, WrongLength)):
        read_payload(Chain.REPORTER, variant[1])


def test_a_payload_names_its_kind_and_its_signer_first() -> None:
    for chain, kind in PAYLOADS:
        names = [name for name, _ in kind.codecs()]
        assert names[:2] == ["kind", "card" if chain is Chain.REPORTER else "author"]
        if chain is Chain.TEAM:
            assert names[2] == "group"


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b"null",
        b'"report"',
        b'{"kind":null}',
        b'{"kind":"rumour"}',
        b'{"kind":[]}',
        b"",
    ],
)
def test_an_unknown_kind_is_refused(data: bytes) -> None:
    for chain in Chain:
        with pytest.raises(NotCanonical):
            read_payload(chain, data)


def test_a_reply_without_words_cannot_be_made() -> None:
    with pytest.raises(NotCanonical):
        reply(bytes(ID), text="")


def test_an_answer_without_words_cannot_be_made() -> None:
    with pytest.raises(NotCanonical):
        Answer("when", "")


def _report(**changes: Any) -> Report:
    return Report(**{name: getattr(REPORT, name) for name, _ in Report.codecs()} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "message"},
        {"card": bytes(CARD - 1)},
        {"sealed": "on device"},
        {"language": "english"},
        {"language": "EN"},
        {"categories": (Category.OTHER, Category.ADVANTAGE)},
        {"categories": (Category.OTHER, Category.OTHER)},
        {"forces": ("b", "a")},
        {"forces": ("A",)},
        {"answers": (Answer("b", "1"), Answer("a", "2"))},
        {"answers": (Answer("a", "1"), Answer("a", "2"))},
        {"text": "a" * 40_001},
        {"text": "\ud83d"},
        {"files": (MANIFEST,) * 21},
        {"files": [MANIFEST]},
        {"contact": b""},
        {"seen": (3, bytes(ID))},
    ],
    ids=lambda changes: f"{next(iter(changes))} {str(next(iter(changes.values())))[:20]}",
)
def test_a_report_that_breaks_a_rule_cannot_be_made(changes: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        _report(**changes)


def test_a_report_of_every_length_up_to_the_limit_can_be_made() -> None:
    for text in ("", "a" * 40_000, "🌿" * 40_000):
        report = _report(text=text)
        assert Report.from_bytes(report.to_bytes()).text == text


def test_what_is_sealed_on_arrival_says_so() -> None:
    """The form a server fills in says that the server saw the words (P28)."""
    report = _report(sealed=Sealed.ON_ARRIVAL)
    assert b'"sealed":"on arrival"' in report.to_bytes()
    assert b'"sealed":"on device"' in REPORT.to_bytes()


def test_the_hash_of_words_is_salted_and_covers_the_text() -> None:
    words = Words(bytes(32), "text")
    assert words.hash == H(Tag.WORDS, words.to_bytes())
    others = {Words(bytes(32), "texts").hash, Words(b"\x01" * 32, "text").hash, words.hash}
    assert len(others) == 3


def test_a_link_names_every_place_there_is_and_no_other() -> None:
    assert Link.from_bytes(Link(LARGEST_SEQ, bytes(ID)).to_bytes()).seq == LARGEST_SEQ
    with pytest.raises(NotCanonical):
        Link(LARGEST_SEQ + 1, bytes(ID))


@pytest.mark.parametrize("size", [0, 1, 16384, 16385, 2 * 1024**3])
def test_a_manifest_states_the_padded_length_its_file_has(size: int) -> None:
    padded = files.padded_size(size)
    manifest = FileManifest("", "", size, padded, bytes(ID), bytes(32), bytes(ID))
    assert FileManifest.from_bytes(manifest.to_bytes()) == manifest
    for other in (padded - 1, padded + 1, padded * 2):
        with pytest.raises(NotCanonical):
            FileManifest("", "", size, other, bytes(ID), bytes(32), bytes(ID))


def test_a_file_name_is_any_text_and_never_more() -> None:
    names = ["../../etc/x", "C:\\x", "a\x00b", "\u202egpj.exe", "", "CON", "x" * 255, "%2e%2e"]
    for name in names:
        manifest = FileManifest(name, "", 5, 16384, bytes(ID), bytes(32), bytes(ID))
        assert FileManifest.from_bytes(manifest.to_bytes()).name == name
    with pytest.raises(NotCanonical):
        FileManifest("x" * 256, "", 5, 16384, bytes(ID), bytes(32), bytes(ID))


@given(st.sampled_from([Note, Reply, Message]).flatmap(documents_of), st.data())
def test_a_changed_byte_of_a_payload_is_another_payload_or_none(
    document: Document, data: st.DataObject
) -> None:
    form = document.to_bytes()
    at = data.draw(st.integers(0, len(form) - 1))
    changed = form[:at] + bytes([form[at] ^ data.draw(st.integers(1, 255))]) + form[at + 1 :]
    for chain in Chain:
        try:
            assert read_payload(chain, changed) != document
        except ProtocolError:
            continue


def test_service_is_not_needed_to_read(service: Service) -> None:
    """A payload is read before anybody knows who signed it; that gives no rights."""
    data = reply(service.analyst.keys.card.id).to_bytes()
    assert isinstance(read_payload(Chain.TEAM, data), Reply)
