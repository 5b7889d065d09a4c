"""Keys that go round by hand, at a workstation that has no network."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from crypto.groups import Receiving, ReceivingSecret, sign_grant
from crypto.keys import GroupSecret
from dropbox.client.likeness import gist
from dropbox.wire import Grants, Rewrapping, Spot, pack
from inbox_ui import membership, rostering
from tests.inbox_ui.conftest import Clock, Desk
from tests.inbox_ui.staff import Staff, epochs, knows, opens
from tests.inbox_ui.test_bundles import Round


@pytest.fixture
def staff(desk: Desk, clock: Clock) -> Iterator[Staff]:
    staff = Staff(desk, clock)
    desk.sync()
    yield staff
    staff.close()


def test_a_member_without_a_network_is_granted_the_intake_group_by_bundles(staff: Staff) -> None:
    ben = staff.hire("Ben")
    way = Round(ben)
    staff.write("What happened.")
    for _ in range(2):  # the receiving key is told, and then it is known to be
        way.go()
    assert opens(ben) == []
    staff.first.sync()
    for _ in range(2):
        assert way.go().outcome.troubles == []
    assert (opens(ben), epochs(ben)) == (["What happened."], [1])
    way.go()
    assert staff.server.team.grants == [], "what was opened is deleted at the server"


def test_a_publisher_without_a_network_replaces_the_intake_group_when_somebody_leaves(
    staff: Staff,
) -> None:
    ben = staff.hire("Ben")
    ben.sync()
    cat = staff.hire("Cat")
    cat.sync()
    staff.first.sync()
    ben.sync()
    staff.change(membership.set_suspended("Cat", False))
    way = Round(staff.first)

    rostering.sign_next(staff.first.station, membership.remove("Cat", staff.clock(), lost=False))
    rounds = 0
    while staff.server.directory.intake.epoch == 1:
        assert way.go().outcome.troubles == []
        rounds += 1
        assert rounds < 6
    assert way.go().outcome.troubles == []
    ben.sync()
    staff.write("After Cat left.")
    way.go()
    ben.sync()
    assert opens(staff.first) == opens(ben) == ["After Cat left."]
    assert not knows(cat, staff.server.directory.intake_card.id)


def test_an_epoch_ends_without_a_network_and_its_secret_goes(staff: Staff) -> None:
    staff.write("Of the first epoch.")
    staff.write("Another of it.")
    way = Round(staff.first)
    way.go()
    old = staff.server.directory.intake_card.id
    for _ in range(12):
        staff.clock.go(5)
        staff.server.today = staff.clock()
        way.go()
        way.go()
    for _ in range(3):
        assert way.go().outcome.troubles == []
    assert staff.server.directory.intake.epoch == 2
    assert not knows(staff.first, old)
    new = staff.server.directory.intake_card.id
    assert all(set(row.wraps) == {new} for row in staff.server.rows)
    assert opens(staff.first) == ["Another of it.", "Of the first epoch."]


def test_a_grant_that_is_sealed_anew_is_the_same_request_and_to_somebody_else_is_not(
    staff: Staff,
) -> None:
    own, service = staff.first.station.vault.analyst_secret.keys, b"s" * 32
    group = GroupSecret(b"g" * 32)

    def request(analyst: bytes, of: GroupSecret = group) -> bytes:
        card = ReceivingSecret(b"r" * 32).card
        key = Receiving(analyst, 1, card.box, card.kem)
        signed = sign_grant(of, key, own, service, secrets.token_bytes)
        return pack(Grants((None,)).to_bytes(), [signed])

    one, again = request(b"a" * 32), request(b"a" * 32)
    assert one != again
    assert gist("/api/grants", one) == gist("/api/grants", again)
    assert gist("/api/grants", one) != gist("/api/grants", request(b"b" * 32))
    assert gist("/api/grants", one) != gist(
        "/api/grants", request(b"a" * 32, GroupSecret(b"h" * 32))
    )


def test_wraps_that_are_made_anew_are_the_same_request_and_of_others_are_not() -> None:
    document = Rewrapping(b"m" * 32, b"r" * 32, (Spot(1, 0, b"e" * 32),))

    def request(of: Rewrapping) -> bytes:
        return pack(of.to_bytes(), [secrets.token_bytes(1184)])

    path = "/api/wraps"
    assert gist(path, request(document)) == gist(path, request(document))
    for other in (
        replace(document, mailbox=b"x" * 32),
        replace(document, recipient=b"x" * 32),
        replace(document, envelopes=(Spot(1, 0, b"x" * 32),)),
    ):
        assert gist(path, request(document)) != gist(path, request(other))


@pytest.mark.parametrize("path", ["/api/wraps", "/api/grants", "/api/envelopes"])
def test_what_has_no_form_is_like_nothing_but_itself(path: str) -> None:
    for body in (b"", b"garbage", pack(b"{}", [b"x"])[:-1]):
        assert gist(path, body) == body
