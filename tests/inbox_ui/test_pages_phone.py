"""Taking a call on the pages, with a real server: what is sealed, what is kept, who sees what."""

import html
import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dropbox.site.languages import find_language
from dropbox.site.questions import ABOUT, ACCOUNT, DANGER, FORCE, LANGUAGE, TOPIC, TRACK
from inbox_ui.work import phone_words as words
from tests.client.wires import CuttingProxy
from tests.dropbox.server import free_port
from tests.inbox_ui.served import PASSPHRASE, Got, Served, wait_for
from tests.inbox_ui.test_processes import Office
from tests.inbox_ui.test_team_processes import holder

CANARY = "CANARY-of-the-caller"
SLIPPED = "Tomos Ashe-Canary"
OTHERS = "CANARY-of-another-report"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A team of an analyst and of one who only takes calls, and a report of somebody else's."""
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        assert office.inbox("sync").returncode == 0
        _join(office, "aide", "Aide", "--duty", "calls")
        _join(office, "auditor", "Looks on", "--duty", "auditor")
        text = office.write("text", OTHERS)
        assert office.report("send", "--text-file", text).returncode == 0
        yield office


def _join(office: Office, vault: str, label: str, *terms: str) -> None:
    where = ("--team-directory", office.init["directory"], "--root", office.init["root"])
    asked = office.inbox("join", *where, "--server", office.url, vault=vault)
    read_out = asked.stdout.removeprefix("Fingerprint: ").strip()
    request, paper = office.folder / f"{vault}.request", office.folder / f"{vault}.paper"
    admitted = holder(
        office, "admit", request, "--fingerprint", read_out, "--label", label, *terms,
        "--out", paper,
    )  # fmt: skip
    assert admitted.returncode == 0, admitted.stderr
    assert office.inbox("roster", "add", paper, "--yes").returncode == 0
    assert office.inbox("join", "--admission", paper, vault=vault).returncode == 0
    for each in (vault, "vault", vault):
        assert office.inbox("sync", vault=each).returncode == 0


@pytest.fixture(scope="module")
def aide(office: Office) -> Iterator[Served]:
    """The pages of who may file and not read."""
    with Served(office.folder / "aide", unlocked=True, server=office.url) as served:
        assert served.enter().location == "/phone"  # the vault was open before
        yield served


@pytest.fixture
def call(aide: Served) -> Iterator["Telephone"]:
    telephone = Telephone(aide)
    telephone.hang_up()
    yield telephone
    telephone.hang_up()


class Telephone:
    """A handler at the pages of a call."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.page = served.get("/phone")

    def do(self, action: str, **form: str | list[str]) -> Got:
        """Send the page's form; what is on the page then. No form is answered with a page."""
        now = {
            each: self.page.field(each)
            for each in ("call", "turn")
            if f'"{each}"' in self.page.body
        }
        got = self.served.submit(f"/phone/{action}", **now, **form)
        assert (got.status, got.location, got.body) == (303, "/phone", ""), got
        self.page = self.served.get("/phone")
        assert self.page.status == 200
        return self.page

    def wait(self) -> None:
        """Until nothing is under way any more."""
        wait_for(lambda: "takes its time" not in self.served.get("/phone").body)
        self.page = self.served.get("/phone")

    def held(self) -> dict[str, str]:
        """Which call and which turn of it the page is of."""
        return {each: self.page.field(each) for each in ("call", "turn")}

    def hang_up(self) -> None:
        self.page = self.served.get("/phone")
        if 'action="/phone/end"' in self.page.body:
            self.do("end", **{"sure-end": "yes"})
        assert "A new report" in self.page.main

    def seven(self) -> list[str]:
        """The words on the page."""
        return re.findall(r'data-label="Word"><strong>([a-z]+)</strong>', self.page.main)

    def says(self, sentence: str) -> bool:
        return html.escape(sentence) in self.page.main.replace("&#34;", "&quot;")

    def value(self, name: str) -> str:
        found = re.search(
            rf'<textarea[^>]* id="{name}"[^>]*>\n?(.*?)</textarea>', self.page.main, re.S
        )
        assert found, name
        return html.unescape(found[1])

    def report(self, **form: str | list[str]) -> list[str]:
        """A report, sent; the seven words."""
        self.do("begin")
        self.do("write", send="yes", **form)
        seven = self.seven()
        assert len(seven) == 7, self.page.main
        return seven


def _newest(office: Office) -> Any:
    """The newest report, as the analyst's workstation has it."""
    assert office.inbox("sync").returncode == 0
    reports = []
    for each in office.json("list", schema="inbox-list.json"):
        [shown] = office.json("show", each["case"], "--offline", schema="inbox-show.json")[
            "messages"
        ][:1]
        reports.append((each["case"], shown))
    return next(each for each in reports if CANARY in (each[1]["text"] or ""))


def _files(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def test_the_questions_are_those_of_every_report_and_no_number_is_asked(call: Telephone) -> None:
    page = call.do("begin")
    for each in (DANGER, *ABOUT):
        assert html.escape(each.label) in page.main, each.name
        assert f'name="{each.name}"' in page.main
    assert "999" in page.main[: page.main.find("<form")]
    assert 'name="contact"' not in page.main
    assert not re.search(r'type="tel"|name="(phone|number|caller)"', page.main)


def test_what_is_sealed_is_what_was_said_and_says_that_it_was_told_by_telephone(
    office: Office, call: Telephone
) -> None:
    call.report(
        text=f"{CANARY} first\nand second", who="Sgt <b>Crane</b>", danger="no",
        category=["influence", "invented"], force="demo-nowhere",
        **{"how-known": "told", "must-not-know": "Licensing"},
    )  # fmt: skip
    _, report = _newest(office)
    assert report["text"] == f"{CANARY} first\nand second"
    assert report["categories"] == ["influence"]
    assert report["sealed"] == "by telephone"
    answers = {each["question"]: each["answer"] for each in report["answers"]}
    assert answers == {
        "who": "Sgt <b>Crane</b>", "danger": "no", "how-known": "told",
        "must-not-know": "Licensing",
    }  # fmt: skip


def test_who_may_only_file_files_and_reads_no_case(
    office: Office, aide: Served, call: Telephone
) -> None:
    call.report(text=f"{CANARY} filed by the aide")
    assert office.inbox("sync", vault="aide").returncode == 0
    seen = [aide.get("/queue/all/1").body, aide.get("/phone").body]
    for name in set(re.findall(r'href="/case/([a-z2-7]+)"', seen[0])):
        seen += [aide.get(f"/case/{name}{part}").body for part in ("", "/history", "/export")]
    assert len(seen) > 2
    assert not [each for each in seen if OTHERS in each or CANARY in each]
    shown = office.inbox("list", vault="aide")
    assert OTHERS not in shown.stdout


def test_who_has_neither_duty_takes_no_calls(office: Office) -> None:
    with Served(office.folder / "auditor", unlocked=True, server=office.url) as served:
        served.enter()
        assert words.NOT_YOURS.error in served.get("/phone").main
        for path in ("/phone/begin", "/phone/ask"):
            assert served.post(path).status == 403
        assert "A new report" not in served.get("/phone").main


def test_who_only_takes_calls_begins_at_the_telephone_and_nobody_else_does(office: Office) -> None:
    for vault, first in (("aide", "/phone"), ("vault", "/")):
        with Served(office.folder / vault, server=office.url) as served:
            assert served.enter().location == "/"
            done = served.submit("/unlock", passphrase=PASSPHRASE, back="/")
            assert (done.status, done.location) == (303, first)
            other = served.submit("/unlock", passphrase=PASSPHRASE, back="/keys")
            assert other.location == "/keys"
            assert served.get("/").status == 200


def test_an_analyst_takes_calls_too(office: Office) -> None:
    with Served(office.folder / "vault", unlocked=True, server=office.url) as served:
        served.enter()
        assert len(Telephone(served).report(text="An analyst took this.")) == 7


# -- forget that ----------------------------------------------------------------------------------


def test_what_slipped_out_is_on_no_page_and_in_nothing_that_is_sent(
    office: Office, call: Telephone
) -> None:
    call.do("begin")
    call.do("write", text=f"{CANARY} forgets. I am {SLIPPED.upper()}.", told=f"{SLIPPED} knows")
    assert SLIPPED in call.page.body
    call.do(
        "write", strike="yes", slipped=SLIPPED, evidence="Everything about it",
        text=call.value("text"), told=call.value("told"),
    )  # fmt: skip
    assert call.says(words.STRUCK.format(count=2))
    assert SLIPPED.lower() not in call.page.body.lower()
    assert call.value("text") == f"{CANARY} forgets. I am."
    call.do("write", clear="evidence", text=call.value("text"), evidence="Everything about it")
    assert call.says(words.CLEARED)
    assert "Everything about it" not in call.page.body
    call.do("write", send="yes", text=call.value("text"))
    _, report = _newest(office)
    assert report["text"] == f"{CANARY} forgets. I am."
    assert report["answers"] == []
    assert SLIPPED.lower().encode() not in _files(office.folder).lower()


def test_parts_of_what_was_struck_are_named_until_they_are_struck_too(
    office: Office, call: Telephone
) -> None:
    said = "Ottoline Slipwright is in Ottoline's car. O. Slipwright, ottoline."
    call.do("begin")
    call.do("write", text=said)
    call.do("write", strike="yes", slipped="Ottoline Slipwright", text=call.value("text"))
    assert call.says(words.STILL_IN_PARTS)
    assert "still stands in 2 places" in call.page.main
    assert "still stands in one place" in call.page.main
    call.do("write", also="Ottoline", text=call.value("text"))
    assert "ottoline" not in call.page.body.lower()
    assert "still stands in one place" in call.page.main
    call.do("write", also="Slipwright", text=call.value("text"))
    assert "slipwright" not in call.page.body.lower()
    assert "still stands" not in call.page.main
    left = _files(office.folder).lower()
    assert b"ottoline" not in left
    assert b"slipwright" not in left


def test_every_question_is_there_in_welsh_under_the_english(call: Telephone) -> None:
    call.do("begin")
    welsh = find_language("cy")
    for question in (ACCOUNT, TOPIC, DANGER, FORCE, LANGUAGE, TRACK, *ABOUT):
        said = html.escape(welsh.say(question.label), quote=False)
        assert said != question.label
        assert re.search(rf'<span lang="cy">{re.escape(said)}', call.page.main), question.name


def test_enter_in_the_box_of_what_slipped_out_never_sends(call: Telephone) -> None:
    call.do("begin")
    call.do("write", send="yes", slipped="Nowhere", text="It is here.")
    assert call.says(words.NOWHERE)
    assert call.value("text") == "It is here."


def test_another_window_does_not_bring_back_what_was_forgotten(
    aide: Served, call: Telephone
) -> None:
    call.do("begin")
    stale = call.held()
    call.do("write", text="It is here.")
    aide.submit("/phone/write", **stale, text=f"I am {SLIPPED}", send="yes")
    call.page = aide.get("/phone")
    assert call.says(words.STALE)
    assert (call.value("text"), SLIPPED in call.page.body) == ("It is here.", False)


# -- consent and a small pool ---------------------------------------------------------------------


def test_nothing_is_sent_before_the_warning_for_a_small_pool_was_read_out(
    call: Telephone,
) -> None:
    call.do("begin")
    few = {"how-many-know": "five-or-fewer"}
    call.do("write", send="yes", text="Few know.", **few)
    assert call.says(words.NOT_READ_OUT)
    assert "each of you could be suspected" in call.page.main
    call.do("write", send="yes", text="Few know.", **few, **{"read-out": "yes"})
    assert len(call.seven()) == 7


def test_contact_details_take_a_choice_and_a_second_word_and_are_sealed_apart(
    office: Office, call: Telephone
) -> None:
    call.do("begin")
    text, track = f"{CANARY} and a name", {"track": "confidential"}
    call.do("write", text=text, **track)
    assert 'name="contact"' in call.page.main
    call.do("write", send="yes", text=text, contact="Ann, Tuesdays", **track)
    assert call.says(words.NOT_SURE)
    call.do("write", send="yes", text=text, contact="Ann, Tuesdays", sure="yes", **track)
    assert len(call.seven()) == 7
    _, report = _newest(office)
    assert "Ann" not in json.dumps(report)


# -- the words ------------------------------------------------------------------------------------


def test_the_words_are_read_out_and_back_and_a_wrong_one_is_named_by_its_place(
    call: Telephone,
) -> None:
    seven = call.report(text="It is here.")
    assert call.page.main.count('data-label="Sounds like"') == 7
    call.do("listen")
    assert not [each for each in seven if re.search(rf"\b{each}\b", _text(call.page))]
    call.do("hear")
    assert call.says(words.NOTHING_HEARD)
    call.do("hear", **{"word-1": seven[0]})
    assert (call.seven(), 'name="word-1"' in call.page.main) == ([], False)
    heard = {f"word-{at}": each for at, each in enumerate(seven, 1)}
    call.do("hear", **{**heard, "word-3": "window" if seven[2] != "window" else "gallon"})
    assert call.says(words.WRONG.format(place=3))
    assert call.seven() == [seven[2]]
    for at, each in enumerate(seven, 1):
        assert (f'name="word-{at}"' in call.page.main) == (at == 3)
        assert at == 3 or f">{each}<" not in call.page.body
        assert f'value="{each}"' not in call.page.body
    call.do("hear", **{"word-3": seven[2].upper()})
    assert "All seven are right" in call.page.main
    assert call.seven() == []


def _text(page: Got) -> str:
    return re.sub(r"<[^>]*>", " ", page.main)


def test_the_words_are_in_no_file_no_log_no_address_and_gone_when_the_call_ends(
    office: Office, aide: Served, call: Telephone
) -> None:
    seven = call.report(text="It leaves nothing.")
    joined = " ".join(seven)
    call.do("end")
    assert call.says(words.SAY_END)
    call.do("end", **{"sure-end": "yes"})
    assert "A new report" in call.page.main
    for path in ("/", "/phone", "/audit", "/queue/all/1"):
        assert not re.search(r"\b" + r"\b.*\b".join(seven[:3]) + r"\b", aide.get(path).body, re.S)
    kept = _files(office.folder / "aide") + aide.stderr.read_bytes()
    for form in (joined, "-".join(seven), "\n".join(seven), json.dumps(seven), seven[0] + seven[1]):
        assert form.encode() not in kept
    assert b"It leaves nothing." not in kept
    assert not [each for each in office.folder.rglob("*") if joined.encode() in _content(each)]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_a_form_of_a_call_that_has_ended_does_nothing(aide: Served, call: Telephone) -> None:
    call.do("begin")
    old = call.held()
    call.do("end")
    call.do("begin")
    got = aide.post("/phone/write", **old, text="Of the call before.", send="yes")
    assert (got.status, words.CALL_OVER.error in got.body) == (409, True)
    assert "Of the call before." not in aide.get("/phone").body + got.body


def test_when_it_locks_the_call_is_gone(office: Office) -> None:
    with Served(office.folder / "aide", server=office.url) as served:
        served.unlock()
        seven = Telephone(served).report(text="It is here.")
        served.submit("/lock")
        wait_for(lambda: served.get("/phone").status == 403)
        served.unlock()
        page = served.get("/phone")
        assert "A new report" in page.main
        assert seven[0] not in _text(page)


# -- one who rings again --------------------------------------------------------------------------


def test_a_caller_who_rings_again_hears_the_reply_and_answers(
    office: Office, call: Telephone
) -> None:
    seven = call.report(text=f"{CANARY} rings again")
    call.hang_up()
    case, _ = _newest_of(office, "rings again")
    answer = office.write("answer", "When <i>was</i> it?")
    assert office.inbox("reply", case, "--text-file", answer).returncode == 0

    call.do("ask")
    call.do("open", words=" ".join([*seven[:6], "notaword"]))
    assert call.says(words.NOT_A_WORD.format(word="notaword"))
    call.do("open", words=" ".join(seven[:6]))
    assert call.says(words.WORDS_COUNT.format(count=6))
    call.do("open", words=" ".join(reversed(seven)))
    assert call.says(words.NOTHING_OPENS)
    call.do("open", words=" ".join(seven).upper())
    assert "When &lt;i&gt;was&lt;/i&gt; it?" in call.page.main
    assert "rings again" not in call.page.main
    assert not [each for each in seven if re.search(rf'value="[^"]*\b{each}\b', call.page.body)]

    call.do("write", send="yes", text=f"In March. {SLIPPED}", slipped=SLIPPED)
    assert call.value("text") == "In March."
    call.do("write", send="yes", text="In March.", language="cy")
    assert call.says(words.SENT)
    assert call.value("text") == ""
    call.do("end")
    assert "A new report" in call.page.main

    assert office.inbox("sync").returncode == 0
    messages = office.json("show", case, "--offline", schema="inbox-show.json")["messages"]
    [said] = [each for each in messages if each["kind"] == "message"]
    assert (said["text"], said["language"], said["sealed"]) == ("In March.", "cy", "by telephone")
    assert OTHERS not in call.page.body


def _newest_of(office: Office, text: str) -> tuple[str, Any]:
    assert office.inbox("sync").returncode == 0
    for each in office.json("list", schema="inbox-list.json"):
        shown = office.json("show", each["case"], "--offline", schema="inbox-show.json")
        if text in (shown["messages"][0]["text"] or ""):
            return each["case"], shown["messages"][0]
    raise AssertionError(text)


def test_a_caller_takes_the_contact_details_back(office: Office, call: Telephone) -> None:
    consent = {"track": "confidential", "sure": "yes", "contact": "Ann, Tuesdays"}
    seven = call.report(text=f"{CANARY} takes it back", **consent)
    call.hang_up()
    call.do("ask")
    call.do("open", words=" ".join(seven))
    call.do("withdraw")
    assert call.says(words.SAY_WITHDRAW)
    call.do("withdraw", sure="yes")
    assert call.says(words.WITHDRAWN)
    case, _ = _newest_of(office, "takes it back")
    messages = office.json("show", case, "--offline", schema="inbox-show.json")["messages"]
    assert "contact-withdrawn" in [each["kind"] for each in messages]


# -- a server that is away ------------------------------------------------------------------------


def test_a_server_that_is_away_is_said_and_loses_no_word_of_the_draft(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with Served(office.folder / "vault", unlocked=True, server=office.url) as served:
        served.enter()
        call = Telephone(served)
        call.do("begin")
        call.do("write", send="yes", text="It is here.", who="Crane", danger="no")
        call.wait()
        assert "cannot be reached" in call.page.main
        assert call.says(words.NOT_SENT)
        assert (call.value("text"), call.value("who")) == ("It is here.", "Crane")
        assert re.search(r'name="danger" type="radio" value="no" checked', call.page.main)
        assert call.seven() == []
        with office.serve():
            call.do("write", send="yes", text=call.value("text"))
            call.wait()
            assert len(call.seven()) == 7
            assert _texts(office) == ["It is here."]


@contextmanager
def _cut_off(folder: Path) -> Iterator[tuple[Office, CuttingProxy, Served]]:
    """Pages whose next report arrives, and whose connection is dead before the answer."""
    office = Office(folder)
    outside, office.port = office.port, free_port()
    options = ("--pause", "3600")
    with (
        CuttingProxy(office.port, outside) as wire,
        office.serve(),
        Served(office.folder / "vault", options, unlocked=True, server=office.url) as served,
    ):
        served.enter()
        wire.again(answer_to=b"POST /api/envelopes", dead=True)
        yield office, wire, served


def test_a_report_whose_answer_was_lost_arrives_once_and_a_change_since_is_said(
    tmp_path: Path,
) -> None:
    with _cut_off(tmp_path) as (office, wire, served):
        call = Telephone(served)
        call.do("begin")
        call.do("write", send="yes", text="As it was first.")
        call.wait()
        assert call.says(words.IN_DOUBT)
        assert call.seven() == []
        call.do("write", strike="yes", slipped="first", text=call.value("text"))
        assert call.says(words.MAY_HAVE_GONE)
        assert call.value("text") == "As it was."
        wire.again()
        call.do("write", send="yes", text=call.value("text"))
        call.wait()
        assert call.says(words.WENT_BEFORE)
        assert len(call.seven()) == 7
        assert _texts(office) == ["As it was first."]


def test_a_process_that_is_killed_while_it_files_leaves_nothing_of_the_caller(
    tmp_path: Path,
) -> None:
    """The report had arrived, once. Nobody has its words: the caller tells it again."""
    with _cut_off(tmp_path) as (office, wire, served):
        call = Telephone(served)
        call.do("begin")
        call.do("write", send="yes", text=f"{CANARY} was cut off.", who=SLIPPED)
        call.wait()
        assert call.says(words.IN_DOUBT)
        os.kill(served.family[1], signal.SIGKILL)
        wait_for(lambda: _is_locked(served))
        wire.again()
        assert served.unlock().status == 303
        page = served.get("/phone")
        assert "A new report" in page.main
        left = _files(office.folder / "vault") + served.stderr.read_bytes()
        for said in (CANARY, SLIPPED):
            assert said not in page.body
            assert said.encode() not in left
        assert _texts(office) == [f"{CANARY} was cut off."]


def _is_locked(served: Served) -> bool:
    try:
        return served.get("/phone").status == 403
    except ConnectionError:
        return False  # it was taken by the one that is dying


def test_a_server_that_steps_back_to_older_keys_gets_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    with office.serve():
        assert office.inbox("sync").returncode == 0
    before = tmp_path / "before"
    shutil.copytree(office.folder / "data", before)
    with office.serve():
        published = office.inbox("directory")
        assert published.returncode == 0, published.stderr
    shutil.rmtree(office.folder / "data")
    before.rename(office.folder / "data")
    options = ("--pause", "3600")
    with (
        office.serve(),
        Served(office.folder / "vault", options, unlocked=True, server=office.url) as served,
    ):
        served.enter()
        call = Telephone(served)
        call.do("begin")
        call.do("write", send="yes", text="It is here.")
        call.wait()
        assert call.says(words.ROLLED_BACK.error)
        assert call.value("text") == "It is here."


def _texts(office: Office) -> list[str]:
    """The reports that the analyst's workstation has."""
    assert office.inbox("sync").returncode == 0
    return [
        office.json("show", each["case"], "--offline", schema="inbox-show.json")["messages"][0][
            "text"
        ]
        for each in office.json("list", schema="inbox-list.json")
    ]
