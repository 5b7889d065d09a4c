"""Opening alone; what it does for reporter and team is in ``test_reporter``, ``test_analyst``."""

from dataclasses import replace

import pytest

from crypto.authors import Succession
from crypto.chains import inspect
from crypto.constants import Tag
from crypto.envelope import Chain
from crypto.errors import DoesNotOpen, Locked, WrongId, WrongLength
from crypto.opening import Opener, State, explain_stubs, import_card, open_sealed
from tests.crypto.world import EPOCH, Mailbox, Service, deleted, flipped, stub


@pytest.fixture
def box(service: Service) -> Mailbox:
    return Mailbox(service)


def test_whichever_wrap_opens_is_taken(service: Service, box: Mailbox) -> None:
    row = box.say(service.intake[EPOCH])
    hers, ours = box.secret.keys, service.intake[EPOCH].keys
    for keys in (hers, ours):
        assert open_sealed(row, {keys.card.id: keys}).payload
    broken = dict(row.wraps) | {box.address: row.wraps[ours.card.id]}
    for wraps in (broken, dict(reversed(broken.items()))):
        both = {hers.card.id: hers, ours.card.id: ours}
        assert open_sealed(replace(row, wraps=wraps), both).payload
        with pytest.raises(DoesNotOpen):
            open_sealed(replace(row, wraps=wraps), {hers.card.id: hers})


def test_what_is_for_somebody_else_is_locked(service: Service, box: Mailbox) -> None:
    row = box.say(service.intake[EPOCH])
    other = service.intake[1].keys
    for keyring in ({}, {other.card.id: other}):
        with pytest.raises(Locked):
            open_sealed(row, keyring)


def test_bytes_are_checked_before_any_key_is_used(service: Service, box: Mailbox) -> None:
    """The order of §5: sizes, version, id, and only then wraps."""
    row = box.say(service.intake[EPOCH])
    assert row.body is not None
    for changed, error in (
        (replace(row, body=flipped(row.body, 0, 0)), WrongId),
        (replace(row, body=row.body[:-1]), WrongLength),
        (replace(row, header=row.header[:-1]), WrongLength),
    ):
        with pytest.raises(error):
            open_sealed(changed, {})


def test_a_deletion_of_the_team_explains_what_came_before_it(
    service: Service, box: Mailbox
) -> None:
    row = box.say(service.intake[EPOCH])
    box.say(service.intake[EPOCH], deleted, ids=[row.id, bytes(32)])
    keyring = {box.address: box.secret.keys}
    opener = Opener(box.address, service.directory(), keyring)
    chain = inspect([stub(row), box.rows[Chain.TEAM][1]], Chain.TEAM, box.address)
    entries = opener.team(chain, Succession(service.directory()))
    assert [entry.state for entry in entries] == [State.MISSING, State.SHOWN]
    explained = explain_stubs(entries, None, service.id)
    assert [entry.state for entry in explained] == [State.DELETED, State.SHOWN]
    assert explain_stubs(entries[:1], None, service.id) == entries[:1]
    assert explain_stubs(entries[:1], box.card.sign, service.id) == entries[:1]
    note = box.secret.keys.sign(Tag.SIGN_DELETED, service.id, row.id)
    noted = tuple(replace(entry, stored=stub(row, note)) for entry in entries[:1])
    assert explain_stubs(noted, box.card.sign, service.id)[0].state is State.DELETED
    assert explain_stubs(noted, None, service.id) == noted


def test_a_card_is_imported_once(box: Mailbox) -> None:
    data = box.card.to_bytes()
    assert import_card(data) is import_card(bytes(data))
    assert import_card(data) == box.card
    for _ in range(2):  # a refusal is not remembered as a card
        with pytest.raises(WrongLength):
            import_card(data[:-1])
