"""A request of somebody who asks what is held about them, on the pages."""

import re
from collections.abc import Iterator

import pytest

from crypto.reporter import Draft as Report
from inbox_ui import interests
from inbox_ui.accounts import words
from inbox_ui.work import sending
from inbox_ui.work.intelligence import Draft, Pool, Tick
from tests.inbox_ui.intelligence import TEXT, a_report
from tests.inbox_ui.served import Got, Served, Shop

NAME = "Rowan Tait"
CANARY = "CANARYCLERK"
SAID = f"DC Rowan Tait sells checks, and I am his {CANARY}."


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A case that names somebody in its report, and in an intelligence report that was read; and
    one that a declared interest hides."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.report(Report(SAID))
    shop.desk.sync()
    station, report = shop.desk.station, a_report()
    sending.keep(station, shop.desk.only(), Draft(None, report, Pool.MORE, None))
    shop.desk.sync()
    sending.read(station, shop.desk.only(), report.ref, tuple(Tick))
    shop.report(Report("Greyfen station again."))
    shop.desk.station.keep(lambda vault: interests.declare(vault, "Greyfen station"))
    shop.close()
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        yield served


def _found(served: Served, name: str = NAME) -> Got:
    served.post("/subject-access", name=name)
    return served.get("/subject-access")


def _line(page: Got, text: str) -> tuple[str, str]:
    """The code and the ticket of a line that may be given."""
    form = page.main[page.main.index(text) :]
    [ticket] = re.findall(r'name="ticket" value="([^"]+)"', form)[:1]
    [code] = re.findall(r'name="line" value="([^"]+)"', form)[:1]
    return code, ticket


def test_the_name_is_in_no_address_and_the_words_of_a_reporter_are_not_shown(
    served: Served,
) -> None:
    sent = served.submit("/subject-access", name=NAME)
    assert (sent.status, sent.location) == (303, "/subject-access")
    page = served.get("/subject-access")
    assert TEXT in page.main
    assert page.main.count(">withheld<") == 1
    assert CANARY not in page.body
    assert "names this person" in _found(served, "Nobody Whatever").main
    assert "1 case was not searched" in served.get("/subject-access").main


def test_one_person_proposes_and_cannot_agree_alone(served: Served) -> None:
    code, ticket = _line(_found(served), TEXT)
    form = {"line": code, "ticket": ticket}
    empty = served.post("/subject-access/proposed", reason=" ", **form)
    assert (empty.status, f'href="#reason-{code}"' in empty.main) == (400, True)
    long = served.post("/subject-access/proposed", reason="x" * 5000, **form)
    assert (long.status, "x" * 5000 in long.main) == (400, True)  # what was typed is not lost
    for _ in range(2):  # a form that is sent twice says it once
        served.post("/subject-access/proposed", reason="<b>Harmless.</b>", **form)
    page = served.get("/subject-access").main
    own = page[page.index(TEXT) :]
    own = own[: own.index("</li>")]
    assert 'formaction="/subject-access/withdrawn"' in own
    assert 'formaction="/subject-access/agreed"' not in own
    refused = served.post("/subject-access/agreed", line=code, ticket="alone", reason="Mine.")
    assert refused.status == 400
    gone = served.post("/subject-access/agreed", line="aaaaaaaa", ticket="none", reason="Which?")
    assert gone.status == 400


def test_an_answer_with_nothing_that_two_let_go_neither_confirms_nor_denies(
    served: Served,
) -> None:
    folder = served.vault.parent
    for name, file in ((NAME, "held.txt"), ("Nobody Whatever", "none.txt")):
        _found(served, name)
        made = served.post("/subject-access/answer", goal=str(folder / file))
        assert "The answer is written" in made.main
    held = (folder / "held.txt").read_text()
    assert held == (folder / "none.txt").read_text() == words.ANSWER + "\n"
    assert (folder / "held.txt").stat().st_mode & 0o777 == 0o600
    for goal, said in (
        (str(folder / "held.txt"), "is there already"),
        ("relative.txt", "Give a whole path"),
        (str(folder / "nowhere" / "held.txt"), "cannot be written"),
    ):
        refused = served.post("/subject-access/answer", goal=goal)
        assert (refused.status, said in refused.main) == (400, True), goal
    assert (folder / "held.txt").read_text() == held
