"""Asking a reporter on the pages, at the level of HTTP: two analysts, a real server, a reporter."""

import html
import json
import re
from collections.abc import Iterator

import pytest

from inbox_ui.work.guard import Rule
from inbox_ui.work.templates import find_template
from inbox_ui.work.words import TASKING, WHY
from tests.inbox_ui.served import Got, Served, wait_for
from tests.inbox_ui.test_pages_team import _join, _serve
from tests.inbox_ui.test_processes import Office

MARKUP = "<b>Can</b> the source say who \u202e was there that night?"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A team of two, and a reporter with her words."""
    office = Office(tmp_path_factory.mktemp("office"))
    with office.serve():
        assert office.inbox("sync").returncode == 0
        _join(office)
        sent = office.report("send", "--text-file", office.write("text", "A clerk sells checks."))
        assert sent.returncode == 0, sent.stderr
        office.write("words", sent.stdout)
        yield office


@pytest.fixture(scope="module")
def first(office: Office) -> Iterator[Served]:
    yield from _serve(office, "vault")


@pytest.fixture(scope="module")
def second(office: Office) -> Iterator[Served]:
    yield from _serve(office, "second")


@pytest.fixture(scope="module")
def case(first: Served) -> str:
    return first.the_case()


def _told(office: Office) -> list[str]:
    """What the reporter has been told."""
    done = office.report("check", "--passphrase-file", office.folder / "words", "--json")
    assert done.returncode == 0, done.stderr
    return [each["text"] for each in json.loads(done.stdout)["messages"] if each["text"]]


def _form(served: Served, case: str, text: str, **more: str) -> dict[str, str]:
    page = served.get(f"/case/{case}")
    return {"text": text, "language": "en", "read": page.field("read"), **more}


def _preview(served: Served, case: str, form: dict[str, str]) -> Got:
    return served.post(f"/case/{case}/preview", **form)


def _send(served: Served, case: str, form: dict[str, str], preview: Got, **more: str) -> Got:
    sent = form | {"known": preview.field("known"), "ticket": preview.field("ticket")} | more
    return served.post(f"/case/{case}/reply", **sent)


def _policy(office: Office, second: str) -> None:
    for vault in ("vault", "second"):
        done = office.inbox("asking", "--second-reader", second, vault=vault)
        assert done.returncode == 0, done.stderr


def _draft_path(served: Served, case: str) -> str:
    found = re.search(rf"/case/{case}/draft/[a-z2-7]{{32}}", served.get(f"/case/{case}").main)
    assert found
    return found[0]


def test_a_wording_is_put_behind_what_was_written(first: Served, case: str) -> None:
    template = find_template("no-confirm")
    assert template is not None
    form = _form(first, case, "Thank you.", template="no-confirm") | {"language": "cy"}
    page = first.post(f"/case/{case}/fill", **form)
    shown = html.unescape(page.main)
    assert f"Thank you.\n\n{template.wording['cy']}</textarea>" in shown
    assert 'value="cy" checked' in page.main
    for wrong in ("", "nothing-of-ours"):
        page = first.post(f"/case/{case}/fill", **_form(first, case, "Kept.", template=wrong))
        assert (page.status, "Kept.</textarea>" in page.main) == (400, True)


def test_what_is_flagged_is_said_and_goes_on_only_with_a_reason(
    office: Office, first: Served, case: str
) -> None:
    form = _form(first, case, "<i>Please</i> find\r\nout who. We already have other reports.")
    preview = _preview(first, case, form)
    assert preview.status == 200
    said = html.unescape(preview.main)
    assert WHY[Rule.TASKING] in said
    assert WHY[Rule.EXISTENCE] in said
    assert "<i>" not in preview.main
    refused = _send(first, case, form, preview)
    assert (refused.status, 'href="#why"' in refused.main) == (400, True)
    assert _told(office) == []
    assert (
        first.post(f"/case/{case}/change", **form).main.count("&lt;i&gt;Please&lt;/i&gt; find") >= 1
    )
    form["text"] = "Please find out who is on the radio at six: a title."
    preview = _preview(first, case, form)
    assert _send(first, case, form, preview, why="A <b>title</b>.").status == 303
    wait_for(lambda: len(_told(office)) == 1, 30)
    wait_for(lambda: "not delivered yet" not in first.get(f"/case/{case}").main, 30)
    shown = html.unescape(first.get(f"/case/{case}").main)
    assert "The guard flagged “Please find out”." in shown
    assert "A <b>title</b>." not in first.get(f"/case/{case}").main
    assert "A <b>title</b>." in shown


def test_a_force_s_question_is_entered_escaped_and_cannot_be_sent_as_it_is(
    office: Office, first: Served, case: str
) -> None:
    path = f"/case/{case}/questions"
    wrong = first.post(path, body="", day="soon", question=" ", ticket="q0")
    assert (wrong.status, wrong.main.count("error-message")) == (400, 3)
    entered = first.post(path, body="PSD <b>", day="2026-11-20", question=MARKUP, ticket="q1")
    assert entered.location == path
    page = first.get(path)
    assert "<b>" not in page.main
    assert "&lt;b&gt;Can&lt;/b&gt; the source say who &lt;U+202E&gt; was" in page.main
    preview = _preview(first, case, _form(first, case, MARKUP))
    assert html.unescape(WHY[Rule.COPIED]) in html.unescape(preview.main)
    assert ">Send<" not in preview.main
    told = _told(office)
    refused = _send(first, case, _form(first, case, MARKUP), preview, why="They want it so.")
    assert refused.status == 400
    assert _told(office) == told
    wait_for(lambda: "A force waits for an answer" in first.get("/queue/asked/1").main, 30)
    assert case in first.get("/queue/asked/1").main


def test_a_question_is_declined_with_a_reason_only(first: Served, case: str) -> None:
    page = first.get(f"/case/{case}/questions")
    [name] = set(re.findall(rf"/case/{case}/question/([a-z2-7]{{26}})", page.main))
    path = f"/case/{case}/question/{name}"
    assert first.post(path, outcome="", ticket="m0").status == 400
    refused = first.post(path, outcome="declined", remark="", ticket="m1")
    assert (refused.status, f'href="#remark-{name}"' in refused.main) == (400, True)
    assert (
        first.post(path, outcome="declined", remark="It points to her.", ticket="m2").status == 303
    )
    assert "It points to her." in first.get(f"/case/{case}/questions").main
    assert "A force waits for an answer" not in first.get(f"/case/{case}").main


def test_a_draft_goes_the_whole_way_through_two_people(
    office: Office, first: Served, second: Served, case: str
) -> None:
    _policy(office, "always")
    told, text = _told(office), "How do you know?\nTell us <b>only</b> what you know."
    form = _form(first, case, text)
    preview = _preview(first, case, form)
    assert "Give it to a second reader" in preview.main
    for _ in range(2):
        assert _send(first, case, form, preview).location == f"/case/{case}"
    path = _draft_path(first, case)
    own = first.get(path).main
    assert "Approve these words" not in own
    assert first.post(f"{path}/approve", ticket="a0").status == 400  # asked for all the same
    assert first.post(f"{path}/send", ticket="s0").status == 400
    wait_for(lambda: path in second.get(f"/case/{case}").main, 30)
    assert case in second.get("/queue/drafts/1").main
    theirs = second.get(path)
    assert "Tell us &lt;b&gt;only&lt;/b&gt; what you know." in theirs.main
    assert "What the reporter would see" in theirs.main
    back = second.post(f"{path}/return", remark=" ", ticket="r0")
    assert (back.status, 'href="#remark"' in back.main) == (400, True)
    assert second.post(f"{path}/approve", ticket="a1").location == path
    wait_for(lambda: "approved, not sent" in first.get(path).main, 30)
    changed = first.get(f"{path}/change")
    assert "Change the draft" in changed.main
    form = _form(first, case, "Another text.", of=path.rsplit("/", 1)[1])
    assert _send(first, case, form, _preview(first, case, form)).status == 303
    assert first.post(f"{path}/send", ticket="s1").status == 400  # the words that were approved
    newest = _draft_path(first, case)
    assert newest != path
    assert first.post(f"{newest}/send", ticket="s2").status == 400  # the words that were not
    wait_for(lambda: newest in second.get(f"/case/{case}").main, 30)
    assert second.post(f"{newest}/approve", ticket="a2").status == 303
    assert second.post(f"{newest}/send", ticket="s3").status == 303
    wait_for(lambda: _told(office) == [*told, "Another text."], 30)
    wait_for(lambda: "/draft/" not in first.get(f"/case/{case}").main, 30)


def test_after_many_turns_the_page_says_to_stop(office: Office, first: Served, case: str) -> None:
    _policy(office, "never")
    assert office.inbox("asking", "--turns", "1").returncode == 0
    answer = office.write("answer", "I looked, and there is more.")
    words = office.folder / "words"
    done = office.report("reply", "--passphrase-file", words, "--text-file", answer)
    assert done.returncode == 0, done.stderr
    wait_for(lambda: "I looked, and there is more." in first.get(f"/case/{case}").main, 30)
    page = first.get(f"/case/{case}")
    assert TASKING in html.unescape(page.main)
    form = _form(first, case, "What else is there?")
    preview = _preview(first, case, form)
    assert TASKING in html.unescape(preview.main)
    assert _send(first, case, form, preview).status == 400
    kind = find_template("do-not-collect")
    assert kind is not None
    form = _form(first, case, kind.wording["en"])
    preview = _preview(first, case, form)
    assert TASKING not in html.unescape(preview.main)
    assert _send(first, case, form, preview).status == 303
    wait_for(lambda: _told(office)[-1] == kind.wording["en"], 30)


def test_the_commands_do_the_same(office: Office, case: str) -> None:
    _policy(office, "always")
    text = office.write("ask", "What happened then?")
    refused = office.inbox("reply", case, "--text-file", text)
    assert (refused.returncode, TASKING in refused.stderr) == (1, True)
    why = office.write("why", "Advice taken.")
    refused = office.inbox("reply", case, "--text-file", text, "--why-file", why)
    assert (refused.returncode, "draft write" in refused.stderr) == (1, True)
    written = office.inbox("draft", "write", case, "--text-file", text, "--why-file", why)
    assert written.returncode == 0, written.stderr
    name = written.stdout.strip()
    assert office.inbox("approve", case, name).returncode == 1
    listed = office.inbox("draft", "list", case, vault="second")
    assert f"{name}  by first analyst: waits for a second reader" in listed.stdout
    assert office.inbox("approve", case, name, vault="second").returncode == 0
    assert office.inbox("draft", "send", case, name).returncode == 0
    assert _told(office)[-1] == "What happened then?"
    asked = office.write("asked", "Who told the reporter?")
    terms = ("--body", "PSD", "--day", "2026-11-21", "--text-file", asked)
    question = office.inbox("questions", "add", case, *terms)
    assert question.returncode == 0, question.stderr
    flagged = office.inbox("reply", case, "--text-file", asked, "--why-file", why)
    assert (flagged.returncode, "“Who told the reporter”" in flagged.stderr) == (1, True)
    marked = ("questions", "mark", case, question.stdout.strip(), "--as", "declined")
    assert office.inbox(*marked).returncode == 1
    assert office.inbox(*marked, "--text-file", why).returncode == 0
    assert "declined" in office.inbox("questions", "list", case).stdout
