"""A team's work on the pages, at the level of HTTP, with a real server and two workstations."""

import asyncio
import html
import json
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.contact import seal_contact
from crypto.directory import Directory
from crypto.documents import Conclusion
from crypto.keys import MailboxSecret
from crypto.reporter import Draft, Reporter
from crypto.signed import split
from dropbox.client.directory import fetch
from dropbox.client.http import HttpTransport
from dropbox.client.origins import read_origin
from dropbox.client.service import Caller, Service
from inbox_ui.options import today
from inbox_ui.pages.queues import Queue, Viewer, list_cases
from inbox_ui.retention import DEFAULT
from inbox_ui.summary import State, Summary
from tests.inbox_ui.served import NOBODY, Got, Served, Shop, fetched, wait_for
from tests.inbox_ui.test_processes import Office
from tests.inbox_ui.test_team_processes import holder

SECOND = "<i>Second</i>"
"""A label of the root holder's making that would be markup."""
FIRST = "first analyst"
CONTACT = "Ring <b>after</b> six."
REPORT = "What the report says."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A team of two, and a report whose reporter left contact details."""
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        assert office.inbox("sync").returncode == 0
        _join(office)
        asyncio.run(_report(office))
        yield office


def _join(office: Office) -> None:
    where = ("--team-directory", office.init["directory"], "--root", office.init["root"])
    asked = office.inbox("join", *where, "--server", office.url, vault="second")
    assert asked.returncode == 0, asked.stderr
    read_out = asked.stdout.removeprefix("Fingerprint: ").strip()
    request, paper = office.folder / "second.request", office.folder / "paper"
    terms = ("--label", SECOND, "--intake", "--out", paper)
    admitted = holder(office, "admit", request, "--fingerprint", read_out, *terms)
    assert admitted.returncode == 0, admitted.stderr
    assert office.inbox("roster", "add", paper, "--yes").returncode == 0
    assert office.inbox("join", "--admission", paper, vault="second").returncode == 0
    for vault in ("second", "vault", "second"):
        assert office.inbox("sync", vault=vault).returncode == 0


async def _report(office: Office) -> None:
    transport = HttpTransport(read_origin(office.url, through_proxy=False))
    try:
        signed = (office.folder / "vault" / "directory.signed").read_bytes()
        root = Directory.from_bytes(split(signed)[1]).service
        published = await fetch(Service(transport, office.url), root, office.url)
        secret = MailboxSecret.generate(secrets.token_bytes)
        caller = Caller(secret.keys, published.directory.service)
        reporter = Reporter(secret, published.directory, secrets.token_bytes)
        service = Service(transport, office.url, caller)
        group, mailbox = published.directory.contact_card, secret.keys.card.id
        left = seal_contact(CONTACT, mailbox, group, secrets.token_bytes)
        await service.submit((reporter.report(Draft(REPORT, contact=left), today()),))
    finally:
        await transport.close()


@pytest.fixture(scope="module")
def first(office: Office) -> Iterator[Served]:
    yield from _serve(office, "vault")


@pytest.fixture(scope="module")
def second(office: Office) -> Iterator[Served]:
    yield from _serve(office, "second")


def _serve(office: Office, vault: str) -> Iterator[Served]:
    with fetched(office.folder / vault, office.url) as served:
        yield served


@pytest.fixture(scope="module")
def case(first: Served) -> str:
    return first.the_case()


def _boxes(page: Got) -> dict[str, str]:
    """Label → fingerprint of everybody who can be ticked."""
    found = re.findall(
        r'name="handlers" type="checkbox" value="([a-z2-7]{32})".*?<label[^>]*>([^<]*)</label>',
        page.main,
        re.DOTALL,
    )
    return {html.unescape(label): fingerprint for fingerprint, label in found}


def _step(served: Served, case: str, act: str, **form: str | list[str]) -> Got:
    return served.post(f"/case/{case}/do/{act}/confirm", **form)


def _do(served: Served, case: str, act: str, shown: Got, **form: str | list[str]) -> Got:
    known, ticket = shown.field("known"), shown.field("ticket")
    return served.post(f"/case/{case}/do/{act}", known=known, ticket=ticket, **form)


def _done(served: Served, case: str, act: str, **form: str | list[str]) -> None:
    """Both steps, and delivered."""
    shown = _step(served, case, act, **form)
    assert shown.status == 200, shown.main
    assert _do(served, case, act, shown, **form).location == f"/case/{case}"
    _settle(served, case)


def _settle(served: Served, case: str) -> None:
    wait_for(lambda: json.loads(served.get("/now").body)["outbox"] == 0, 60)
    assert "not delivered yet" not in served.get(f"/case/{case}").main


def _log(served: Served, case: str) -> list[str]:
    page = served.get(f"/case/{case}/history").main
    return [html.unescape(each).strip() for each in re.findall(r'"What">([^<]*)', page)]


def _queue(served: Served, queue: str) -> int:
    return served.get(f"/queue/{queue}/1").body.count("data-row")


# -- who has a case -----------------------------------------------------------------------------


def test_a_case_of_others_is_in_a_list_of_its_own_and_nothing_of_it_is_there_to_be_done(
    first: Served, second: Served, case: str
) -> None:
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    _done(first, case, "assign", handlers=[boxes[FIRST]])
    wait_for(lambda: _queue(second, "held") == 1, 60)
    assert (_queue(second, "mine"), _queue(first, "mine"), _queue(first, "held")) == (0, 1, 0)
    page = second.get(f"/case/{case}").main
    assert ("/do/" in page, "/note" in page, "signed that it was deleted" in page) == (False,) * 3
    got = _step(second, case, "hold", day="2999-01-01", why="Mine!")
    assert (got.status, "Others have this case" in got.main) == (400, True)


def test_what_would_follow_is_shown_then_done_once_however_often_it_is_clicked(
    first: Served, second: Served, case: str
) -> None:
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    assert set(boxes) == {FIRST, SECOND}
    form: dict[str, str | list[str]] = {"handlers": [*boxes.values()], "why": "Both of us."}
    shown = _step(first, case, "assign", **form)
    assert html.unescape(shown.main).count(f"{SECOND}, {FIRST} will have this case.") == 1
    assert SECOND not in shown.body  # nothing of it is markup
    before = _log(first, case)
    assert len(before) == 1  # nothing is written yet
    changed = first.post(f"/case/{case}/do/assign/change", **form)
    assert (changed.main.count(" checked"), "Both of us.</textarea>" in changed.main) == (2, True)
    for _ in range(3):
        assert _do(first, case, "assign", shown, **form).location == f"/case/{case}"
    _settle(first, case)
    assert len(_log(first, case)) == 2
    assert f"Assigned to {SECOND}, {FIRST}" in html.unescape(first.get(f"/case/{case}").main)
    wait_for(lambda: _queue(second, "mine") == 1, 60)
    assert REPORT in second.get(f"/case/{case}").main


def test_nobody_chosen_a_stranger_and_no_change_are_said_and_nothing_is_written(
    first: Served, case: str
) -> None:
    before = _log(first, case)
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    for handlers, said in (
        ([], "Choose at least one colleague."),
        (["a" * 32], "Nobody in the team is this."),
        (list(boxes.values()), "Those are the handlers"),
    ):
        for send in (_step, lambda *args, **form: first.post(
            f"/case/{case}/do/assign", ticket=secrets.token_hex(4), known="9", **form
        )):  # fmt: skip
            got = send(first, case, "assign", handlers=handlers, why="kept words")
            assert (got.status, said in got.main) == (400, True), got.main
            assert "kept words</textarea>" in got.main
    assert _log(first, case) == before


def test_what_came_into_the_log_meanwhile_is_said_before_anything_is_done(
    first: Served, case: str
) -> None:
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    form: dict[str, str | list[str]] = {"handlers": [boxes[FIRST]]}
    shown, before = _step(first, case, "assign", **form), _log(first, case)
    first.post(f"/case/{case}/note", note="Meanwhile.", ticket="meanwhile")
    again = _do(first, case, "assign", shown, **form)
    assert (again.status, "Nothing is done yet" in again.main) == (200, True)
    assert _log(first, case)[:-1] == before  # the note, and no more


def test_who_loses_a_case_is_named_and_is_told(first: Served, second: Served, case: str) -> None:
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    mine_alone: dict[str, str | list[str]] = {"handlers": [boxes[FIRST]]}
    shown = _step(first, case, "assign", **mine_alone)
    assert f"{SECOND} will have it no more." in html.unescape(shown.main)
    assert "You are not among them" not in shown.main
    others: dict[str, str | list[str]] = {"handlers": [boxes[SECOND]]}
    assert "You are not among them" in _step(first, case, "assign", **others).main
    page = f"/case/{case}"
    assert REPORT in second.get(page).main
    _done(first, case, "assign", **mine_alone)
    wait_for(lambda: "Held by others" in second.get(page).main, 60)
    assert REPORT not in second.get(page).main, "what was there went with the key"
    assert _queue(second, "wrong") == 0


# -- kept, ended --------------------------------------------------------------------------------


def test_a_hold_and_its_end_need_a_day_to_come_and_words(first: Served, case: str) -> None:
    day, past = today() + timedelta(days=30), today() - timedelta(days=1)
    for typed, why, said in (
        ("", "Court.", "Give a day"),
        ("soon", "Court.", "Give a day"),
        (f"{day:%Y%m%d}", "Court.", "Give a day"),
        (str(past), "Court.", "is not a day to come"),
        (str(day), " \r\n", "Write something first."),
        (str(day), "x" * 40_001, "40,001"),
    ):
        got = _step(first, case, "hold", day=typed, why=why)
        assert (got.status, said in got.main) == (400, True), typed
    assert _queue(first, "hold") == 0
    _done(first, case, "hold", day=str(day), why="A court asked.")
    assert _queue(first, "hold") == 1
    assert f"on hold until {day}" in first.get(f"/case/{case}").main
    assert _step(first, case, "hold", day=str(day), why="Again.").status == 400
    _done(first, case, "unhold", why="The court is done.")
    assert _queue(first, "hold") == 0
    got = _step(first, case, "unhold", why="Again.")
    assert (got.status, "That is how it is already." in got.main) == (400, True)


def test_a_case_is_concluded_with_a_reason_until_the_policys_day_and_assigned_again(
    first: Served, case: str
) -> None:
    assert _step(first, case, "conclude", why="Done.").status == 400
    assert _step(first, case, "conclude", why="Done.", reason="bored").status == 400
    form: dict[str, str | list[str]] = {"reason": "out of scope", "day": "", "why": "Not police."}
    policys = DEFAULT.keep_until(Conclusion.OUT_OF_SCOPE, today())
    shown = _step(first, case, "conclude", **form)
    assert (f"kept until {policys}" in shown.main, "no backup" in shown.main) == (True, True)
    _done(first, case, "conclude", **form)
    assert _queue(first, "concluded") == 1
    assert f"out of scope; kept until {policys}" in first.get(f"/case/{case}").main
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    _done(first, case, "assign", handlers=[boxes[FIRST]])  # by whoever has it still
    assert (_queue(first, "concluded"), _queue(first, "mine")) == (0, 1)


# -- contact details ----------------------------------------------------------------------------


def test_contact_details_are_asked_for_refused_released_and_never_markup(
    first: Served, case: str
) -> None:
    assert first.get(f"/case/{case}/contact").status == 400
    got = _step(first, case, "release", why="Before anybody asked.")
    assert (got.status, "No handler asks" in got.main) == (400, True)
    _done(first, case, "request", why="To meet.")
    _done(first, case, "refuse", why="Not yet.")
    assert first.get(f"/case/{case}/contact").status == 400
    _done(first, case, "request", why="Now it is needed.")
    assert (
        "What they have read cannot be taken back."
        in _step(first, case, "release", why="Agreed.").main
    )
    _done(first, case, "release", why="Agreed.")
    page = first.get(f"/case/{case}/contact")
    assert CONTACT not in page.body
    assert CONTACT in html.unescape(page.main)
    assert CONTACT not in html.unescape(first.get(f"/case/{case}").body)
    log = " ".join(_log(first, case))
    assert log.index("refused the contact details") < log.index("released the half")


# -- the log ------------------------------------------------------------------------------------


def test_the_log_has_every_step_and_no_words(first: Served, case: str) -> None:
    page = first.get(f"/case/{case}/history")
    for words in (REPORT, "Both of us.", "A court asked.", "Meanwhile."):
        assert words not in page.body
    assert SECOND not in page.body
    assert SECOND in html.unescape(page.main)
    assert "not whole" not in page.main


def test_an_audit_says_who_could_read_what_and_what_the_server_was_not_asked(
    office: Office, first: Served, second: Served, case: str
) -> None:
    assert "Verify everything now" in first.get("/audit").main
    page = html.unescape(first.post("/audit").main)
    assert "Nothing is wrong with what could be verified." in page
    assert f"case group 1, {today()} to {today()}" in page
    assert f"{SECOND}, {FIRST}" in page or f"{FIRST}, {SECOND}" in page
    assert "The server was not there" not in page
    held = html.unescape(second.post("/audit").main)
    assert "sealed to others" in held
    vault = office.folder / "vault"
    with Served(vault, unlocked=True, server=NOBODY) as away:
        away.enter()
        assert "The server was not there" in away.post("/audit").main


# -- interests ----------------------------------------------------------------------------------


def test_an_interest_hides_its_cases_here_until_it_is_withdrawn(
    first: Served, second: Served, case: str
) -> None:
    for typed in ("", "xy", "x" * 101):
        assert (
            first.post("/interests/declare", what=typed, ticket=secrets.token_hex(4)).status == 400
        )
    what = "the REPORT"
    for _ in range(2):
        assert first.post("/interests/declare", what=what, ticket="i").location == "/interests"
    assert "1 case is hidden" in first.get("/").main
    assert _queue(first, "all") == 0
    for path in (f"/case/{case}", f"/case/{case}/history", f"/case/{case}/do/assign"):
        got = first.get(path)
        assert (got.status, "declared an interest" in got.main) == (400, True)
        assert REPORT not in got.body
    assert first.post("/interests/declare", what="<b>bold</b>", ticket="j").status == 303
    page = first.get("/interests").body
    assert ("<b>bold" in page, "&lt;b&gt;bold" in page) == (False, True)
    assert "the REPORT" not in second.get("/interests").body
    assert first.post("/interests/withdraw", gone="nothing", ticket="k").status == 400
    for number, each in enumerate((what, "<b>bold</b>")):
        assert first.post("/interests/withdraw", gone=each, ticket=f"l{number}").status == 303
    assert _queue(first, "all") == 1


# -- the people ---------------------------------------------------------------------------------


def _members(served: Served) -> dict[str, str]:
    found = re.findall(
        r'href="/people/([a-z2-7]{32})" data-row>([^<]*)<', served.get("/people").main
    )
    return {html.unescape(label): fingerprint for fingerprint, label in found}


def test_the_people_their_duties_and_keys_are_shown(first: Served, second: Served) -> None:
    for served in (first, second):
        page = served.get("/people")
        assert set(_members(served)) == {FIRST, SECOND}
        assert SECOND not in page.body
        assert "intake epoch 1, until" in page.main
        assert page.main.count("number 1") == 2  # each has a key to receive
    assert first.get(f"/people/{'a' * 32}").status == 404


def test_only_a_publisher_changes_the_team(first: Served, second: Served) -> None:
    name = _members(second)[FIRST]
    assert "<form" not in second.get(f"/people/{name}").main
    for path in ("suspend", "remove", "duties"):
        for step in ("/confirm", ""):
            got = second.post(
                f"/people/{name}/{path}{step}", ticket="x", duties="analyst", typed=FIRST
            )
            assert (got.status, "Only a publisher signs this." in got.main) == (400, True)
    assert set(_members(first)) == {FIRST, SECOND}


def test_duties_change_and_a_publisher_is_made_by_the_root_alone(first: Served) -> None:
    path = f"/people/{_members(first)[SECOND]}/duties"
    assert first.post(f"{path}/confirm").status == 400
    got = first.post(f"{path}/confirm", duties=["calls"], intake="yes")
    assert (got.status, "Only who may read" in got.main) == (400, True)
    for duties in (["analyst", "publisher"], ["publisher"]):
        got = first.post(f"{path}/confirm", duties=duties)
        assert (got.status, "Only the root makes a publisher." in got.main) == (400, True)
    shown = first.post(f"{path}/confirm", duties=["analyst", "auditor"], intake="yes")
    assert "analyst, auditor" in shown.main
    for _ in range(2):
        done = first.post(
            path, duties=["analyst", "auditor"], intake="yes", ticket=shown.field("ticket")
        )
        assert done.location == "/people"
    assert first.get("/people").main.count("analyst, auditor") == 1


def test_a_new_roster_leaves_every_case_in_the_list(first: Served) -> None:
    assert _queue(first, "all") == 1


def test_suspended_is_refused_at_once_until_resumed(office: Office, first: Served) -> None:
    path = f"/people/{_members(first)[SECOND]}"
    for kind, code in (("suspend", 1), ("resume", 0)):
        shown = first.post(f"{path}/{kind}/confirm")
        assert office.inbox("sync", vault="second").returncode == 1 - code  # not in force yet
        done = first.post(f"{path}/{kind}", ticket=shown.field("ticket"))
        assert done.location == "/people"
        assert ("suspended" in first.get("/people").main) == (kind == "suspend")
        assert office.inbox("sync", vault="second").returncode == code


def test_who_would_be_the_last_publisher_stays(first: Served) -> None:
    got = first.post(f"/people/{_members(first)[FIRST]}/suspend/confirm")
    assert (got.status, "nobody could sign" in got.main) == (400, True)


def test_removing_is_asked_twice_and_for_good(office: Office, first: Served) -> None:
    path, case = f"/people/{_members(first)[SECOND]}", first.the_case()
    boxes = _boxes(first.get(f"/case/{case}/do/assign"))
    _done(first, case, "assign", handlers=[boxes[FIRST], boxes[SECOND]])
    shown = first.post(f"{path}/remove/confirm", lost="yes")
    assert "Removing cannot be undone" in shown.main
    assert f'<a href="/case/{case}">{case}</a>' in shown.main  # what that workstation could read
    assert "Cases of who is not here" not in first.get("/people").main
    form = {"lost": "yes", "ticket": shown.field("ticket")}
    for typed in ("", "Second", FIRST):
        got = first.post(f"{path}/remove", typed=typed, **form)
        assert (got.status, "This is not the name." in got.main) == (400, True)
    assert set(_members(first)) == {FIRST, SECOND}
    for _ in range(2):
        assert first.post(f"{path}/remove", typed=SECOND, **form).location == "/people"
    assert set(_members(first)) == {FIRST}
    page = first.get("/people").main
    assert ("Who left" in page, "workstation lost" in page) == (True, True)
    behind = page[page.index("Cases of who is not here") :]
    assert f'href="/case/{case}/do/assign"' in behind
    assert SECOND in html.unescape(behind[: behind.index("</ul>")])
    assert office.inbox("sync", vault="second").returncode == 1
    assert first.get(path).status == 404


def test_a_change_that_cannot_be_sent_says_that_it_is_not_in_force(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.report(Draft("One."))
    with Served(shop.close().vault, unlocked=True) as served:
        served.enter()
        name = _members(served)[FIRST]
        got = served.post(f"/people/{name}/duties", duties=["analyst", "publisher"], ticket="away")
        assert (got.status, "cannot be reached" in got.main) == (503, True)
        assert served.get("/people").main.count("on duty") == 1


# -- the lists ----------------------------------------------------------------------------------


def test_each_list_has_what_belongs_there() -> None:
    me, other, now = b"\x01" * 32, b"\x02" * 32, today()
    past, ahead = str(now - timedelta(days=1)), str(now + timedelta(days=1))

    def summary(name: str, state: State, **more: Any) -> Summary:
        made = Summary(1, 1, name, state.value, 0, str(now), 1, (), (), 0, 0, "", "")
        return made._replace(**more)

    both = f"{me.hex()},{other.hex()}"
    cases = [
        summary("mine", State.ANSWERED, handlers=both),
        summary("theirs", State.LOCKED, handlers=other.hex()),
        summary("ended", State.CONCLUDED, handlers=both, ended="other", keep_until=ahead),
        summary("over", State.CONCLUDED, handlers=both, ended="other", keep_until=past),
        summary("kept", State.CONCLUDED, ended="other", keep_until=past, hold=ahead),
        summary("unkept", State.ANSWERED, hold=past),
        summary("today", State.CONCLUDED, ended="other", keep_until=str(now), hold=str(now)),
    ]
    found = {
        queue: [each.name for each in list_cases(cases, queue, "", 1, Viewer(me, now)).cases]
        for queue in Queue
    }
    assert found[Queue.MINE] == ["mine"]
    assert found[Queue.HELD] == ["theirs"]
    assert found[Queue.CONCLUDED] == ["ended", "over", "kept", "today"]
    assert found[Queue.HOLD] == ["kept", "today"]
    assert found[Queue.DUE] == ["over"]
    assert len(found[Queue.ALL]) == len(cases)
