"""The log: who did what in a case, who could read it, and proof for those who hold no key."""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import update

from crypto.documents import Conclusion
from crypto.envelope import Chain, body_hash
from crypto.groups import ReceivingSecret, sign_erased, sign_receiving
from crypto.keys import AnalystSecret, GroupSecret
from crypto.roster import Duty
from inbox_ui import assigning, casework, words
from inbox_ui.schema import rosters
from tests.inbox_ui import test_commands
from tests.inbox_ui.conftest import TODAY, Desk, Writer
from tests.inbox_ui.team import Colleagues, id_of

New = Callable[[], Writer]
Run = Callable[..., test_commands.Ran]
run = test_commands.run
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
NOTE = "Invented words that no log may show."


def checked(ran: test_commands.Ran, schema: str) -> Any:
    found = json.loads(ran.out)
    rules = json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(found, rules, format_checker=jsonschema.FormatChecker())
    assert ran.out.isascii()
    return found


@pytest.fixture
def ann(desk: Desk, reporter: New) -> Writer:
    """A report, a note and a reply to it."""
    writer = reporter()
    desk.sync()
    writer.write("One.")
    desk.sync()
    casework.note(desk.station, desk.only(), NOTE)
    read = casework.newest_read(desk.station, desk.only().name)
    casework.reply(desk.station, desk.only(), "An answer.", "en", read)
    desk.sync()
    return writer


def assign(desk: Desk, *others: bytes) -> None:
    handlers = frozenset({id_of(desk), *others})
    assigning.assign(desk.station, desk.only(), handlers, NOTE)
    desk.sync()


def label(desk: Desk) -> str:
    roster = desk.station.roster
    assert roster is not None
    found = roster.label(id_of(desk))
    assert found is not None
    return found


def log_of(desk: Desk) -> list[Any]:
    """The rows of the ``case`` chain at the server, in their order."""
    return [row for row in desk.server.rows if row.header[1] == Chain.CASE]


# -- the history --------------------------------------------------------------------------------


def test_the_history_says_who_did_what_in_the_order_they_signed_it(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    assign(desk)
    me = label(desk)
    name = desk.only().name
    ran = run("history", name)
    assert ran.code == 0
    assert [line.split("  ", 1)[1] for line in ran.out.splitlines() if line.startswith("[")] == [
        f"{me} wrote a note",
        f"{me} sent the reporter a reply (team 0)",
        f"{me} gave the case to {me} (group 1)",
    ]
    found = checked(run("history", name, "--json"), "inbox-history")
    assert [each["kind"] for each in found["entries"]] == ["note", "sent", "assigned"]
    assert {each["day"] for each in found["entries"]} == {str(TODAY)}
    assert found["whole"]


def test_no_words_are_in_the_history(run: Run, desk: Desk, ann: Writer) -> None:
    name = desk.only().name
    for ran in (run("history", name), run("history", name, "--json")):
        assert NOTE not in ran.out
        assert "An answer." not in ran.out


def test_what_is_kept_ended_and_held_is_said(
    run: Run,
    desk: Desk,
    ann: Writer,
    tmp_path: Path,
) -> None:
    assign(desk)
    station = desk.station
    case = desk.open().file
    until = TODAY.replace(year=TODAY.year + 1)
    station.archive.outbox.put((station.analyst.hold(case, until, NOTE),))
    desk.sync()
    case = desk.open().file
    ended = station.analyst.conclude(case, Conclusion.OTHER, until, NOTE)
    station.archive.outbox.put(ended)
    desk.sync()
    out = run("history", desk.only().name).out
    assert f"put it on hold until {until}" in out
    assert f"concluded it: other. It is kept until {until}" in out


def test_a_hole_in_the_log_shows_at_its_place(
    run: Run,
    desk: Desk,
    reporter: New,
) -> None:
    desk.sync()
    reporter().write("One.")
    desk.sync()
    for text in ("First.", "Second.", "Third."):
        casework.note(desk.station, desk.only(), text)
        desk.sync()
    forget(desk, log_of(desk)[1].header)
    ran = run("history", desk.only().name)
    assert "[case 1 to 1]" in ran.out
    assert words.reason("missing") in ran.out
    found = checked(run("history", desk.only().name, "--json"), "inbox-history")
    assert [each["seq"] for each in found["entries"]] == [0, 1, 2]
    assert not found["whole"]


def forget(desk: Desk, header: bytes) -> None:
    """Have neither archive nor server hold an envelope."""
    from sqlalchemy import delete

    from inbox_ui.schema import envelopes, mailboxes

    desk.server.rows = [row for row in desk.server.rows if row.header != header]
    with desk.station.archive._writing() as connection:
        connection.execute(delete(envelopes).where(envelopes.c.header == header))
        connection.execute(update(mailboxes).values(changed=1000))


def test_a_fork_in_the_log_shows_at_its_place(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    row = log_of(desk)[0]
    body = secrets.token_bytes(16_424)
    desk.server.add(replace(row, body=body, body_hash=body_hash(body)))
    ran = run("history", desk.only().name)
    assert ran.out.count(words.reason("fork")) == 2
    assert words.NOT_PROVED in ran.out
    found = checked(run("history", desk.only().name, "--json"), "inbox-history")
    assert [each["seq"] for each in found["entries"]] == [0, 0, 1]
    assert not found["whole"]


def test_an_entry_that_waits_is_said_to_wait(run: Run, desk: Desk, ann: Writer) -> None:
    casework.note(desk.station, desk.only(), "Another.")
    ran = run("history", desk.only().name, "--offline")
    assert ran.out.splitlines()[-1].endswith(words.WAITS)


def test_a_case_without_a_log_says_so(run: Run, desk: Desk, reporter: New) -> None:
    reporter().write("One.")
    desk.sync()
    assert words.NO_HISTORY in run("history", desk.only().name).out


def test_who_has_erased_a_key_of_the_case_is_said(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    assign(desk)
    group = desk.open().file.handling.last
    assert group is not None
    erase(desk, group.id, desk.station.vault.analyst_secret)
    erase(desk, bytes(32), desk.station.vault.analyst_secret)
    found = checked(run("history", desk.only().name, "--json"), "inbox-history")
    assert [each["number"] for each in found["erased"]] == [1]
    assert f"erased the key of group 1 on {TODAY}" in run("history", desk.only().name).out


def erase(desk: Desk, group: bytes, analyst: AnalystSecret) -> None:
    signed = sign_erased(group, TODAY, analyst.keys, desk.server.service)
    desk.server.team.erased[analyst.keys.card.id, group] = signed


# -- the audit ----------------------------------------------------------------------------------


def test_an_audit_says_who_could_read_what_when_and_why(
    run: Run,
    desk: Desk,
    ann: Writer,
    make_desk: Callable[..., Desk],
) -> None:
    team = Colleagues(desk, make_desk)
    team.join("cy")
    desk.sync()
    bo = id_of(team.join("bo", intake=False))
    desk.sync()
    assign(desk, bo)
    ran = run("audit", "--json")
    assert ran.code == 0, ran.out + ran.err
    found = checked(ran, "inbox-audit")
    assert found["whole"]
    assert found["verified"]["rosters"] == 3
    assert found["verified"]["entries"] == 6
    [case] = found["cases"]
    assert case["counts"] == {"reporter": 1, "team": 2, "case": 3}
    intake, handlers = case["readers"]
    assert (intake["key"], handlers["key"]) == ("intake", "case")
    assert [each["label"] for each in intake["people"]] == sorted(["cy", label(desk)])
    assert {each["label"] for each in handlers["people"]} == {label(desk), "bo"}
    assert (intake["first"], intake["last"], handlers["first"], handlers["last"]) == (0, 2, 2, None)
    assert handlers["by"]["label"] == label(desk)
    assert NOTE not in ran.out
    text = run("audit").out
    assert words.AUDIT_WHOLE in text
    assert "on intake duty" in text
    assert "case group 1" in text


def test_an_audit_names_who_made_a_key_and_who_had_what_came_after_the_end(
    run: Run,
    desk: Desk,
    ann: Writer,
    make_desk: Callable[..., Desk],
) -> None:
    team = Colleagues(desk, make_desk)
    bo = team.join("bo")
    team.sync()
    assigning.assign(bo.station, bo.only(), frozenset({id_of(desk)}), "")
    team.sync()
    assigning.conclude(desk.station, desk.only(), Conclusion.OTHER, TODAY, "")
    team.sync()
    ann.write("Once more.")
    team.sync()
    [case] = checked(run("audit", "--json"), "inbox-audit")["cases"]
    before, handlers, after = sorted(case["readers"], key=lambda each: each["first"])
    assert [each["key"] for each in (before, handlers, after)] == ["intake", "case", "intake"]
    assert {each["label"] for each in handlers["people"]} == {"bo", label(desk)}
    assert (after["first"], after["last"]) == (handlers["last"], None)


def test_an_audit_that_did_not_ask_the_server_says_so(run: Run, desk: Desk, ann: Writer) -> None:
    ran = run("audit", "--offline", "--json")
    assert ran.code == 0
    found = checked(ran, "inbox-audit")
    assert {each["what"] for each in found["unverified"]} == {"NotAsked"}
    assert words.PAPER_REASONS["NotAsked"] in run("audit", "--offline").out
    desk.server.down = True
    assert len(checked(run("audit", "--json"), "inbox-audit")["unverified"]) == 3


def test_rosters_that_were_never_seen_are_named(run: Run, desk: Desk, ann: Writer) -> None:
    team = Colleagues(desk, lambda *_: desk)
    team.publish(lambda roster: roster)
    team.publish(lambda roster: roster)
    found = checked(run("audit", "--json"), "inbox-audit")
    gap = [each for each in found["unverified"] if each["what"] == "NotSeen"]
    assert [(each["paper"], each["first"], each["last"]) for each in gap] == [("roster", 2, 2)]
    assert found["whole"]


def test_papers_that_are_forged_are_named_and_end_with_1(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    stranger = AnalystSecret.generate(secrets.token_bytes)
    service, rules = desk.server.service, desk.server.team
    erase(desk, bytes(32), stranger)
    key = ReceivingSecret(bytes(32))
    forged = sign_receiving(key, 1, stranger.keys, service)
    rules.receiving[stranger.keys.card.id] = (1, forged)
    ran = run("audit", "--json")
    assert ran.code == 1
    found = checked(ran, "inbox-audit")
    assert {each["paper"] for each in found["problems"]} == {"receiving key", "erasure"}
    assert not found["whole"]
    ran = run("audit")
    assert words.AUDIT_WRONG in ran.out
    assert ran.err.splitlines()[-2].startswith("error: The audit found")


def test_a_roster_that_this_disk_has_changed_is_found(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    team = Colleagues(desk, lambda *_: desk)
    team.publish(lambda roster: roster)
    desk.sync()
    seen = desk.station.archive.rosters.published_after(0)
    with desk.station.archive._writing() as connection:
        changed = update(rosters).where(rosters.c.seq == 1)
        connection.execute(changed.values(signed=bytes(64) + seen[0][64:]))
    ran = run("audit", "--offline", "--json")
    assert ran.code == 1
    found = checked(ran, "inbox-audit")
    assert [(each["paper"], each["first"]) for each in found["problems"]] == [("roster", 1)]


def test_a_reply_behind_the_teams_back_fails_the_audit(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    envelope, _ = desk.station.analyst.receipt(desk.open().file)
    desk.server.put(envelope)
    ran = run("audit")
    assert ran.code == 1
    assert words.UNANNOUNCED.format(count=1) in ran.out


def test_an_envelope_wrapped_to_a_key_nobody_certified_fails_the_audit(
    run: Run,
    desk: Desk,
    ann: Writer,
) -> None:
    stranger = GroupSecret.generate(secrets.token_bytes).keys.card.id
    row = desk.server.rows[0]
    desk.server.rows[0] = replace(
        row, wraps={**row.wraps, stranger: next(iter(row.wraps.values()))}
    )
    ran = run("sync", "--again")
    assert ran.code == 0
    ran = run("audit", "--json")
    assert ran.code == 1
    [case] = checked(ran, "inbox-audit")["cases"]
    assert [each["what"] for each in case["problems"]] == ["UnknownReader"]


def test_an_auditor_without_a_key_counts_and_names_what_is_not_verified(
    run: Run,
    desk: Desk,
    ann: Writer,
    make_desk: Callable[..., Desk],
    tmp_path: Path,
) -> None:
    team = Colleagues(desk, make_desk)
    auditor = team.join("Quince", (Duty.AUDITOR,), intake=False)
    out = tmp_path / "log"
    assert run("export", desk.only().name, "--out", out).code == 0
    found = checked(run("audit", "--json", vault=auditor), "inbox-audit")
    [case] = found["cases"]
    assert case["counts"] == case["hidden"] == {"reporter": 1, "team": 1, "case": 2}
    assert case["verified"] == 0
    assert found["whole"]
    assert "sealed to others" in run("audit", vault=auditor).out
    root = desk.station.seen.directory.root_card.fingerprint
    assert run("verify-export", out, "--root", root, place=False).code == 0
    ran = run("export", case["case"], "--out", tmp_path / "mine", vault=auditor)
    assert ran.code == 1
    assert not (tmp_path / "mine").exists()


# -- an export ----------------------------------------------------------------------------------


@pytest.fixture
def root(desk: Desk) -> str:
    return desk.station.seen.directory.root_card.fingerprint


def test_an_export_is_verified_without_a_vault(
    run: Run,
    desk: Desk,
    ann: Writer,
    root: str,
    tmp_path: Path,
) -> None:
    assign(desk)
    casework.note(desk.station, desk.only(), "This one waits.")
    out = tmp_path / "log"
    ran = run("export", desk.only().name, "--out", out, "--offline")
    assert ran.code == 0, ran.err
    assert NOTE.encode() not in out.read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600
    ran = run("verify-export", out, "--root", root, place=False)
    assert ran.code == 0, ran.err
    assert words.EXPORT_PROVES in ran.out
    assert words.EXPORT_LEAVES in ran.out
    ran = run("verify-export", out, "--root", root, "--json", place=False)
    found = checked(ran, "inbox-verify-export")
    assert [each["kind"] for each in found["entries"]] == ["note", "sent", "assigned"]
    assert found["counts"] == {"reporter": 1, "team": 2, "case": 3}
    assert [each["label"] for each in found["handlers"]] == [label(desk)]
    assert found["whole"]
    assert desk.only().name not in ran.out  # a case's name is in nothing that is released


def test_an_export_that_is_altered_foreign_or_none_is_refused(
    run: Run,
    desk: Desk,
    ann: Writer,
    root: str,
    tmp_path: Path,
) -> None:
    out = tmp_path / "log"
    assert run("export", desk.only().name, "--out", out).code == 0
    whole = out.read_bytes()
    other = root[::-1]
    for data, typed, says in (
        (whole[:-1] + bytes([whole[-1] ^ 1]), root, "is not"),
        (whole[:-1], root, "is not an export"),
        (b"", root, "is not an export"),
        (whole, other, "another team"),
        (whole, root[:-1], "whole fingerprint"),
    ):
        out.write_bytes(data)
        ran = run("verify-export", out, "--root", typed, place=False)
        assert (ran.code, ran.out) == (1, "")
        assert says in ran.err
    ran = run("verify-export", tmp_path / "missing", "--root", root, place=False)
    assert ran.code == 1


def test_an_export_of_a_log_with_a_hole_says_so_twice(
    run: Run,
    desk: Desk,
    ann: Writer,
    root: str,
    tmp_path: Path,
) -> None:
    forget(desk, log_of(desk)[0].header)
    out = tmp_path / "log"
    ran = run("export", desk.only().name, "--out", out, "--offline")
    assert ran.code == 0
    assert "warning: Not everything" in ran.err
    ran = run("verify-export", out, "--root", root, place=False)
    assert ran.code == 1
    assert words.EXPORT_WRONG in ran.out
    assert words.EXPORT_PROVES not in ran.out
    found = run("verify-export", out, "--root", root, "--json", place=False)
    assert not checked(found, "inbox-verify-export")["whole"]


def test_an_export_replaces_nothing_unasked(
    run: Run,
    desk: Desk,
    ann: Writer,
    tmp_path: Path,
) -> None:
    out = tmp_path / "log"
    out.write_text("mine")
    ran = run("export", desk.only().name, "--out", out)
    assert (ran.code, out.read_text()) == (1, "mine")
    assert run("export", desk.only().name, "--out", out, "--yes").code == 0


def test_who_does_not_handle_a_case_exports_none(
    run: Run,
    desk: Desk,
    ann: Writer,
    make_desk: Callable[..., Desk],
    tmp_path: Path,
) -> None:
    team = Colleagues(desk, make_desk)
    bo = team.join("bo")
    bo.sync()
    assign(desk)
    bo.sync()
    ran = run("export", desk.only().name, "--out", tmp_path / "log", vault=bo)
    assert ran.code == 1
    assert not (tmp_path / "log").exists()
