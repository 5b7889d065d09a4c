"""Assessing and a risk to life on the pages, at the level of HTTP, with a server that is away."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.documents import Answer, Category
from crypto.reporter import Draft
from inbox_ui.work.assessing import BEFORE_ANY
from inbox_ui.work.pieces import Escalation, Work
from inbox_ui.work.recording import record
from inbox_ui.work.signposts import read_signposts
from tests.inbox_ui.served import Got, Served, Shop

HOSTILE = "<script>alert(1)</script>\u202e{{ 7 * 7 }}"
HARMLESS = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;U+202E&gt;{{ 7 * 7 }}"
RATED = {"threat": "high", "threat-why": "He has a gun."}
LETTERS = ("threat", "harm", "risk", "investigation", "vulnerability", "engagement")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    told = (Answer("danger", "yes"), Answer("who", HOSTILE))
    forces = ("demo-wessendale",)
    shop.report(Draft("In danger.", categories=(Category.PARTNER,), forces=forces, answers=told))
    shop.report(Draft("The other one."))
    with Served(shop.close().vault, unlocked=True) as served:
        served.enter()
        yield served


def _names(served: Served, queue: str) -> list[str]:
    page = served.get(f"/queue/{queue}/1").main
    return re.findall(r'href="/case/([a-z2-7]+)" data-row', page)


@pytest.fixture(scope="module")
def risky(served: Served) -> str:
    [name] = _names(served, "risk")
    return name


@pytest.fixture(scope="module")
def other(served: Served, risky: str) -> str:
    [name] = (each for each in _names(served, "all") if each != risky)
    return name


def _fill(page: Got, **changed: str | list[str]) -> dict[str, str | list[str]]:
    """The form as a browser sends it: nothing rated, unless it is changed."""
    form: dict[str, str | list[str]] = {
        "ticket": page.field("ticket"), "known": page.field("known"),
        "stage": "assessing", "scope": "unknown", **dict.fromkeys(LETTERS, "unknown"),
    }  # fmt: skip
    return {**form, **changed}


def test_a_life_at_risk_stands_first_in_words_and_before_all_else(
    served: Served, risky: str, other: str
) -> None:
    page = served.get("/").main
    assert _names(served, "new") == [risky, other]
    assert "The reporter says that somebody is in danger</strong>" in page
    case = served.get(f"/case/{risky}").main
    assert case.index("Risk to life: escalate") < case.index("What was written")
    assert 'data-key="e"' in case


def test_the_room_of_the_subjects_force_is_blocked_before_anything_is_written(
    served: Served, risky: str
) -> None:
    page = served.get(f"/case/{risky}/risk").main
    assert "the control room of DEMO: Wessendale Police" in page
    assert page.index("on-call superintendent") < page.index("DEMO: Northmarch Constabulary")
    refused = served.post(f"/case/{risky}/risk/check", force="demo-wessendale").main
    assert "No: DEMO: Wessendale Police is blocked." in refused
    assert "You may ring" in served.post(f"/case/{risky}/risk/check", force="demo-calder").main
    typed = {"force": "demo-calder", "danger": "He has moved to port calder."}
    assert "is blocked." in served.post(f"/case/{risky}/risk/check", **typed).main
    assert "You may ring" not in served.post(f"/case/{risky}/risk/check", force=HOSTILE).main
    assert "Nothing yet." in served.get(f"/case/{risky}/risk").main


def test_what_was_typed_is_still_there_after_a_look_at_another_room(
    served: Served, risky: str
) -> None:
    """One form, so that it works without scripts."""
    page = served.get(f"/case/{risky}/risk")
    assert page.main.count("<form") == 1
    assert f'formaction="/case/{risky}/risk/check"' in page.main
    typed = {"danger": "He has a gun.", "called": "999", "when": "21:58", "said": "On the way."}
    looked = served.post(
        f"/case/{risky}/risk/check",
        ticket=page.field("ticket"),
        known=page.field("known"),
        force="demo-calder",
        over="yes",
        **typed,
    ).main
    assert all(each in looked for each in typed.values())
    assert re.search(r'name="over"[^>]* checked', looked)
    assert re.search(r'value="demo-calder" selected', looked)
    assert "Nothing yet." in served.get(f"/case/{risky}/risk").main


def test_when_is_the_present_moment_and_no_step_by_itself(served: Served, risky: str) -> None:
    before = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    page = served.get(f"/case/{risky}/risk")
    after = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    found = re.search(r'id="when"[^>]* value="([^"]*)"', page.main)
    assert found
    assert found[1] in {before, after}
    form = {"ticket": page.field("ticket"), "known": "", "when": found[1]}
    assert "Write what was done or said." in served.post(f"/case/{risky}/risk", **form).main


def test_every_message_of_the_reporter_has_a_way_to_escalate(served: Served, risky: str) -> None:
    """Its name says from which message, and it is the same button: nothing is written twice."""
    page = served.get(f"/case/{risky}").main
    thread = page[page.index("What was written") :]
    named = re.findall(r"Escalate a risk to life<span[^>]*>, from reporter (\d+)</span>", thread)
    shown = re.findall(r'class="message__day">Reporter · ', thread)
    assert len(named) == len(set(named)) == len(shown) > 0
    assert len(set(re.findall(r'name="ticket" value="([^"]*-e)"', page))) == 1


def test_one_button_escalates_once_and_steps_are_added_half_filled(
    served: Served, other: str
) -> None:
    found = re.search(r'name="ticket" value="([^"]*-e)"', served.get(f"/case/{other}").body)
    assert found
    for _ in range(2):
        answer = served.post(f"/case/{other}/escalate", ticket=found[1])
        assert answer.location == f"/case/{other}/risk"
    page = served.get(f"/case/{other}/risk")
    assert page.main.count("Nothing else was written down.") == 1
    assert "Begun here less than a minute ago." in page.main
    assert other in _names(served, "risk")
    served.post(
        f"/case/{other}/risk",
        ticket=page.field("ticket"),
        known=page.field("known"),
        called=HOSTILE,
    )
    page = served.get(f"/case/{other}/risk")
    assert HARMLESS in page.main
    assert "<script>alert" not in page.body
    assert "Nobody has said that it is over." in served.get(f"/case/{other}").main


def test_an_end_needs_a_reason_and_ends_it(served: Served, other: str) -> None:
    page = served.get(f"/case/{other}/risk")
    known = page.field("known")
    bare = served.post(f"/case/{other}/risk", ticket=page.field("ticket"), known=known, over="yes")
    assert "Say why the risk is over." in bare.main
    assert other in _names(served, "risk")
    form = {"ticket": bare.field("ticket"), "known": known, "over": "yes", "said": "Safe."}
    unread = served.post(f"/case/{other}/risk", **form, read="00" * 32)
    assert "The reporter has written since this page was shown." in unread.main
    assert other in _names(served, "risk")
    served.post(f"/case/{other}/risk", **form, read=unread.field("read"))
    assert other not in _names(served, "risk")
    assert "Begun here" not in served.get(f"/case/{other}/risk").main


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Write what was done or said."),
        ({"danger": "   "}, "Write what was done or said."),
        ({"called": "x" * 201}, "This has 201 characters; 200 fit."),
        ({"said": "x" * 4001}, "This has 4,001 characters; 4,000 fit."),
        ({"danger": "\U0001f600" * 30_000}, "This has 30,000 characters; 4,000 fit."),
    ],
)
def test_a_step_that_does_not_fit_is_shown_again(
    served: Served, risky: str, form: dict[str, str], said: str
) -> None:
    page = served.get(f"/case/{risky}/risk")
    got = served.post(f"/case/{risky}/risk", ticket=page.field("ticket"), known="", **form)
    assert said in got.main
    assert "Nothing yet." in served.get(f"/case/{risky}/risk").main


def test_an_assessment_is_kept_once_and_shown_with_what_changed(served: Served, risky: str) -> None:
    page = served.get(f"/case/{risky}/assess")
    assert "Proposed, because the reporter says: abuse of a partner." in page.main
    form = _fill(page, remark=HOSTILE, corruption=["misusing systems"], **RATED)
    for _ in range(2):
        assert served.post(f"/case/{risky}/assess", **form).location == f"/case/{risky}"
    again = served.get(f"/case/{risky}/assess")
    assert again.main.count("message--note") == 1
    assert HARMLESS in again.main
    changed = _fill(again, **{**RATED, "threat": "low"}, stage="awaiting force")
    served.post(f"/case/{risky}/assess", **changed)
    main = html.unescape(served.get(f"/case/{risky}/assess").main)
    assert "Changed, Threat: high (He has a gun.) → low (He has a gun.)" in main
    assert _names(served, "force") == [risky]


def test_what_a_colleague_did_meanwhile_is_shown_before_anything_is_kept(
    served: Served, other: str
) -> None:
    mine, theirs = served.get(f"/case/{other}/assess"), served.get(f"/case/{other}/assess")
    served.post(f"/case/{other}/assess", **_fill(theirs, scope="partly"))
    got = served.post(f"/case/{other}/assess", **_fill(mine, scope="outside", remark="Mine."))
    assert "A colleague has assessed it meanwhile" in got.main
    assert "Scope: not decided → partly for this service" in got.main
    assert "Mine." in got.main
    assert got.main.count("message--note") == 1
    done = served.post(f"/case/{other}/assess", **_fill(got, scope="outside", remark="Mine."))
    assert done.location == f"/case/{other}"
    assert served.get(f"/case/{other}/assess").main.count("message--note") == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"harm": "high"}, "Say why, in a few words."),
        ({"harm": "high", "harm-why": " \n "}, "Say why, in a few words."),
        ({"remark": "x" * 4001}, "4,000 fit."),
        ({"risk": "low", "risk-why": "\U0001f600" * 30_000}, "4,000 fit."),
        ({"stage": "over"}, "This form did not arrive whole."),
        ({"scope": ""}, "This form did not arrive whole."),
        ({"threat": HOSTILE}, "This form did not arrive whole."),
    ],
)
def test_an_assessment_that_is_not_as_it_has_to_be_keeps_nothing(
    served: Served, risky: str, changed: dict[str, str], said: str
) -> None:
    page = served.get(f"/case/{risky}/assess")
    got = served.post(f"/case/{risky}/assess", **_fill(page, **changed))
    assert said in got.main
    after = served.get(f"/case/{risky}/assess").main
    assert after.count("message--note") == page.main.count("message--note")


def test_what_fits_exactly_is_kept_in_full(served: Served, other: str) -> None:
    page = served.get(f"/case/{other}/assess")
    whys = {f"{letter}-why": "é" * 4000 for letter in LETTERS}
    levels = dict.fromkeys(LETTERS, "low")
    got = served.post(f"/case/{other}/assess", **_fill(page, **levels, **whys, remark="x" * 4000))
    assert got.location == f"/case/{other}" or "too long" in got.main


def test_a_signpost_only_fills_the_reply(served: Served, other: str) -> None:
    for each in read_signposts():
        for language in ("en", "cy"):
            got = served.post(f"/case/{other}/signpost", signpost=each.id, language=language)
            assert each.messages[language] in html.unescape(got.main)
            assert f'value="{language}" checked' in got.main
    for wrong in ({"signpost": HOSTILE, "language": "en"}, {"signpost": "crime", "language": "xx"}):
        assert "There is no such page." in served.post(f"/case/{other}/signpost", **wrong).main
    assert "Reply from the team" not in served.get(f"/case/{other}").main


def test_a_filter_is_kept_used_and_deleted(served: Served, risky: str) -> None:
    served.post("/find", wanted="wessendale", back="/queue/all/1")
    page = served.get("/queue/all/1")
    ticket = re.search(r'name="ticket" value="([^"]*-k)"', page.body)
    assert ticket
    kept = served.post("/filters/keep", ticket=ticket[1], queue="all", name=HOSTILE[:25])
    assert kept.location == "/queue/all/1"
    served.post("/find", wanted="", back="/queue/new/1")
    assert served.post("/filters/use", name=HOSTILE[:25]).location == "/queue/all/1"
    page = served.get("/queue/all/1")
    assert _names(served, "all") == [risky]
    assert "<script>alert" not in page.body
    dropped = served.post("/filters/drop", ticket=f"{ticket[1]}x", name=HOSTILE[:25], back="//evil")
    assert dropped.location == "/"
    served.post("/find", wanted="", back="/")
    assert "Delete “" not in served.get("/queue/all/1").main


def test_the_filter_finds_a_case_by_every_word_that_its_line_shows(
    served: Served, other: str
) -> None:
    """Not only by names and topics: also by a risk, what is late, who has it, and "not said"."""
    rows = re.findall(r"<tr[ >].*?</tr>", served.get("/queue/all/1").main, re.DOTALL)
    [row] = (each for each in rows if f"/case/{other}" in each)
    shown = html.unescape(re.sub(r"<[^>]*>", " ", row)).split()
    assert {"not", "said", "delivered"} <= set(shown)
    for word in {*shown, "unread"}:
        served.post("/find", wanted=word, back="/queue/all/1")
        assert other in _names(served, "all"), word
    served.post("/find", wanted="nowhere", back="/queue/all/1")
    assert _names(served, "all") == []
    served.post("/find", wanted="danger", back="/queue/all/1")
    assert len(_names(served, "all")) == 1
    served.post("/find", wanted="", back="/")


@pytest.mark.parametrize("name", ["", "x" * 61, "\u202e"])
def test_a_filter_without_a_good_name_is_asked_for_again(served: Served, name: str) -> None:
    found = re.search(r'name="ticket" value="([^"]*-k)"', served.get("/").body)
    assert found
    got = served.post("/filters/keep", ticket=found[1], queue="new", name=name)
    assert "A filter&#39;s name has 1 to 60 letters." in got.main
    assert served.post("/filters/use", name=name).status in (400, 404)


def test_no_list_and_no_case_that_there_is_not_is_answered(served: Served) -> None:
    assert "There is no such page." in served.get("/queue/risky/1").main
    got = served.post("/filters/keep", ticket="t", queue="nowhere", name="n")
    assert "There is no such page." in got.main
    for path in ("/case/aaaaaaaa/assess", "/case/aaaaaaaa/risk"):
        assert served.get(path).status == 404


def test_everything_is_there_after_a_lock(served: Served, risky: str, tmp_path: Path) -> None:
    served.submit("/lock")
    served.unlock()
    assert _names(served, "risk") == [risky]


def test_new_danger_after_an_end_is_said_on_the_case_and_in_the_list(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    writer = shop.report(Draft("He has a gun."))
    shop.desk.sync()
    record(shop.desk.station, shop.desk.only(), Work.ASSESSMENT, BEFORE_ANY)
    over = Escalation(None, True, "", "", "", "He was arrested.")
    record(shop.desk.station, shop.desk.only(), Work.ESCALATION, over)
    shop.desk.sync()
    writer.write("He has come back with the gun tonight.")
    with Served(shop.close().vault, unlocked=True) as served:
        served.enter()
        [name] = _names(served, "risk")
        assert "Something came since it was assessed" in served.get("/queue/risk/1").main
        case = served.get(f"/case/{name}").main
        assert "The reporter has written since a risk to life was over.</strong>" in case
        assert "Something came since it was assessed" in case
        page = served.get(f"/case/{name}/risk")
        assert "It was over, and the reporter has written since." in page.main
        form = {each: page.field(each) for each in ("ticket", "known", "read")}
        served.post(f"/case/{name}/risk", **form, over="yes", said="Looked at, no new risk.")
        assert _names(served, "risk") == []
