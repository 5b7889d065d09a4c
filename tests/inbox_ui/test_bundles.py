"""A workstation without a network, and a courier between it and the server.

Every attack on a bundle is refused and named, or does nothing; whatever gets lost on the way, the
next round brings.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from crypto import bundle
from crypto.bundle import HEAD, SEALED_CHUNK
from crypto.errors import ProtocolError, RolledBack
from dropbox.client.errors import ClientError, Lost, Refused
from dropbox.client.retry import NO_PATIENCE, say_nothing
from dropbox.client.transport import Answer
from dropbox.wire import Fault
from inbox_ui import bundling, carrying, casework
from inbox_ui.bundles import Cover, Way, writing
from inbox_ui.bundling import Exported, Imported
from inbox_ui.carrying import Road, Trip
from inbox_ui.courier import CourierPass, make_pass, read_pass, seal_pass
from inbox_ui.errors import (
    AlreadyThere,
    DamagedBundle,
    DamagedFile,
    ForeignBundle,
    ForgedBundle,
    NoBundle,
    NoCourier,
    NotABundle,
    NotThisKind,
    OlderBundle,
    UnknownAnswer,
    WrongPassphrase,
    WrongWay,
)
from inbox_ui.passphrase import VaultPassphrase
from tests.inbox_ui.conftest import ORIGIN, PASSPHRASE, Desk, Writer, garbage
from tests.simulator import Asked, No

DIRECTORY, ENVELOPES = "/api/directory", "/api/envelopes"

Reporters = Callable[[], Writer]


@dataclass
class Round:
    """A desk that never speaks to its server, and the one who carries."""

    desk: Desk
    courier: CourierPass = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        self.new_pass()

    def new_pass(self) -> CourierPass:
        station = self.desk.station
        self.courier = make_pass(station.vault, self.desk.server.origin, secrets.token_bytes)
        station.archive.carried.begin(self.courier.number, self.courier.origin)
        return self.courier

    def file(self, name: str) -> Path:
        return self.desk.folder.path.with_name(f"{self.desk.folder.path.name}.{name}")

    def export(self) -> tuple[Path, Exported]:
        self.number += 1
        path = self.file(f"out{self.number}")
        return path, asyncio.run(bundling.export(self.desk.station, path))

    def asked(self, out: Path) -> list[tuple[str, str]]:
        """Method and path of everything a bundle asks for."""
        requests = [each.request for each in carrying.read_out(self.courier, out)[2]]
        return [(each.method.value, each.path) for each in requests]

    def carry(self, out: Path, name: str = "", most: int = carrying.MOST) -> tuple[Path, Trip]:
        goal = self.file(f"in{name or self.number}")
        road = Road(self.desk.server.transport(), ORIGIN, say_nothing, NO_PATIENCE)
        return goal, asyncio.run(
            carrying.carry(
                self.courier, road, out, goal, secrets.token_bytes, replacing=True, most=most
            )
        )

    def take_in(self, path: Path) -> Imported:
        return asyncio.run(bundling.take_in(self.desk.station, path))

    def go(self) -> Imported:
        """Once round."""
        return self.take_in(self.carry(self.export()[0])[0])


@pytest.fixture
def way(desk: Desk) -> Round:
    return Round(desk)


def test_a_report_comes_and_an_answer_goes_without_a_network(
    way: Round, reporter: Reporters
) -> None:
    ann = reporter()
    ann.write("what happened")
    first = way.go()
    assert (first.outcome.new, first.delivered, first.outcome.troubles) == (1, 0, [])
    assert way.desk.texts() == ["what happened"]
    read = casework.newest_read(way.desk.station, way.desk.only().name)
    casework.reply(way.desk.station, way.desk.only(), "thank you", "en", read)
    casework.note(way.desk.station, way.desk.only(), "and a note behind it")
    second = way.go()
    assert (second.outcome.new, second.delivered, second.outcome.troubles) == (3, 2, [])
    assert ann.replies() == ["thank you"]
    assert way.desk.station.archive.outbox.items() == ()


def test_a_sync_over_the_network_afterwards_finds_nothing_else(
    way: Round, reporter: Reporters
) -> None:
    reporter().write("one")
    way.go()
    outcome = way.desk.sync()
    assert (outcome.new, outcome.troubles) == (0, [])
    reporter().write("two")
    assert way.desk.sync().new == 1
    assert way.go().outcome.new == 0
    assert len(way.desk.cases()) == 2


def test_what_is_asked_is_what_a_sync_asks_and_deliveries_come_first(
    way: Round, reporter: Reporters
) -> None:
    reporter().write("one")
    way.go()
    casework.note(way.desk.station, way.desk.only(), "a note")
    out, _ = way.export()
    asked = way.asked(out)
    assert [each for each in asked if each[0] == "POST"] == asked[: asked.index(("GET", DIRECTORY))]
    assert ("POST", ENVELOPES) in asked
    for path in (DIRECTORY, "/api/feed/0", "/api/feed/1", "/api/purged"):
        assert ("GET", path) in asked


def test_a_feed_of_many_pages_comes_whole(way: Round, reporter: Reporters) -> None:
    way.desk.server.page = 2
    for number in range(7):
        reporter().write(f"report {number}")
    assert way.go().outcome.new == 7
    assert way.go().outcome.new == 0


def test_an_answer_whose_place_was_taken_is_signed_anew_and_goes_with_the_next(
    way: Round, make_desk: Callable[..., Desk], reporter: Reporters
) -> None:
    ann = reporter()
    ann.write("what happened")
    way.go()
    way.desk.station.refresh()
    summary = way.desk.only()
    casework.reply(way.desk.station, summary, "from without", "en", None)
    out, _ = way.export()
    other = make_desk("vault", way.desk.server)  # the same vault, elsewhere, with a network
    station = other.station
    station.refresh()
    item = station.archive.outbox.items()
    assert len(item) == 1
    station.archive.outbox.drop(item[0].id)  # the other one never had it
    casework.reply(station, other.only(), "from elsewhere", "en", None)
    [quicker] = station.archive.outbox.items()
    for each in quicker.outgoings(station.vault.intake_groups):
        way.desk.server.put(each)
    station.archive.outbox.drop(quicker.id)
    station.archive.outbox.put(item[0].outgoings(station.vault.intake_groups))
    back, trip = way.carry(out)
    assert trip.refused == 1
    done = way.take_in(back)
    assert (done.outcome.new, done.delivered) == (2, 0)
    assert way.go().delivered == 1
    assert ann.replies() == ["from elsewhere", "from without"]


def test_several_words_in_one_case_go_in_one_bundle(way: Round, reporter: Reporters) -> None:
    reporter().write("what happened")
    way.go()
    for number in range(4):
        casework.note(way.desk.station, way.desk.only(), f"note {number}")
    assert way.go().delivered == 4


def test_a_directory_is_renewed_by_bundles(way: Round) -> None:
    desk = way.desk
    desk.clock.go(9)
    desk.server.today = desk.clock()
    out, _ = way.export()
    assert ("POST", DIRECTORY) in way.asked(out)
    before = desk.station.seen.directory.seq
    assert way.go().outcome.troubles == []
    assert desk.station.seen.directory.seq == before + 1 == desk.server.directory.seq
    assert desk.station.archive.directories.unpublished(desk.station.vault.service) is None


def test_what_was_purged_is_joined_in_two_rounds(way: Round) -> None:
    way.desk.server.purged = {b"m" * 16}
    way.desk.station.archive.purged.keep([b"n" * 16])
    way.go()
    way.go()
    way.go()
    assert way.desk.station.archive.purged.marks() == {b"m" * 16, b"n" * 16}
    assert way.desk.server.purged == {b"m" * 16, b"n" * 16}


# -- lost, twice, interrupted -------------------------------------------------------------------


def test_a_lost_bundle_loses_nothing(way: Round, reporter: Reporters) -> None:
    ann = reporter()
    ann.write("one")
    way.go()
    casework.reply(way.desk.station, way.desk.only(), "an answer", "en", None)
    way.export()  # lost on the way out
    assert ann.replies() == []
    out, _ = way.export()
    assert way.asked(out).count(("POST", ENVELOPES)) == 1
    way.carry(out)  # lost on the way back
    assert ann.replies() == ["an answer"]
    done = way.go()
    assert (done.delivered, done.outcome.troubles) == (1, [])
    assert ann.replies() == ["an answer"]


def test_the_server_counts_nothing_as_read_that_is_still_on_its_way(
    way: Round, reporter: Reporters
) -> None:
    reporter().write("one")
    reporter().write("two")
    out, _ = way.export()
    back, _ = way.carry(out)
    assert way.desk.server.cursor == 0
    way.take_in(back)
    way.carry(way.export()[0])
    assert way.desk.server.cursor == 0  # the courier never says so


def test_a_bundle_that_is_imported_twice_changes_nothing(way: Round, reporter: Reporters) -> None:
    reporter().write("one")
    out, _ = way.export()
    back, _ = way.carry(out)
    assert not way.take_in(back).again
    again = way.take_in(back)
    assert again.again
    assert (again.outcome.new, again.delivered, again.outcome.troubles) == (0, 0, [])
    assert way.desk.texts() == ["one"]


def test_a_bundle_that_is_carried_twice_delivers_once(way: Round, reporter: Reporters) -> None:
    ann = reporter()
    ann.write("one")
    way.go()
    casework.reply(way.desk.station, way.desk.only(), "an answer", "en", None)
    out, _ = way.export()
    way.carry(out, "first")
    reporter().write("something else")
    second, _ = way.carry(out, "second")
    assert ann.replies() == ["an answer"]
    way.take_in(second)
    with pytest.raises(OlderBundle):
        way.take_in(way.file("infirst"))


def test_an_older_answer_is_refused_and_named(way: Round, reporter: Reporters) -> None:
    out, _ = way.export()
    old, _ = way.carry(out)
    reporter().write("one")
    way.go()
    with pytest.raises(OlderBundle):
        way.take_in(old)
    assert way.desk.texts() == ["one"]


def test_two_bundles_may_be_under_way_and_the_newer_answer_wins(
    way: Round, reporter: Reporters
) -> None:
    first, _ = way.export()
    second, _ = way.export()
    reporter().write("one")
    back, _ = way.carry(first, "a")
    newer, _ = way.carry(second, "b")
    assert way.take_in(back).outcome.new == 1
    assert way.take_in(newer).outcome.new == 0


def test_an_import_that_was_interrupted_is_finished_by_the_same_bundle(
    way: Round, reporter: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        reporter().write(f"report {number}")
    back, _ = way.carry(way.export()[0])
    station = way.desk.station

    def fail(*_: object) -> int:
        raise KeyboardInterrupt

    for name in ("keep", "admit"):
        with monkeypatch.context() as patched:
            patched.setattr(type(station.archive.carried), name, fail)
            with pytest.raises(KeyboardInterrupt):
                way.take_in(back)
        assert station.archive.carried.round().imported == 0
    with monkeypatch.context() as patched:
        patched.setattr(type(station.archive), "store", fail)
        with pytest.raises(KeyboardInterrupt):
            way.take_in(back)
    done = way.take_in(back)
    assert (done.again, done.outcome.new) == (True, 3)


@pytest.mark.parametrize("requests", range(1, 17))
def test_a_line_that_breaks_leaves_a_bundle_that_is_good_as_far_as_it_goes(
    way: Round, reporter: Reporters, requests: int
) -> None:
    way.desk.server.page = 1
    ann = reporter()
    ann.write("one")
    way.go()
    casework.reply(way.desk.station, way.desk.only(), "an answer", "en", None)
    for number in range(3):
        reporter().write(f"report {number}")
    out, _ = way.export()
    made = 0

    def breaks(asked: Asked) -> None:
        nonlocal made
        made += asked.session != ""
        if made > requests:
            raise Lost

    way.desk.server.before = breaks
    back, trip = way.carry(out)
    way.desk.server.before = lambda asked: None
    assert isinstance(trip.stopped, Lost) or trip.stopped is None
    way.take_in(back)
    way.go()
    assert len(way.desk.cases()) == 4
    assert ann.replies() == ["an answer"]
    assert way.desk.station.archive.outbox.items() == ()


def test_a_full_bundle_is_good_and_the_next_goes_on(way: Round, reporter: Reporters) -> None:
    way.desk.server.page = 2
    for number in range(9):
        reporter().write(f"report {number}")
    rounds = 0
    while len(way.desk.cases()) < 9:
        back, _ = way.carry(way.export()[0], most=60_000)
        way.take_in(back)
        rounds += 1
        assert rounds < 9
    assert rounds > 1


def test_where_nobody_is_reached_nothing_is_written(way: Round) -> None:
    out, _ = way.export()
    way.desk.server.down = True
    with pytest.raises(Exception, match="cannot be reached"):
        way.carry(out)
    assert not way.file("in1").exists()
    assert not list(way.desk.folder.path.parent.glob(".*.new"))


def test_an_analyst_whom_the_server_does_not_take_is_told_at_once(way: Round) -> None:
    out, _ = way.export()

    def refuse(asked: Asked) -> None:
        if asked.path == "/api/session":
            raise No(Fault.REFUSED)

    way.desk.server.before = refuse
    with pytest.raises(Refused):
        way.carry(out)
    assert not way.file("in1").exists()


# -- attacks ------------------------------------------------------------------------------------


def test_a_bundle_that_is_changed_or_cut_anywhere_is_refused(
    way: Round, reporter: Reporters
) -> None:
    reporter().write("one")
    out, _ = way.export()
    back, _ = way.carry(out)
    data = back.read_bytes()
    places = [0, 16, 900, HEAD - 1, HEAD, HEAD + 5, HEAD + SEALED_CHUNK, len(data) - 1]
    places += range(HEAD + 77, len(data), 31_337)
    bad = way.file("bad")
    for at in places:
        for changed in (data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :], data[:at]):
            bad.write_bytes(changed)
            with pytest.raises((DamagedBundle, ForeignBundle, NotABundle)):
                way.take_in(bad)
    assert way.desk.station.archive.carried.round().imported == 0
    assert way.desk.station.archive.reached().cursor == 0
    assert way.take_in(back).outcome.new == 1


def test_no_bundle_and_another_file_are_named(way: Round) -> None:
    with pytest.raises(NoBundle):
        way.take_in(way.file("nothing"))
    way.file("other").write_text("a text")
    with pytest.raises(NotABundle):
        way.take_in(way.file("other"))


def test_a_bundle_of_another_team_analyst_or_pass_is_refused(
    way: Round, make_desk: Callable[..., Desk]
) -> None:
    other = Round(make_desk("other"))
    theirs, _ = other.carry(other.export()[0])
    with pytest.raises(ForeignBundle):
        way.take_in(theirs)
    with pytest.raises(ForeignBundle):
        carrying.read_out(way.courier, other.file("out1"))
    ours, _ = way.carry(way.export()[0])
    way.new_pass()
    with pytest.raises(ForeignBundle):
        way.take_in(ours)


def test_a_bundle_that_goes_the_other_way_is_named(way: Round) -> None:
    out, _ = way.export()
    back, _ = way.carry(out)
    with pytest.raises(WrongWay):
        way.take_in(out)
    with pytest.raises(ForeignBundle):
        carrying.read_out(way.courier, back)


def test_what_the_workstation_signed_is_no_answer_for_it(way: Round) -> None:
    """A station's bundle that somebody sealed back to the station: the sender's key differs."""
    out, _ = way.export()
    vault = way.desk.station.vault
    ours, theirs = bundle.sides(vault.analyst_secret, way.courier.number)
    cover, digest, _ = carrying.read_out(way.courier, out)
    forged = Cover(
        Way.IN, cover.service, cover.analyst, cover.courier, cover.counter, digest, ORIGIN
    )
    path = way.file("forged")
    with writing(path, (ours.keys, ours.keys.card), forged, secrets.token_bytes) as written:
        written.seal()
    with pytest.raises(ForgedBundle):
        way.take_in(path)
    assert way.desk.station.archive.carried.round().imported == 0
    with writing(
        path, (theirs.keys, ours.keys.card), forged, secrets.token_bytes, replace=True
    ) as written:
        written.seal()
    assert not way.take_in(path).again


@pytest.mark.parametrize("member", ["way", "service", "analyst", "courier"])
def test_a_cover_that_names_somebody_else_is_refused(way: Round, member: str) -> None:
    out, _ = way.export()
    ours, theirs = bundle.sides(way.desk.station.vault.analyst_secret, way.courier.number)
    cover, digest, _ = carrying.read_out(way.courier, out)
    named = {
        "way": Way.IN,
        "service": cover.service,
        "analyst": cover.analyst,
        "courier": cover.courier,
    }
    wrong = {"way": Way.OUT, "service": b"x" * 32, "analyst": b"x" * 32, "courier": 5}
    bad = Cover(**{**named, member: wrong[member]}, counter=1, previous=digest, origin=ORIGIN)
    path = way.file("bad")
    ends = (theirs.keys, ours.keys.card)
    with writing(path, ends, bad, secrets.token_bytes) as written:
        written.seal()
    with pytest.raises(ForeignBundle):
        way.take_in(path)


def test_an_answer_to_a_bundle_that_was_never_written_here_is_refused(way: Round) -> None:
    out, _ = way.export()
    ours, theirs = bundle.sides(way.desk.station.vault.analyst_secret, way.courier.number)
    cover, _, _ = carrying.read_out(way.courier, out)
    bad = Cover(Way.IN, cover.service, cover.analyst, cover.courier, 1, b"x" * 32, ORIGIN)
    path = way.file("bad")
    with writing(path, (theirs.keys, ours.keys.card), bad, secrets.token_bytes) as written:
        written.seal()
    with pytest.raises(UnknownAnswer):
        way.take_in(path)


def test_a_bundle_that_is_older_than_the_archive_is_refused_and_the_next_one_goes_on(
    way: Round, reporter: Reporters
) -> None:
    desk = way.desk
    back, _ = way.carry(way.export()[0])
    desk.clock.go(9)
    desk.server.today = desk.clock()
    reporter().write("one")
    desk.sync()  # by another way: the directory is renewed, and the report is here
    with pytest.raises(RolledBack):
        way.take_in(back)
    assert desk.texts() == ["one"]
    assert way.go().outcome.troubles == []


def test_what_a_hostile_server_puts_in_is_quarantined_behind_a_bundle_too(
    way: Round, reporter: Reporters
) -> None:
    ann = reporter()
    ann.write("one")
    way.desk.server.rows.append(replace(garbage(ann.address), position=2))
    way.go()
    assert "one" in way.desk.texts()
    assert way.desk.only().alarms


@pytest.mark.parametrize("path", ["/api/feed/0", "/api/purged", "/api/directory"])
@pytest.mark.parametrize("body", [b"", b"garbage", b"{}", bytes(100_000)])
def test_garbage_instead_of_an_answer_spoils_nothing_else(
    way: Round, reporter: Reporters, path: str, body: bytes
) -> None:
    reporter().write("one")
    way.go()
    casework.note(way.desk.station, way.desk.only(), "a note")
    out, _ = way.export()

    def garbles(asked: Asked, answer: Answer) -> Answer:
        return Answer(200, body) if asked.path == path and asked.carried else answer

    way.desk.server.answered = garbles
    back, _ = way.carry(out)
    way.desk.server.answered = lambda asked, answer: answer
    with suppress(ProtocolError, ClientError):
        way.take_in(back)
    way.go()
    assert way.desk.texts() == ["one", "a note"]
    assert way.desk.station.archive.outbox.items() == ()


def test_the_directory_of_another_team_stops_the_courier(
    way: Round, make_desk: Callable[..., Desk]
) -> None:
    out, _ = way.export()
    other = make_desk("other")
    way.desk.server.signed = other.server.signed
    with pytest.raises(Exception, match="another"):
        way.carry(out)
    assert not way.file("in1").exists()


# -- the pass -----------------------------------------------------------------------------------


def test_a_pass_holds_nothing_that_opens_or_signs(way: Round) -> None:
    vault = way.desk.station.vault
    held = way.courier.to_bytes()
    secret = vault.analyst_secret
    assert secret.expose() not in held
    assert way.courier.auth == secret.keys.login.expose()
    card = secret.keys.card
    assert way.courier.analyst == card.id
    groups = [group.expose() for group in vault.intake_groups.values()]
    assert not any(each in held for each in groups)
    assert "auth" not in repr(way.courier)


def test_a_pass_opens_with_its_own_passphrase_only(way: Round) -> None:
    own = VaultPassphrase("another five words for a stick")
    path = way.file("pass")
    path.write_bytes(seal_pass(way.courier, own, secrets.token_bytes))
    assert read_pass(path, own) == way.courier
    with pytest.raises(WrongPassphrase):
        read_pass(path, PASSPHRASE)
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    with pytest.raises(DamagedFile):
        read_pass(path, own)
    path.write_bytes(way.desk.folder.vault.read_bytes())
    with pytest.raises(NotThisKind):
        read_pass(path, PASSPHRASE)


def test_without_a_pass_nothing_is_exported_or_imported(desk: Desk) -> None:
    goal = desk.folder.path.with_name("out")
    with pytest.raises(NoCourier):
        asyncio.run(bundling.export(desk.station, goal))
    with pytest.raises(NoCourier):
        asyncio.run(bundling.take_in(desk.station, goal))
    assert not goal.exists()


def test_no_bundle_takes_the_place_of_a_file_unasked(way: Round) -> None:
    out, _ = way.export()
    with pytest.raises(AlreadyThere):
        asyncio.run(bundling.export(way.desk.station, out))


def test_a_courier_without_the_right_to_publish_says_what_it_could_not_ask(way: Round) -> None:
    desk = way.desk
    desk.clock.go(9)
    desk.server.today = desk.clock()
    out, _ = way.export()
    way.courier = replace(way.courier, publisher=None)
    back, trip = way.carry(out)
    assert trip.unanswered == 1
    assert way.take_in(back).outcome.troubles == []
