"""No secret and no word of anybody in a repr, a string or the text of an error."""

import dataclasses
import inspect
import pkgutil
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

import crypto
from crypto.contact import seal_contact
from crypto.documents import Answer, Contact, ContactReleased, Message, Reply, Report, Words
from crypto.envelope import Chain, Content, open_content
from crypto.errors import ProtocolError
from crypto.files import FileKey, NewFile, PartReader
from crypto.groups import ReceivingSecret
from crypto.keys import Secret
from crypto.opening import Entry
from crypto.outgoing import Outgoing
from crypto.passphrase import mailbox_secret
from crypto.reporter import Draft
from tests.crypto.test_reporter import manifest
from tests.crypto.world import (
    EPOCH,
    TODAY,
    Mailbox,
    Service,
    arrive,
    flipped,
    mailbox,
    stream,
    word_list,
)

CANARY = stream("canary")(16).hex()


def spelled(secret: bytes) -> list[str]:
    """The ways bytes show in a text."""
    return [repr(secret)[2:-1], secret.hex(), str(list(secret))[1:-1]]


def shows(text: str, *secrets: bytes) -> bool:
    return CANARY in text or any(each in text for secret in secrets for each in spelled(secret))


def everything(box: Mailbox) -> list[Any]:
    """One of each object that holds words or keys."""
    service = box.service
    contact = seal_contact(CANARY, box.address, service.contact.keys.card, stream("contact"))
    file = dataclasses.replace(manifest(), name=CANARY)
    draft = Draft(CANARY, answers=(Answer("when", CANARY),), files=(file,), contact=contact)
    sent = box.reporter.report(draft, TODAY)
    box.post(sent)
    team = service.team()
    replied = team.reply(box.file(), CANARY, "en")
    box.post(*replied)
    note = team.note(box.file(), CANARY)
    box.post(note)
    box.post(team.request_contact(box.file(), CANARY))
    custodian = service.team(service.contact, service.intake[EPOCH], analyst=service.custodian)
    asked = box.file(custodian)
    released = custodian.release_contact(
        asked, asked.of(Chain.CASE)[-1], service.contact, CANARY, release=True
    )
    box.post(released)
    receiving = ReceivingSecret(stream("receiving")(32))
    box.message(CANARY)
    case, conversation = box.file(), box.read()
    content = open_content(sent.envelope, sent.content_key)
    words = word_list().generate(stream("words"))
    return [
        draft,
        *draft.answers,
        contact,
        file,
        PartReader(file),
        NewFile.generate(stream("file")),
        sent,
        *replied,
        note,
        released,
        receiving,
        custodian,
        content,
        case,
        *case.entries,
        *[entry.payload for entry in case.entries],
        conversation,
        *conversation.items,
        Words(bytes(32), CANARY),
        box.reporter,
        team,
        box.secret,
        box.secret.keys,
        service.root,
        service.root.keys,
        words,
        mailbox_secret(words, service.id),
        box.rows,
    ]


def keys_of(objects: list[Any], box: Mailbox) -> list[bytes]:
    """The secrets among them."""
    found = [each.expose() for each in objects if isinstance(each, Secret)]
    found += [each.content_key for each in objects if isinstance(each, Outgoing)]
    found += [each.key.expose() for each in objects if isinstance(each, NewFile)]
    found += [box.secret.keys.box[1], box.service.intake[2].expose(), box.service.analyst.expose()]
    return found


def test_nothing_shows_a_word_or_a_key() -> None:
    """Neither alone nor in a list, where ``repr`` is used (a crash report would be one)."""
    box = Mailbox(Service("drop"))
    objects = everything(box)
    secrets = keys_of(objects, box)
    words = next(each for each in objects if type(each).__name__ == "Passphrase").words
    kinds = {type(each) for each in objects}
    assert {Report, Message, Reply, Entry, Content, Draft, Contact, Answer, Outgoing} <= kinds
    [half] = [each.half for each in objects if isinstance(each, ContactReleased)]
    assert half is not None
    secrets.append(half)
    for each in objects:
        for text in (repr(each), str(each), f"{each}", repr([each])):
            assert not shows(text, *secrets), type(each)
            assert not any(word in text for word in words if len(word) > 5), type(each)


def test_the_canary_would_be_found() -> None:
    key = FileKey(stream("a key")(32))
    assert not shows(repr(key), key.expose())
    for text in (repr(key.expose()), key.expose().hex(), CANARY, repr([CANARY])):
        assert shows(text, key.expose())


def _raising(box: Mailbox) -> list[Callable[[], Any]]:
    """Things that fail while they hold words or keys."""
    sent = box.reporter.report(Draft(CANARY), TODAY)
    row = arrive(sent)
    assert row.body is not None
    limits = dataclasses.replace(box.service.document().limits, text_characters=1)
    strict = box.service.reporter("ann", limits=limits)
    payload = open_content(sent.envelope, sent.content_key).payload
    return [
        lambda: box.reporter.report(Draft(CANARY + "\ud800"), TODAY),
        lambda: box.reporter.report(Draft(CANARY, language=CANARY), TODAY),
        lambda: strict.report(Draft(CANARY), TODAY),
        lambda: word_list().read(CANARY),
        lambda: Answer("when", CANARY + "\ud800"),
        lambda: Words(CANARY.encode() + b"x", CANARY),
        lambda: Report.from_bytes(payload + b" "),
        lambda: Report.from_bytes(payload[:-1]),
        lambda: Report.from_bytes(payload.replace(b'"text"', b'"' + CANARY.encode() + b'"')),
        lambda: Report.from_bytes(b"\xff" + CANARY.encode()),
        lambda: seal_contact(CANARY + "\ud800", bytes(32), box.card, stream("x")),
        lambda: open_content(sent.envelope, flipped(sent.content_key, 0, 0)),
        lambda: FileKey(sent.content_key[:31]),
        lambda: mailbox("ann").__class__(sent.content_key + b"\x00"),
    ]


def test_no_error_shows_a_word_or_a_key() -> None:
    """Nor does the trace of one, as far as it is printed."""
    box = Mailbox(Service("drop"))
    secrets = [box.secret.expose(), box.reporter.report(Draft(CANARY), TODAY).content_key]
    for act in _raising(box):
        with pytest.raises(ProtocolError) as caught:
            act()
        error = caught.value
        trace = "".join(traceback.format_exception(error))
        for text in (str(error), repr(error), trace, repr(error.args)):
            assert not shows(text, *secrets)


SECRETS = {"text", "answer", "words", "key", "content_key", "details", "sealed", "half"}


def test_every_document_with_words_hides_them() -> None:
    """A dataclass shows all of its members unless it says otherwise; so these say otherwise."""
    revealing = []
    for info in pkgutil.iter_modules(crypto.__path__, "crypto."):
        for name, kind in inspect.getmembers(import_module(info.name), inspect.isclass):
            if kind.__module__ != info.name or not dataclasses.is_dataclass(kind):
                continue
            if info.name == "crypto.encoding":  # says how to write a value, and holds none
                continue
            shown = {each.name for each in dataclasses.fields(kind) if each.repr}
            words = shown & SECRETS
            if words and _generated(kind):
                revealing.append(f"{name}: {sorted(words)}")
    # Only hashes of words, and the key of a file, whose type shows nothing.
    hashes = ("Assigned", "Concluded", "ContactRequested", "Held", "Note", "Recorded", "Sent")
    assert revealing == [*(f"{name}: ['words']" for name in hashes), "NewFile: ['key']"]


def _generated(kind: type) -> bool:
    return hasattr(kind.__repr__, "__wrapped__")  # as dataclasses make it
