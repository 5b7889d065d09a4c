"""Joining: a request that is carried, a fingerprint read out, the root's answer, the roster."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest

from crypto.joining import Admission, JoinRequest, read_admission, read_request
from crypto.roster import Duty
from crypto.signed import split
from inbox_ui.errors import NotAdmitted
from inbox_ui.vault import read_root, read_vault
from tests.inbox_ui.conftest import PASSPHRASE, Clock, Desk
from tests.inbox_ui.people import Office
from tests.inbox_ui.test_commands import Ran, run

__all__ = ["run"]
SCHEMA = Path(__file__).parents[2] / "docs/schemas/inbox-join.json"


@pytest.fixture
def office(run: Callable[..., Ran], desk: Desk, tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = Office(run, desk, tmp_path, clock)
    yield made
    made.close()


def _contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name != "lock"}


def test_from_a_request_to_a_member_who_is_let_in(office: Office) -> None:
    asked = office.join("new", "--json")
    assert asked.code == 0, asked.err
    found = json.loads(asked.out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert (office.folder / "new.request").stat().st_mode & 0o777 == 0o600
    assert office.admit(found["fingerprint"], "new", "--label", "Second").code == 0
    added = office.run("roster", "add", office.admission(), "--yes")
    assert added.code == 0, added.err
    assert "roster 2" in added.err
    finished = office.finish()
    assert finished.code == 0, finished.err
    roster = office.desk.station.roster
    assert roster is not None
    everything = (Duty.ANALYST, Duty.CUSTODIAN, Duty.PUBLISHER, Duty.SUPERVISOR)
    assert {each.label: (each.duties, each.intake) for each in roster.members} == {
        "first analyst": (everything, True),
        "Second": ((Duty.ANALYST,), False),
    }
    newcomer = office.newcomer()
    assert newcomer.station.vault.certificate
    assert newcomer.sync_only().troubles == []
    assert newcomer.station.roster == roster


def test_one_wrong_character_of_the_fingerprint_is_refused_at_every_place(office: Office) -> None:
    read_out = office.read_out(office.join())
    assert len(read_out.replace(" ", "")) == 32
    for place, right in enumerate(read_out):
        if right == " ":
            continue
        wrong = read_out[:place] + ("a" if right != "a" else "b") + read_out[place + 1 :]
        ran = office.admit(wrong)
        assert ran.code == 1
        assert "fingerprint" in ran.err
        assert not office.admission().exists()
    assert office.admit(read_out.upper().replace(" ", "-")).code == 0


@pytest.mark.parametrize("typed", ["", "abcd", "a" * 31, "a" * 33, "0" * 32, "é" * 32])
def test_less_or_more_than_a_fingerprint_is_none(office: Office, typed: str) -> None:
    office.join()
    ran = office.admit(typed)
    assert ran.code == 1
    assert "not a whole fingerprint" in ran.err


def _altered(data: bytes) -> Iterator[bytes]:
    """One bit of every 41st byte, the first, and the last; cut, and longer."""
    for place in {0, len(data) - 1, *range(0, len(data), 41)}:
        yield data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    yield data[:-1]
    yield data[:64]
    yield b""
    yield data + b"\n"
    yield data + b" " * 100_000


def test_a_request_altered_on_the_way_is_refused_and_named(office: Office) -> None:
    read_out = office.read_out(office.join())
    path = office.folder / "new.request"
    whole = path.read_bytes()
    root = read_root(office.root_file, PASSPHRASE)
    for altered in [*list(_altered(whole))[::12], b"", whole[:-1]]:
        path.write_bytes(altered)
        ran = office.admit(read_out)
        assert (ran.code, office.admission().exists()) == (1, False)
        assert str(path) in ran.err
    for place in range(len(whole)):
        with pytest.raises(Exception, match=r"."):
            read_request(
                whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :], root.keys.card.id
            )
    path.unlink()
    assert office.admit(read_out).code == 1


def test_an_admission_altered_at_any_byte_is_refused_and_named(office: Office) -> None:
    assert office.admit(office.read_out(office.join())).code == 0
    path = office.admission()
    whole = path.read_bytes()
    before = _contents(office.folder / "new")
    for altered in [*list(_altered(whole))[::25], b"", whole[:-1], whole + b"\n"]:
        path.write_bytes(altered)
        for ran in (office.finish(), office.run("roster", "add", path, "--yes")):
            assert ran.code == 1
            assert str(path) in ran.err
    root = office.desk.station.seen.directory.root_card
    for place in range(len(whole)):
        with pytest.raises(Exception, match=r"."):
            read_admission(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :], root)
    assert _contents(office.folder / "new") == before
    assert office.desk.server.roster is None
    path.write_bytes(whole)
    assert office.finish().code == 0


def test_somebody_elses_request_under_the_right_name_is_refused(office: Office) -> None:
    """On the way the whole request is replaced by one of the same label."""
    read_out = office.read_out(office.join("new"))
    assert office.join("mallory").code == 0
    (office.folder / "mallory.request").replace(office.folder / "new.request")
    ran = office.admit(read_out)
    assert ran.code == 1
    assert "not that of this request" in ran.err


def test_the_admission_of_another_card_is_refused(office: Office) -> None:
    office.admit(office.read_out(office.join("one")), "one")
    office.join("two")
    office.admission("one").replace(office.admission("two"))
    ran = office.finish("two")
    assert ran.code == 1
    assert "another workstation" in ran.err


def test_papers_of_another_team_are_refused(office: Office, make_desk: Callable[..., Desk]) -> None:
    other = make_desk("other")
    read_out = office.read_out(office.join())
    ours, office.root_file = office.root_file, other.folder.default_root
    ran = office.admit(read_out)
    assert ran.code == 1
    assert "another team" in ran.err
    office.root_file = ours
    office.directory = other.folder.directory
    ran = office.join("elsewhere")  # the posters' root, and somebody else's directory
    assert ran.code == 1
    assert "another team" in ran.err
    assert not (office.folder / "elsewhere").exists()


def test_an_expired_certificate_is_refused_by_both(office: Office) -> None:
    assert office.admit(office.read_out(office.join())).code == 0
    office.clock.go(367)
    before = _contents(office.folder / "new")
    ran = office.finish()
    assert ran.code == 1
    assert "not valid today" in ran.err
    assert _contents(office.folder / "new") == before
    office.clock.go(-367 - 2)  # this machine's clock is two days behind
    assert "not valid today" in office.finish().err
    assert "not valid today" in office.run("roster", "add", office.admission(), "--yes").err
    office.clock.go(2)
    assert office.finish().code == 0


def test_until_admitted_a_workstation_says_so_and_asks_nobody(office: Office) -> None:
    assert office.join().code == 0
    asked = len(office.desk.server.log)
    for command in (["sync"], ["list", "--offline"], ["roster"], ["roster", "list"]):
        ran = office.run(*command, *office.at("new"), place=False)
        assert ran.code == 1
        assert "not been admitted" in ran.err
    assert len(office.desk.server.log) == asked
    with pytest.raises(NotAdmitted):
        office.newcomer().station  # noqa: B018


def test_the_request_can_be_written_again_and_is_of_the_same_card(office: Office) -> None:
    first = office.join()
    (office.folder / "new.request").unlink()
    again = office.run("join", *office.at("new"), "--label", "Ann", place=False)
    assert (again.code, again.out) == (0, first.out)
    signed = (office.folder / "new.request").read_bytes()
    assert JoinRequest.from_bytes(split(signed)[1]).label == "Ann"


def test_a_vault_that_is_there_is_never_replaced(office: Office) -> None:
    assert office.join().code == 0
    before = _contents(office.folder / "new")
    ran = office.join()
    assert ran.code == 1
    assert "there already" in ran.err
    assert _contents(office.folder / "new") == before


def test_what_is_asked_for_decides_nothing(office: Office) -> None:
    asked = office.join("new", "--duty", "publisher", "--duty", "supervisor", "--label", "Boss")
    assert (
        office.admit(office.read_out(asked), "new", "--label", "Aide", "--duty", "calls").code == 0
    )
    paper = Admission.from_bytes(split(office.admission().read_bytes())[1])
    assert (paper.admitted.label, paper.admitted.duties) == ("Aide", (Duty.CALLS,))
    assert paper.publisher is None


def test_only_with_publisher_is_there_a_certificate_for_it(office: Office) -> None:
    asked = office.join("new", "--duty", "publisher", "--duty", "analyst")
    read_out = office.read_out(asked)
    assert office.admit(read_out).code == 0
    assert office.finish().code == 0
    vault = office.folder / "new" / "vault"
    assert read_vault(vault, PASSPHRASE).publisher is None
    assert office.admit(read_out, "new", "--publisher").code == 0
    assert office.finish().code == 0
    assert read_vault(vault, PASSPHRASE).publisher is not None
    assert office.admit(read_out, "new", "--duty", "publisher").code == 2


def test_a_new_publisher_signs_the_next_roster(office: Office) -> None:
    newcomer = office.bring("new", "--publisher")
    assert newcomer.sync_only().troubles == []
    newcomer.close()
    ran = office.run("duty", "Second", "--duty", "analyst", *office.at("new"), place=False)
    assert ran.code == 0, ran.err
    roster = newcomer.station.roster
    assert roster is not None
    assert roster.seq == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["join"],
        ["join", "--root", "a" * 32],
        ["join", "--admission", "x", "--root", "a" * 32],
        ["join", "--admission", "x", "--label", "Ann"],
        ["join", "--duty", "reader"],
    ],
)
def test_wrong_usage_of_join(office: Office, arguments: list[str]) -> None:
    ran = office.run(*arguments, *office.at("fresh"), place=False)
    assert ran.code == 2
    assert not (office.folder / "fresh").exists()


def test_wrong_usage_of_admit(office: Office) -> None:
    read_out = office.read_out(office.join())
    request = office.folder / "new.request"
    assert office.run("admit", request, "--fingerprint", read_out, place=False).code == 2
    for more in (
        ("--type-shares",),
        ("--root-share", "x"),
        ("--intake", "--duty", "calls"),
        ("--label", "x" * 61),
    ):
        assert office.admit(read_out, "new", *more).code == 2, more
        assert not office.admission().exists()
