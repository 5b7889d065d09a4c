"""Intelligence reports on the pages: written in a form, errors by their fields."""

import re
from collections.abc import Iterator

import pytest

from crypto.reporter import Draft
from tests.inbox_ui.served import Got, Served, Shop


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.report(Draft("CANARY <b>saw</b> him take an envelope at the services every week."))
    shop.close()
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        yield served


def _typed(page: Got, **changes: str) -> dict[str, str]:
    """What a browser would send of the form, with ``changes``."""
    fields = {each: page.field(each) for each in ("ticket", "ref", "after")}
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
    assert shown.count("<h2 id=") - 1 == 1  # one, and the answers
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
