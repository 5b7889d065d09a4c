"""The roster: begun with the team, sent, renewed, never believed when older; who it lets in."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from crypto.directory import directory_hash, read_directory, sign_directory
from crypto.errors import Expired, ForeignAuthor
from crypto.keys import AnalystSecret, Keys
from crypto.roster import Duty, Roster, roster_hash, sign_roster, supervisors_of
from crypto.signed import split
from dropbox.client.errors import NotReached, Refused
from dropbox.client.transport import Answer
from dropbox.wire import Fault
from inbox_ui.errors import ChangeLost, ClockAhead, OldRoster
from inbox_ui.membership import Change, set_duties
from inbox_ui.membership import remove as take_out
from tests.inbox_ui.conftest import Clock, Desk, Writer
from tests.inbox_ui.people import Office
from tests.inbox_ui.test_commands import Ran, run
from tests.simulated_team import No
from tests.simulator import Asked, Simulator

__all__ = ["run"]
SCHEMA = Path(__file__).parents[2] / "docs/schemas/inbox-roster.json"


@pytest.fixture
def office(run: Callable[..., Ran], desk: Desk, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = Office(run, desk, tmp_path, clock)
    yield made
    made.close()


def read(signed: bytes | None) -> Roster:
    assert signed is not None
    return Roster.from_bytes(split(signed)[1])


def kinds(desk: Desk) -> list[type[Exception]]:
    return [type(each) for each in desk.sync_only().troubles]


def sign_beside(desk: Desk, **changes: object) -> bytes:
    """Another roster of the same publisher: what a stolen key could sign."""
    return sign_roster(
        replace(read(desk.server.roster), **changes),  # type: ignore[arg-type]
        AnalystSecret(desk.station.vault.analyst).keys,
    )


def instead(roster: bytes) -> Callable[[Asked, Answer], Answer]:
    """A server that gives this for the roster."""

    def answer(asked: Asked, given: Answer) -> Answer:
        if (asked.method, asked.path) == ("GET", "/api/roster"):
            return Answer(200, roster)
        return given

    return answer


def sign_change(desk: Desk, change: Change) -> None:
    """What another publisher does at this moment."""
    signed = desk.server.roster
    assert signed is not None
    following = replace(
        change(read(signed)), seq=read(signed).seq + 1, previous=roster_hash(signed)
    )
    keys = AnalystSecret(desk.station.vault.analyst).keys
    desk.server.roster = sign_roster(following, keys)


# -- of its own ---------------------------------------------------------------------------------


def test_a_new_team_has_a_roster_and_the_first_sync_publishes_it(desk: Desk) -> None:
    roster = desk.station.roster
    assert roster is not None
    [first] = roster.members
    assert first.intake
    assert set(first.duties) == {
        Duty.ANALYST, Duty.SUPERVISOR, Duty.PUBLISHER, Duty.CUSTODIAN,
    }  # fmt: skip
    assert desk.server.roster is None
    assert desk.sync().troubles == []
    assert read(desk.server.roster) == roster
    asked = [each for each in desk.server.log if each.path == "/api/roster"]
    desk.sync()
    again = [each for each in desk.server.log if each.path == "/api/roster"][len(asked) :]
    assert [each.method for each in again] == ["GET"]


def test_interrupted_before_and_behind_the_server_the_same_roster_is_sent(desk: Desk) -> None:
    def lost(asked: Asked) -> None:
        if (asked.method, asked.path) == ("POST", "/api/roster"):
            raise NotReached

    made = desk.station.archive.rosters.newest_signed()
    desk.server.before = lost
    with pytest.raises(NotReached):
        desk.sync()
    desk.server.before = lambda _: None
    desk.server.roster = None
    desk.close()
    assert desk.sync().troubles == []
    assert desk.server.roster == made


def test_it_is_renewed_with_the_directory(desk: Desk, clock: Clock) -> None:
    desk.sync()
    clock.go(7)
    desk.server.today = clock()
    desk.sync()
    assert read(desk.server.roster).seq == 1
    before = desk.server.roster
    clock.go(1)
    desk.server.today = clock()
    assert desk.sync().troubles == []
    roster = read(desk.server.roster)
    assert (roster.seq, roster.issued) == (2, clock())
    assert (roster.expires - clock()).days == 14
    assert before is not None
    assert roster.previous == roster_hash(before)


def test_what_a_fast_clock_signed_is_refused_and_stops_nothing_once_it_is_right(
    office: Office,
) -> None:
    """Neither the next directory nor any change of the team waits for a day that is far away."""
    office.bring()
    desk, true = office.desk, office.clock.day
    desk.sync()
    before = desk.server.signed, desk.server.roster
    office.clock.go(200)
    for _ in range(2):
        assert set(kinds(desk)) == {ClockAhead}
    assert (desk.server.signed, desk.server.roster) == before
    office.clock.day = true
    assert desk.sync().troubles == []
    assert office.run("suspend", "Second").code == 0
    members = read(desk.server.roster).members
    assert [each.label for each in members if each.suspended] == ["Second"]
    office.clock.go(10)
    desk.server.today = office.clock.day
    assert desk.sync().troubles == []
    assert read_directory(desk.server.signed, desk.server.service).issued == office.clock.day


def test_a_change_under_a_fast_clock_is_refused_with_the_reason(office: Office) -> None:
    office.bring()
    desk, true = office.desk, office.clock.day
    before = desk.server.roster
    office.clock.go(5)
    ran = office.run("suspend", "Second")
    assert ran.code == 1
    assert "the date of this machine is days ahead" in ran.err
    assert desk.server.roster == before
    office.clock.day = true
    assert office.run("suspend", "Second").code == 0


def test_it_is_valid_no_longer_than_its_publishers_certificate(office: Office) -> None:
    desk = office.desk
    desk.sync()
    office.clock.go(360)
    desk.server.today = office.clock()
    desk.sync()
    assert (read(desk.server.roster).expires - office.clock()).days == 6
    number = read(desk.server.roster).seq
    desk.sync()
    assert read(desk.server.roster).seq == number  # no roster a day that says nothing new
    desk.server.today = office.clock()
    ran = office.run("directory", "--root-file", office.root_file)
    assert ran.code == 0, ran.err
    assert desk.sync().troubles == []
    roster = read(desk.server.roster)
    assert (roster.expires - office.clock()).days == 14
    assert roster.members[0].certificate == desk.station.vault.certificate


# -- a hostile server ---------------------------------------------------------------------------


def test_an_older_roster_is_said_and_not_believed_and_mended_by_a_publisher(
    office: Office,
) -> None:
    desk = office.desk
    desk.sync()
    old = desk.server.roster
    newcomer = office.bring()
    newcomer.sync_only()
    newest = desk.server.roster
    desk.server.roster = old
    assert kinds(newcomer) == [OldRoster]
    assert newcomer.station.roster == read(newest)
    assert desk.server.roster == old
    assert kinds(desk) == [OldRoster]
    assert desk.server.roster == newest
    assert kinds(desk) == kinds(newcomer) == []


def test_a_server_that_has_lost_its_rosters_is_given_them_all(office: Office) -> None:
    office.bring()
    newest = office.desk.server.roster
    office.desk.server.roster = None
    assert kinds(office.desk) == [OldRoster]
    assert office.desk.server.roster == newest


def test_a_roster_beside_the_newest_is_refused(office: Office) -> None:
    desk = office.desk
    desk.sync()
    seen = desk.station.roster
    assert seen is not None
    ours = desk.server.roster
    renamed = tuple(replace(each, label="Mallory") for each in seen.members)
    desk.server.log.clear()
    desk.server.roster = sign_beside(desk, members=renamed)
    assert kinds(desk) == [OldRoster]
    assert desk.station.roster == seen
    desk.server.roster = ours
    desk.server.roster = sign_beside(desk, seq=2, previous=bytes(32), members=renamed)
    assert kinds(desk) == [OldRoster]
    assert desk.station.roster == seen
    asked = [each for each in desk.server.log if each.path == "/api/roster"]
    assert {each.method for each in asked} == {"GET"}  # a fork is shown, not painted over


def test_a_roster_that_forgets_somebody_is_refused(office: Office) -> None:
    desk = office.desk
    office.bring()
    seen = desk.station.roster
    assert seen is not None
    own = desk.station.vault.analyst_secret.keys.card.id
    alone = tuple(each for each in seen.members if each.id == own)
    newest = desk.server.roster
    assert newest is not None
    desk.server.roster = sign_beside(
        desk, seq=seen.seq + 1, previous=roster_hash(newest), members=alone
    )
    assert kinds(desk) == [OldRoster]
    assert desk.station.roster == seen


@pytest.mark.parametrize("damage", [b"", b"x" * 64, b"x" * 5000])
def test_garbage_for_a_roster_is_named_and_the_rest_is_fetched(
    office: Office, damage: bytes
) -> None:
    desk = office.desk
    desk.sync()
    seen = desk.station.roster
    desk.server.answered = instead(damage)
    Writer(desk.server).write("One.")
    outcome = desk.sync()
    assert len(outcome.troubles) == 1
    assert (outcome.new, desk.station.roster) == (1, seen)


def test_a_flipped_bit_anywhere_in_a_roster_is_refused(office: Office) -> None:
    desk = office.desk
    desk.sync()
    seen, signed = desk.station.roster, desk.server.roster
    assert signed is not None
    for place in range(0, len(signed), 211):
        altered = signed[:place] + bytes([signed[place] ^ 2]) + signed[place + 1 :]
        desk.server.answered = instead(altered)
        assert len(desk.sync_only().troubles) == 1
        assert desk.station.roster == seen


def test_a_new_publisher_begins_no_roster_for_a_server_that_shows_none(office: Office) -> None:
    """Else a server could make one sign that it alone is the team."""
    newcomer = office.bring("new", "--publisher")
    kept, office.desk.server.roster = office.desk.server.roster, None
    assert newcomer.sync_only().troubles == []
    assert office.desk.server.roster is None
    assert newcomer.station.roster is None
    ran = office.run("duty", "Second", "--intake", *office.at("new"), place=False)
    assert ran.code == 1
    assert "no roster" in ran.err
    office.desk.server.roster = kept


def test_a_server_that_keeps_newer_rosters_back_is_found_out_when_the_old_one_ends(
    office: Office,
) -> None:
    newcomer = office.bring()
    newcomer.sync_only()
    newcomer.close()
    old = office.desk.server.roster
    assert office.run("suspend", "Second").code == 0
    office.desk.server.roster = old
    office.desk.server.today = office.clock()
    for days, said in ((14, False), (1, True)):
        office.clock.go(days)
        ran = office.run("sync", *office.at("new"), place=False)
        assert ("The roster ended" in ran.err) == said, ran.err


# -- a publisher out of office ------------------------------------------------------------------


def keys_of(desk: Desk) -> Keys:
    return desk.station.vault.analyst_secret.keys


def take_over(desk: Desk, server: Simulator, **changes: object) -> bytes:
    """The next roster, by which whoever has ``desk`` has every duty."""
    assert server.roster is not None
    assert desk.station.vault.publisher is not None
    old, own = read(server.roster), keys_of(desk)
    member = old.find(own.card.id)
    assert member is not None
    raised = replace(member, duties=tuple(sorted(Duty)), intake=True, suspended=False)
    members = sorted(
        [raised, *(each for each in old.members if each.id != member.id)],
        key=lambda each: str(each.to_json()["card"]),
    )
    following = {
        "publisher": desk.station.vault.publisher,
        "seq": old.seq + 1,
        "previous": roster_hash(server.roster),
        "members": tuple(members),
        "supervisors": supervisors_of(members, old.supervisors),
    }
    return sign_roster(replace(old, **(following | changes)), own)  # type: ignore[arg-type]


def directory_of(desk: Desk, server: Simulator) -> bytes:
    """The next directory, signed by whoever has ``desk``."""
    assert desk.station.vault.publisher is not None
    following = replace(
        server.directory,
        publisher=desk.station.vault.publisher,
        seq=server.directory.seq + 1,
        previous=directory_hash(server.signed),
    )
    return sign_directory(following, keys_of(desk))


@pytest.fixture
def demoted(office: Office) -> Desk:
    """One who was a publisher and is an auditor now, with a certificate that is good for months."""
    eve = office.bring("new", "--publisher")
    assert eve.sync_only().troubles == []
    assert office.run("duty", "Second", "--duty", "auditor").code == 0
    assert office.desk.sync().troubles == []
    return eve


def test_who_is_no_publisher_any_more_does_not_take_over_with_the_next_roster(
    office: Office, demoted: Desk
) -> None:
    """Neither at a workstation, whatever the server does, nor at a server that keeps the rules."""
    desk, server = office.desk, office.desk.server
    seen, ours = desk.station.roster, server.roster
    for changes in ({}, {"seq": 9}):
        server.roster = take_over(demoted, server, **changes)
        assert kinds(desk) == [ForeignAuthor]
        assert desk.station.roster == seen
        server.roster = ours
    assert server.team.grants == []
    hostile = take_over(demoted, server)
    with pytest.raises(No):
        server._publish_roster(hostile)
    assert kinds(demoted) == []  # and her own workstation does not try
    assert server.roster == ours


def test_a_directory_of_one_who_is_no_publisher_any_more_is_refused(
    office: Office, demoted: Desk
) -> None:
    """It could name an intake group of hers, to which every report would be sealed."""
    desk, server = office.desk, office.desk.server
    seen, ours = desk.station.seen, server.signed
    hostile = directory_of(demoted, server)
    server.signed = hostile
    with pytest.raises(ForeignAuthor):
        desk.sync()
    assert desk.station.seen == seen
    server.signed = ours
    assert desk.sync().troubles == []
    with pytest.raises(No):
        server._publish(hostile, keys_of(demoted).card.id)


def test_a_directory_she_signed_in_office_is_taken_by_who_was_away_and_signed_anew(
    office: Office,
) -> None:
    """Whoever demotes her signs the next one, so nobody is left with what they may not take."""
    eve, away = office.bring("new", "--publisher"), office.bring("third", label="Third")
    for desk in (eve, away):
        assert desk.sync_only().troubles == []
    office.clock.go(8)
    office.desk.server.today = office.clock()
    assert eve.sync_only().renewed
    away.close()
    assert office.run("duty", "Second", "--duty", "auditor").code == 0
    assert kinds(away) == []
    outcome = office.desk.sync_only()
    assert (outcome.renewed, outcome.troubles) == (True, [])
    publisher = office.desk.server.directory.publisher_certificate.subject
    assert publisher == keys_of(office.desk).card.id
    assert kinds(away) == kinds(office.desk) == []


def test_a_directory_by_a_publisher_who_is_new_brings_the_roster_with_it(office: Office) -> None:
    """The directory is asked for first, and names somebody whom the known roster does not."""
    away = office.bring("third", label="Third")
    assert kinds(away) == []
    eve = office.bring("new", "--publisher")
    office.clock.go(8)
    office.desk.server.today = office.clock()
    assert eve.sync_only().renewed
    assert office.desk.server.directory.publisher_certificate.subject == keys_of(eve).card.id
    assert kinds(away) == []
    assert away.station.seen.signed == office.desk.server.signed


def test_a_server_that_lags_is_given_rosters_before_directories(office: Office) -> None:
    """Those who signed what it lacks are perhaps not yet in office by what it has."""
    server = office.desk.server
    office.desk.sync()
    roster, signed = server.roster, server.signed
    eve = office.bring("new", "--publisher")
    assert eve.sync_only().troubles == []
    office.clock.go(8)
    server.today = office.clock()
    assert eve.sync_only().renewed
    assert kinds(office.desk) == []
    newest, directory = server.roster, server.signed
    server.roster, server.signed = roster, signed
    server.log.clear()
    ran = office.run("directory")
    assert ran.code == 0, ran.err
    posted = [each.path for each in server.log if each.method == "POST"]
    assert posted.index("/api/roster") < posted.index("/api/directory")
    assert server.roster == newest
    assert server.directory.previous == directory_hash(directory)
    assert kinds(eve) == kinds(office.desk) == []


def test_a_roster_of_a_publisher_whose_certificate_is_over_gives_nobody_more(
    office: Office,
) -> None:
    """In office all the same: nobody took her out. What she signed last is followed, so that the
    next publisher can go on."""
    eve, server = office.bring("new", "--publisher", "--duty", "auditor"), office.desk.server
    assert eve.sync_only().troubles == []
    office.desk.sync()
    office.clock.go(358)
    server.today = office.clock()
    ran = office.run("directory", "--root-file", office.root_file)
    assert ran.code == 0, ran.err
    office.clock.go(9)
    server.today = office.clock()
    assert office.desk.sync_only().troubles == []
    seen = office.desk.station.roster
    dates = {"issued": office.clock(), "expires": office.clock() + timedelta(days=14)}
    ours, hostile = server.roster, take_over(eve, server, **dates)
    server.roster = hostile
    assert kinds(office.desk) == [Expired]
    assert office.desk.station.roster == seen
    server.roster = ours
    assert seen is not None
    same = {"members": seen.members, "supervisors": seen.supervisors}
    server.roster = take_over(eve, server, **dates, **same)
    assert kinds(office.desk) == []
    assert office.desk.station.roster == read(server.roster)


def test_a_roster_of_days_to_come_is_refused(office: Office) -> None:
    """It would be good for longer than a publisher may say."""
    desk = office.desk
    desk.sync()
    ours, day = desk.server.roster, office.clock()
    for early, said in ((2, [Expired]), (1, [])):
        issued = day + timedelta(days=early)
        desk.server.roster = ours
        assert ours is not None
        desk.server.roster = sign_beside(
            desk, seq=2, previous=roster_hash(ours), issued=issued, expires=issued
        )
        assert kinds(desk) == said


# -- changing it --------------------------------------------------------------------------------


def test_duties_and_intake(office: Office) -> None:
    office.bring()
    assert office.run("duty", "Second", "--intake").code == 0
    assert office.run("duty", "Second", "--duty", "supervisor", "--duty", "auditor").code == 0
    roster = read(office.desk.server.roster)
    [second] = [each for each in roster.members if each.label == "Second"]
    assert (second.intake, second.duties) == (True, (Duty.AUDITOR, Duty.SUPERVISOR))
    ran = office.run("duty", "Second", "--duty", "auditor")
    assert ran.code == 1
    assert "intake" in ran.err
    assert office.run("duty", "Second", "--duty", "auditor", "--no-intake").code == 0
    assert office.run("duty", "Second", "--intake").code == 1
    assert office.run("duty", "Second").code == 2
    assert office.run("duty", "Nobody", "--intake").code == 1
    assert "root" in office.run("duty", "Second", "--duty", "publisher").err
    name = second.subject.fingerprint[:6].upper()
    assert office.run("duty", name, "--duty", "analyst").code == 0
    assert office.run("duty", name[:5], "--duty", "analyst").code == 1


def test_nobody_can_take_away_the_last_publisher(office: Office) -> None:
    office.desk.sync()
    for command in (
        ["duty", "first analyst", "--duty", "analyst"],
        ["suspend", "first analyst"],
        ["remove", "first analyst", "--yes"],
    ):
        ran = office.run(*command)
        assert ran.code == 1
        assert "nobody could sign" in ran.err
    assert read(office.desk.server.roster).seq == 1


def test_the_suspended_are_not_let_in_until_they_are_resumed(office: Office) -> None:
    newcomer = office.bring()
    newcomer.sync_only()
    newcomer.close()
    ran = office.run("suspend", "Second")
    assert ran.code == 0
    assert "resume" in ran.err
    ran = office.run("sync", *office.at("new"), place=False)
    assert ran.code == 1
    assert "does not take this analyst" in ran.err
    assert "suspended" in office.run("roster").out
    assert office.run("resume", "Second").code == 0
    assert newcomer.sync_only().troubles == []


def test_a_removed_member_with_an_open_session_is_refused_at_once(office: Office) -> None:
    newcomer = office.bring()
    newcomer.sync_only()
    taken: list[Asked] = []

    def remove(asked: Asked) -> None:
        if asked.path.startswith("/api/feed") and not taken:
            taken.append(asked)
            sign_change(office.desk, take_out("Second", office.clock(), lost=False))

    office.desk.server.before = remove
    with pytest.raises(Refused) as caught:
        newcomer.sync_only()
    assert caught.value.fault is Fault.REFUSED
    asked = office.desk.server.log
    assert asked[-1].path == "/api/session"  # nothing more was asked, and nothing given


def test_removing_says_what_follows_asks_and_keeps_what_was_signed(office: Office) -> None:
    office.bring("new", "--intake", "--publisher")
    ran = office.run("remove", "Second", "--lost")
    assert ran.code == 1
    assert "--yes" in ran.err
    assert len(read(office.desk.server.roster).members) == 2
    ran = office.run("remove", "Second", "--lost", "--yes")
    assert ran.code == 0, ran.err
    for word in ("cannot be undone", "new intake group", "assign", "join", "2027"):
        assert word in ran.err
    roster = read(office.desk.server.roster)
    [left] = roster.former
    assert (left.label, left.day, left.lost) == ("Second", office.clock(), True)
    assert left.id in roster.signers
    assert left.id in office.desk.station.colleagues
    assert office.run("remove", "Second", "--yes").code == 1
    again = office.run("roster", "add", office.admission(), "--yes")
    assert again.code == 1
    assert "never come back" in again.err


def test_what_the_root_says_anew_of_a_member_takes_the_place_of_the_old(office: Office) -> None:
    office.bring()
    office.clock.go(100)
    office.desk.server.today = office.clock()
    office.desk.sync()
    assert office.run("join", *office.at("new"), place=False).code == 0
    asked = office.run("join", *office.at("new"), place=False)
    more = ("--label", "Deputy", "--duty", "supervisor")
    assert office.admit(office.read_out(asked), "new", *more).code == 0
    assert office.run("roster", "add", office.admission(), "--yes").code == 0
    found = json.loads(office.run("roster", "--json").out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert [each["label"] for each in found["members"]] == ["Deputy", "first analyst"]
    assert found["members"][0]["certificate_ends"] == "2028-03-03"


def test_two_members_cannot_have_one_label(office: Office) -> None:
    office.bring()
    asked = office.join("third")
    assert office.admit(office.read_out(asked), "third", "--label", "Second").code == 0
    ran = office.run("roster", "add", office.admission("third"), "--yes")
    assert ran.code == 1
    assert "is called Second" in ran.err


def test_adding_is_asked_and_a_hostile_label_cannot_steer_a_terminal(office: Office) -> None:
    asked = office.join("new", "--label", "\x1b[2JAnn\u202e")
    assert office.admit(office.read_out(asked)).code == 0
    ran = office.run("roster", "add", office.admission())
    assert ran.code == 1
    assert "--yes" in ran.err
    assert office.run("roster", "add", office.admission(), "--yes").code == 0
    out = office.run("roster", "--offline").out + ran.err
    assert "\x1b" not in out
    assert "\u202e" not in out


# -- several publishers -------------------------------------------------------------------------


def test_two_publishers_at_once_both_get_their_change(office: Office) -> None:
    newcomer = office.bring("new", "--publisher")
    office.bring("third", label="Third")
    newcomer.sync_only()
    newcomer.close()
    done: list[Asked] = []

    def be_quicker(asked: Asked) -> None:
        if (asked.method, asked.path) == ("POST", "/api/roster") and not done:
            done.append(asked)
            sign_change(office.desk, set_duties("Third", None, intake=True))

    office.desk.server.before = be_quicker
    ran = office.run("duty", "Third", "--duty", "supervisor", *office.at("new"), place=False)
    assert (ran.code, len(done)) == (0, 1), ran.err
    roster = read(office.desk.server.roster)
    [third] = [each for each in roster.members if each.label == "Third"]
    assert (third.intake, third.duties) == (True, (Duty.SUPERVISOR,))


def test_a_change_that_did_not_get_out_is_kept_and_sent_by_the_next_sync(office: Office) -> None:
    office.bring()

    def lost(asked: Asked) -> None:
        if (asked.method, asked.path) == ("POST", "/api/roster"):
            raise NotReached

    office.desk.server.before = lost
    ran = office.run("suspend", "Second")
    assert ran.code == 1
    assert "next sync sends it" in ran.err
    assert not read(office.desk.server.roster).members[0].suspended
    office.desk.server.before = lambda _: None
    assert kinds(office.desk) == []
    roster = read(office.desk.server.roster)
    assert [each.label for each in roster.members if each.suspended] == ["Second"]


def test_a_kept_change_that_was_overtaken_is_said(office: Office) -> None:
    newcomer = office.bring("new", "--publisher", "--intake")
    newcomer.sync_only()
    newcomer.close()
    office.desk.server.before = _lose
    assert office.run("suspend", "Second").code == 1
    office.desk.server.before = lambda _: None
    ran = office.run("duty", "first analyst", "--no-intake", *office.at("new"), place=False)
    assert ran.code == 0, ran.err
    assert kinds(office.desk) == [ChangeLost]
    assert kinds(office.desk) == []
    assert not any(each.suspended for each in read(office.desk.server.roster).members)


def _lose(asked: Asked) -> None:
    if (asked.method, asked.path) == ("POST", "/api/roster"):
        raise NotReached


def test_a_server_that_says_taken_and_shows_nothing_is_named(office: Office) -> None:
    office.bring()

    def taken(asked: Asked) -> None:
        if (asked.method, asked.path) == ("POST", "/api/roster"):
            raise No(Fault.PLACE_TAKEN)

    office.desk.server.before = taken
    ran = office.run("suspend", "Second")
    assert ran.code == 1
    assert "roster" in ran.err


# -- who may ------------------------------------------------------------------------------------


def test_who_is_no_publisher_changes_nobody(office: Office) -> None:
    newcomer = office.bring()
    newcomer.sync_only()
    newcomer.close()
    asked = len(office.desk.server.log)
    for command in (
        ["duty", "Second", "--intake"],
        ["suspend", "first analyst"],
        ["remove", "first analyst", "--yes"],
        ["roster", "add", office.admission(), "--yes"],
        ["roster", "begin", "--yes"],
    ):
        ran = office.run(*command, *office.at("new"), place=False)
        assert ran.code == 1
        assert "may not sign" in ran.err
    assert len(office.desk.server.log) == asked


def test_a_team_of_an_older_version_begins_its_roster_once(office: Office) -> None:
    archive = office.desk.station.archive
    with archive._writing() as connection:
        connection.exec_driver_sql("DROP TABLE rosters")
        connection.exec_driver_sql("PRAGMA user_version=2")
    office.desk.close()
    assert office.desk.sync().troubles == []
    assert office.desk.server.roster is None
    ran = office.run("roster", "list")
    assert (ran.code, "no roster" in ran.out) == (0, True)
    assert office.run("roster", "begin").code == 1
    assert office.run("roster", "begin", "--label", "Ann", "--yes").code == 0
    assert [each.label for each in read(office.desk.server.roster).members] == ["Ann"]
    ran = office.run("roster", "begin", "--yes")
    assert ran.code == 1
    assert "already" in ran.err
