"""The search, marks and links on the pages, at the level of HTTP."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.reporter import Draft
from tests.inbox_ui.served import Got, Served, Shop, wait_for
from tests.payloads import PAYLOADS

FIRST = "DC Rowan Tait sells checks at Greyfen station. <b>money</b> & \u202emore."
SECOND = "A man at Greyfen station sells lost property."
HOSTILE = "\n".join(PAYLOADS)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    for text in (FIRST, SECOND, f"hostile {HOSTILE}"[:40_000]):
        shop.report(Draft(text))
    with Served(shop.close().vault, unlocked=True) as served:
        served.enter()
        yield served


def _search(served: Served, words: str) -> Got:
    assert served.submit("/search", words=words).location == "/search"
    return served.get("/search")


def _case(served: Served, words: str) -> str:
    [found] = set(re.findall(r'href="/case/([a-z2-7]+)#', _search(served, words).main))
    return str(found)


def _rows(page: Got) -> list[dict[str, str]]:
    """The fields of each mark or suggestion."""
    rows = []
    for number, spot in re.findall(r'name="spot-(\d+)" value="([^"]*)"', page.main):
        normal = re.search(rf'name="normal-{number}" value="([^"]*)"', page.main)
        kind = re.search(rf'name="kind-{number}">.*?value="([^"]*)" selected', page.main)
        assert normal
        assert kind
        fields = {"spot": spot, "kind": kind[1], "normal": normal[1]}
        rows.append({"number": number} | {key: html.unescape(each) for key, each in fields.items()})
    return rows


def _decide(served: Served, case: str, do: str, now: str, **changed: str) -> Got:
    page = served.get(f"/case/{case}/marks")
    [row] = [each for each in _rows(page) if each["normal"] == now]
    number = row["number"]
    ticket = re.search(r'name="ticket" value="([^"]*)-s"', page.main)
    row |= changed
    fields = {f"{name}-{number}": row[name] for name in ("spot", "kind", "normal")}
    ticket_of = f"{ticket[1] if ticket else 'again'}-{do}-{row['normal']}"
    return served.post(f"/case/{case}/marks", take=number, do=do, ticket=ticket_of, **fields)


# -- the search ---------------------------------------------------------------------------------


def test_what_is_looked_for_is_found_marked_and_in_no_address(served: Served) -> None:
    page = _search(served, "rowan mon*")
    assert page.status == 200
    assert "<mark>Rowan</mark>" in page.main
    assert "&lt;b&gt;<mark>money</mark>&lt;/b&gt; &amp; more." in page.main  # nothing turns it
    assert "1 was found." in page.main
    assert re.search(r'href="/case/[a-z2-7]{8}#reporter-0"', page.main)
    assert "rowan" not in "".join(re.findall(r'(?:href|action|data-page)="([^"]*)"', page.body))


def test_a_result_leads_to_its_place_in_the_case(served: Served) -> None:
    found = re.search(r'href="(/case/[a-z2-7]+)#([a-z0-9-]+)"', _search(served, "rowan").main)
    assert found
    assert f'id="{found[2]}"' in served.get(found[1]).main


def test_the_script_and_the_form_find_the_same(served: Served) -> None:
    assert served.submit("/search/now", words="property").body == "{}"
    while_typing = served.get("/search").main
    assert "<mark>property</mark>" in while_typing
    strip = re.compile(r'name="ticket" value="[^"]*"')
    assert strip.sub("", _search(served, "property").main) == strip.sub("", while_typing)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "are searched"),
        ("…", "no word in this to look for"),
        ("nowhere", "None of the 3 cases that you may read"),
        ("a" * 500, "None of the 3 cases"),
        ('"><script>nowhere(1)</script>', "None of the 3 cases"),
    ],
)
def test_where_nothing_is_found_it_says_why(served: Served, words: str, said: str) -> None:
    page = _search(served, words)
    assert said in page.main
    assert "<script>nowhere" not in page.body


def test_a_hostile_report_is_text_in_what_was_found(served: Served) -> None:
    page = _search(served, "hostile")
    allowed = {"section", "form", "label", "p", "div", "input", "button", "ol", "li", "h1", "h2"}
    allowed |= {"a", "mark", "main", "span", "nav"}
    assert set(re.findall(r"<([a-z0-9]+)", page.main)) <= allowed
    assert len(re.findall("<mark>", page.main)) == 1


def test_a_page_that_is_not_there_is_the_nearest(served: Served) -> None:
    _search(served, "station")
    assert "2 were found." in served.get("/search/9999").main


# -- marks --------------------------------------------------------------------------------------


def test_a_suggestion_is_accepted_corrected_and_taken_back(served: Served) -> None:
    case = _case(served, "rowan")
    page = served.get(f"/case/{case}/marks")
    assert "<mark>DC Rowan Tait</mark>" in page.main
    assert "Nothing is marked yet." in page.main
    assert _decide(served, case, "take", "rowan tait").location == f"/case/{case}/marks"
    assert "1 marked" in served.get(f"/case/{case}/marks").main
    _decide(served, case, "take", "rowan tait", normal="Tait, R.", kind="unit")
    [marked] = [each for each in _rows(served.get(f"/case/{case}/marks")) if "0" in each["number"]]
    assert (marked["normal"], marked["kind"]) == ("tait r", "unit")
    _decide(served, case, "drop", "tait r")
    page = served.get(f"/case/{case}/marks")
    assert "Nothing is marked yet." in page.main
    assert "<mark>DC Rowan Tait" not in page.main  # it is not suggested again


def test_a_mark_by_hand_stands_where_its_words_stand(served: Served) -> None:
    case = _case(served, "rowan")
    fields = {"said": "checks", "kind": "unit", "normal": "", "ticket": "by hand"}
    assert served.post(f"/case/{case}/marks/add", **fields).location == f"/case/{case}/marks"
    assert "<mark>checks</mark>" in served.get(f"/case/{case}/marks").main
    again = served.post(f"/case/{case}/marks/add", **(fields | {"ticket": "again"}))
    assert (again.status, "stand in no text here" in again.main) == (400, True)
    for wrong in ({"said": "not in it"}, {"said": ""}, {"said": "sells", "kind": "horse"}):
        got = served.post(f"/case/{case}/marks/add", **(fields | {"ticket": str(wrong)} | wrong))
        assert got.status == 400, wrong


@pytest.mark.parametrize(
    "spot",
    ["", "zz 0 3 ", "00 0 3 ", f"{'00' * 32} 0 3 ", "x", f"{'00' * 32} -1 3 who", "0 0 0 0 0 0"],
)
def test_a_made_up_place_marks_nothing(served: Served, spot: str) -> None:
    case = _case(served, "property")
    form = {"take": "1", "do": "take", "spot-1": spot, "kind-1": "person", "normal-1": "x"}
    served.post(f"/case/{case}/marks", ticket=f"made up {spot}", **form)
    assert "Nothing is marked yet." in served.get(f"/case/{case}/marks").main


def test_marks_of_a_hostile_report_are_text(served: Served) -> None:
    page = served.get(f"/case/{_case(served, 'hostile')}/marks")
    assert page.status == 200
    assert not {"script", "img", "svg", "iframe", "b", "i"} & set(
        re.findall(r"<([a-z0-9]+)", page.main)
    )


# -- other cases --------------------------------------------------------------------------------


def test_what_is_marked_in_two_cases_is_said_in_both(served: Served) -> None:
    first, second = _case(served, "rowan"), _case(served, "property")
    for case in (first, second):
        _decide(served, case, "take", "greyfen station")
    assert "named in 1 other case you may read" in served.get(f"/case/{first}").main
    for case, other in ((first, second), (second, first)):
        page = served.get(f"/case/{case}/links")
        assert "named in 1 other case you may read" in page.main
        assert f'href="/case/{other}"' in page.main


def test_a_link_takes_two_steps_and_a_reason_and_stands_in_both(served: Served) -> None:
    first, second = _case(served, "rowan"), _case(served, "property")
    form = {"other": second[:5], "reason": "<i>One</i> man.", "ended": "no"}
    for wrong in ({"other": ""}, {"other": "zzzz"}, {"other": first}, {"reason": " "}):
        got = served.post(f"/case/{first}/links/confirm", **(form | wrong))
        assert (got.status, "There is a problem" in got.main) == (400, True), wrong
    preview = served.post(f"/case/{first}/links/confirm", **form)
    assert "Nothing is written yet." in preview.main
    assert "&lt;i&gt;One&lt;/i&gt; man." in preview.main
    assert "linked with no other case" in served.get(f"/case/{first}/links").main
    changed = served.post(f"/case/{first}/links/change", **form)
    assert "&lt;i&gt;One&lt;/i&gt; man.</textarea>" in changed.main
    fields = form | {"other": preview.field("other"), "ticket": preview.field("ticket")}
    for _ in range(2):
        assert served.post(f"/case/{first}/links", **fields).location == f"/case/{first}/links"
    for case, other in ((first, second), (second, first)):
        page = served.get(f"/case/{case}/links")
        assert f'Case <a href="/case/{other}">' in page.main
        assert page.main.count("&lt;i&gt;One&lt;/i&gt; man.") == 1
    again = served.post(f"/case/{first}/links", **(fields | {"ticket": "again"}))
    assert (again.status, "linked with case" in again.main) == (400, True)


def test_nothing_of_the_search_is_on_the_disk(served: Served) -> None:
    _search(served, "rowan")
    vault = Path(served.vault)
    wait_for((vault / "index").is_dir)
    for path in [each for each in vault.rglob("*") if each.is_file()]:
        assert b"Greyfen" not in path.read_bytes(), path
        assert b"greyfen" not in path.read_bytes(), path
