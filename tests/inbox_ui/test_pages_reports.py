"""Intelligence reports on the pages: written in a form, errors by their fields."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crypto.documents import Answer
from crypto.reporter import Draft
from inbox_ui.work import release_words as words
from inbox_ui.work.units import Kind
from tests.inbox_ui.served import Got, Served, Shop
from tests.inbox_ui.units import FORCE, a_unit, list_unit


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.report(Draft("CANARY <b>saw</b> him take an envelope at the services every week."))
    shop.close()
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        yield served


def _typed(page: Got, **changes: Any) -> dict[str, Any]:
    """What a browser would send of the form, with ``changes``."""
    fields: dict[str, Any] = {each: page.field(each) for each in ("ticket", "ref", "after")}
    fields |= {"instruction": "Named people only.", "source": "2", "pool": "more than 5"}
    fields |= {"text0": "Information suggests that money is taken.", "information0": "C"}
    fields |= {"handling0": "C", "conditions0": "Ask first.", "recipients": "northmarch-ccu"}
    return {**fields, **changes}


def test_a_report_is_written_in_a_form_and_shown_with_what_stands_in_its_way(
    served: Served,
) -> None:
    at = f"/case/{served.the_case()}"
    assert "This case has no report yet." in served.get(f"{at}/reports").main
    page = served.get(f"{at}/report")
    typed = set(re.findall(r'<(?:textarea|input[^>]* type="text")[^>]* name="([a-z_]+)', page.main))
    assert {each for each in typed if "source" in each} <= {"risk_source"}  # no field for one
    wrong = served.follow(served.post(f"{at}/report", **_typed(page, information0="E")))
    assert 'href="#reason0"' in wrong.main
    assert "Information suggests that money is taken.</textarea>" in wrong.main
    bare = served.follow(served.post(f"{at}/report", **_typed(page, conditions0="")))
    assert 'href="#conditions0"' in bare.main
    for _ in range(2):
        assert served.post(f"{at}/report", **_typed(page)).location == f"{at}/reports"
    shown = served.get(f"{at}/reports").main
    assert shown.count('<h2 id="IR-') == 1
    assert "A second person has to agree." in shown
    ref = page.field("ref")
    copied = _typed(
        served.get(f"{at}/report/{ref}"), text0="He may <i>take an envelope at the services</i>."
    )
    served.post(f"{at}/report/{ref}", **copied)
    shown = served.get(f"{at}/reports").main
    assert "Words of the reporter are still in it." in shown
    assert "<i>" not in shown
    assert "take an envelope at the services" in shown


def test_units_are_ticked_by_name_and_those_that_must_not_have_it_say_why(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    asked = Answer("must-not-know", "My <b>brother</b>, at PSD.")
    shop.report(Draft("DS Lomond takes money.", forces=(FORCE,), answers=(asked,)))
    list_unit(shop.desk, a_unit(shop.desk, tmp_path / "a"), people=("Petra Lomond",))
    other = a_unit(shop.desk, tmp_path / "b", "<i>A watchdog</i>")
    said = {"kind": Kind.OVERSIGHT, "force": "", "routes": (), "alternate": (FORCE,)}
    list_unit(shop.desk, other, id="watchdog", **said)
    shop.close()
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        at = f"/case/{served.the_case()}"
        for page in (served.get(f"{at}/reports"), served.get(f"{at}/report")):
            assert "Must not have it: the reporter asked that they do not see it; " in page.main
            assert f"somebody who is named works there. {words.RECOGNISES} Instead: " in page.main
            assert "<b>brother" not in page.main
            assert "brother" in page.main
            assert "It stands in for DEMO: Northmarch Constabulary." in page.main
            assert "<i>A watch" not in page.main
            assert "Who else there is" in page.main
        boxes = re.findall(r'name="recipients" type="checkbox" value="([a-z-]+)"', page.main)
        assert boxes == ["northmarch-ccu", "watchdog"]  # for the force of the case first
        hint = re.search(r'id="recipients" [^>]*aria-describedby="([a-z-]+)"', page.main)
        assert hint is not None
        assert f'id="{hint[1]}"' in page.main
        kept = served.post(f"{at}/report", **_typed(page, recipients=["northmarch-ccu", "gone"]))
        assert kept.location == f"{at}/reports"  # also with one that is blocked
        shown = served.get(f"{at}/reports").main
        named = "Northmarch CCU (DEMO: Northmarch Constabulary)"
        assert f"{named} must not have it" in shown
        told = [f'<span class="visible-text">{each}</span>' for each in ("gone", named)]
        assert f"<p>To {', '.join(told)}</p>" in shown
        told = _seen(shown).replace("To: gone, northmarch-ccu", "")  # the report's own words
        assert "northmarch-ccu" not in told
        again = served.get(f"{at}/report/{page.field('ref')}").main
        ticked = re.findall(r'name="recipients" [^>]*value="([a-z-]+)" checked', again)
        assert ticked == ["northmarch-ccu", "gone"]


def _seen(page: str) -> str:
    """What is read of a page, without its tags."""
    return re.sub(r"<[^>]*>", "", page)


def test_one_person_says_that_a_unit_is_only_mentioned_and_cannot_agree_alone(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    shop.report(Draft("I told PSD last year and nothing happened.", forces=(FORCE,)))
    list_unit(shop.desk, a_unit(shop.desk, tmp_path / "a"))
    shop.close()
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        at = f"/case/{served.the_case()}"
        page = served.get(f"{at}/reports")
        assert "Only mentioned?" in page.main
        assert "Nobody has said that it is only mentioned." in page.main
        form = {each: page.field(each) for each in ("unit", "whom", "field")}
        empty = served.post(f"{at}/mentioned/unit/proposed", ticket="a", reason=" ", **form)
        assert (empty.status, f'href="#{form["field"]}"' in empty.main) == (400, True)
        for _ in range(2):  # a form that is sent twice says it once
            served.post(f"{at}/mentioned/unit/proposed", ticket="b", reason="<i>Old</i>", **form)
        page = served.get(f"{at}/reports")
        assert "One of you says that it is only mentioned." in page.main
        assert f'formaction="{at}/mentioned/unit/withdrawn"' in page.main
        assert f'formaction="{at}/mentioned/unit/agreed"' not in page.main
        alone = served.post(f"{at}/mentioned/unit/agreed", ticket="c", reason="Mine.", **form)
        assert alone.status == 400
        assert "Must not have it: it names such a unit." in served.get(f"{at}/reports").main
        served.post(f"{at}/mentioned/unit/withdrawn", ticket="d", reason="It is not.", **form)
        page = served.get(f"{at}/reports")
        assert "Nobody has said that it is only mentioned." in page.main
        assert "<i>Old" not in served.get(at).body
        assert served.post(f"{at}/mentioned/person/proposed", ticket="e", **form).status == 404


def test_an_author_ticks_the_list_and_is_not_asked_to_agree_to_it(served: Served) -> None:
    at = f"/case/{served.the_case()}"
    page = served.get(f"{at}/report")
    served.post(f"{at}/report", **_typed(page))
    ref = page.field("ref")
    shown = served.get(f"{at}/reports")
    own = shown.body[shown.body.find(f'id="{ref}"') :]
    [version] = re.findall(r'name="shown" value="([0-9a-f]{64})"', own)[:1]
    ticks = re.findall(r'name="ticks" value="([a-z]+)"', own)[:10]
    done = served.post(f"{at}/report/{ref}/read", ticket="t1", shown=version, ticks=ticks)
    assert done.location == f"{at}/reports"
    assert own.count("Agree that it goes") == 0
    after = served.get(f"{at}/reports").body
    assert after[after.find(f'id="{ref}"') :].count(" checked") == 10
    refused = served.post(f"{at}/report/{ref}/consent", ticket="t2", shown=version)
    assert "cannot agree" in (served.follow(refused) if refused.status == 303 else refused).body
    stale = served.post(f"{at}/report/{ref}/read", ticket="t3", shown="0" * 64, ticks=ticks)
    assert "changed since" in (served.follow(stale) if stale.status == 303 else stale).body


def test_of_two_who_grade_one_item_at_once_the_second_is_told_before_anything_is_kept(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    shop.report(Draft("A report.", forces=(FORCE,)))
    shop.close()
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        at = f"/case/{served.the_case()}"
        served.post(f"{at}/report", **_typed(served.get(f"{at}/report")))
        [ref] = set(re.findall(r"IR-[A-Z2-7]{10}", served.get(f"{at}/reports").main))
        mine, theirs = served.get(f"{at}/report/{ref}"), served.get(f"{at}/report/{ref}")
        first = {**_typed(theirs), "checks": "Theirs.", "ticket": "one"}
        assert served.post(f"{at}/report/{ref}", **first).location == f"{at}/reports"
        again = served.post(f"{at}/report/{ref}", **first)  # sent twice
        assert again.location == f"{at}/reports"
        typed = {**_typed(mine), "checks": "Mine.", "ticket": "two"}
        told = served.post(f"{at}/report/{ref}", **typed)
        assert (told.status, words.CHANGED_MEANWHILE in told.main) == (400, True)
        assert "Mine." in told.main
        assert "Theirs." in served.get(f"{at}/reports").main
        assert "Mine." not in served.get(f"{at}/reports").main
        typed |= {"after": told.field("after"), "ticket": "three"}
        assert served.post(f"{at}/report/{ref}", **typed).location == f"{at}/reports"
        assert "Mine." in served.get(f"{at}/reports").main


def test_the_page_of_what_may_go_says_when_there_is_nothing(served: Served) -> None:
    page = served.get("/ready")
    assert "There is no list of units on this workstation" in page.main
    assert 'href="/ready"' in served.get("/").body


def test_nothing_is_sealed_while_the_server_is_away(served: Served) -> None:
    at = f"/case/{served.the_case()}"
    page = served.get(f"{at}/report")
    served.post(f"{at}/report", **_typed(page))
    ref, folder = page.field("ref"), served.vault.parent / "packages"
    sent = served.post(f"{at}/report/{ref}/send", ticket="t4", folder=str(folder))
    assert "Nothing was sent." in (served.follow(sent) if sent.status == 303 else sent).body
    assert not folder.exists()


def _part(page: Got, ref: str) -> str:
    """What the page says of one report."""
    own = page.body[page.body.find(f'id="{ref}"') :]
    return own[: own.find("</section>")]


def test_a_report_is_withdrawn_with_a_reason_and_not_by_one_press(served: Served) -> None:
    at = f"/case/{served.the_case()}"
    page = served.get(f"{at}/report")
    served.post(f"{at}/report", **_typed(page))
    ref = page.field("ref")
    own = _part(served.get(f"{at}/reports"), ref)
    assert f'action="{at}/report/{ref}/withdraw"' not in own
    assert f'href="{at}/report/{ref}/withdraw"' in own
    asked = served.get(f"{at}/report/{ref}/withdraw")
    assert 'name="remark"' in asked.main
    why = "CANARY <i>wait</i> for advice."
    done = served.post(f"{at}/report/{ref}/withdraw", ticket=asked.field("ticket"), remark=why)
    assert done.location == f"{at}/reports"
    assert "The release was withdrawn." in _part(served.get(f"{at}/reports"), ref)
    log = served.get(at).main
    assert "CANARY &lt;i&gt;wait&lt;/i&gt; for advice." in log


def test_a_small_pool_is_made_larger_only_with_a_reason_that_the_second_person_sees(
    served: Served,
) -> None:
    at = f"/case/{served.the_case()}"
    page = served.get(f"{at}/report")
    assert 'name="why"' not in page.main
    served.post(f"{at}/report", **_typed(page, pool="5 or fewer"))
    ref = page.field("ref")
    form = served.get(f"{at}/report/{ref}")
    assert 'name="why"' in form.main
    bare = served.follow(served.post(f"{at}/report/{ref}", **_typed(form)))
    assert 'href="#why"' in bare.main
    again = served.get(f"{at}/report/{ref}")
    kept = served.post(f"{at}/report/{ref}", **_typed(again, why="The <b>shift</b> was told."))
    assert kept.location == f"{at}/reports"
    assert "The &lt;b&gt;shift&lt;/b&gt; was told." in _part(served.get(f"{at}/reports"), ref)
