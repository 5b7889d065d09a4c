"""The figures on the pages, at the level of HTTP."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crypto.documents import Category, Sealed
from crypto.reporter import Draft
from inbox_ui.accounts.figures import month_of, months_between
from inbox_ui.options import today
from tests.inbox_ui.served import Got, Served, Shop

AGO = 40
"""Days: reports of a month that is over."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Seven reports of last month or the one before, one of them by telephone."""
    day = date.fromordinal(today().toordinal() - AGO)
    shop = Shop(tmp_path_factory.mktemp("shop"), day)
    for number in range(7):
        sealed = Sealed.BY_TELEPHONE if number == 0 else Sealed.ON_DEVICE
        about = (Category.SEXUAL,) if number < 2 else (Category.OTHER, Category.SEXUAL)
        shop.report(Draft("Invented.", sealed=sealed, categories=about, forces=("kent",)))
    return shop.close()


@pytest.fixture(scope="module")
def served(shop: Shop) -> Iterator[Served]:
    with Served(shop.vault, unlocked=True) as served:
        served.enter()
        yield served


def _rows(page: Got, title: str) -> dict[str, str]:
    """The table under a heading."""
    part = page.main[page.main.index(f">{title}</h2>") :]
    part = part[: part.index("</table>")]
    return dict(re.findall(r'"Kind">([^<]*)</td><td data-label="Reports">([^<]*)<', part))


def test_the_dashboard_shows_every_report_that_is_there(served: Served) -> None:
    page = served.get("/figures")
    assert page.status == 200
    assert _rows(page, "How they came") == {"by telephone": "1", "online": "6"}
    about = _rows(page, "What they are about")
    assert (about["abuse for a sexual purpose"], about["something else"]) == ("7", "5")
    forces = _rows(page, "By police force")
    assert {name: each for name, each in forces.items() if each != "0"} == {"Kent Police": "7"}
    assert len(forces) > 24  # the table has all of them, also those that have no bar
    assert "1 of 7 (14%)" in page.main
    assert "1,988 of 2,878 (69%)" in page.main


def test_a_plot_has_no_script_and_no_style_in_it(served: Served) -> None:
    page = served.get("/figures")
    drawings = re.findall(r"<svg.*?</svg>", page.main, re.DOTALL)
    assert len(drawings) == 8
    assert not re.search(r"style=|<script|<style|on\w+=|href=", "".join(drawings))
    for drawing in drawings:
        [title] = re.findall(r'aria-labelledby="([^"]+)"', drawing)
        [said] = re.findall(r'aria-describedby="([^"]+)"', drawing)
        assert f'id="{title}"' in page.main
        assert f'id="{said}"' in page.main
    assert page.headers["content-security-policy"].count("'self'") == 5


def test_a_paper_is_made_once_and_is_the_same_from_then_on(served: Served, shop: Shop) -> None:
    first, last = month_of(date.fromordinal(today().toordinal() - 70)), _last_month()
    page = served.post("/figures/oversight", first=first, last=last)
    assert "7 reports." in page.main
    assert _rows(page, "How they came") == {"by telephone": "withheld", "online": "withheld"}
    kept = (shop.vault / "published.json").read_bytes()
    again = served.post("/figures/oversight", first=first, last=last)
    assert _rows(again, "By police force") == _rows(page, "By police force")
    assert (shop.vault / "published.json").read_bytes() == kept
    assert f"/figures/oversight/{first}/{last}" in served.get("/figures/oversight").main
    refused = served.post("/figures/oversight", first=last, last=last)
    assert "could be taken from each other" in refused.main
    assert served.get("/figures/oversight/2020-01/2020-01").status == 404


def test_the_table_is_written_and_no_file_is_replaced(served: Served, tmp_path: Path) -> None:
    first, last = month_of(date.fromordinal(today().toordinal() - 70)), _last_month()
    served.post("/figures/oversight", first=first, last=last)
    address, goal = f"/figures/oversight/{first}/{last}", tmp_path / "table.csv"
    page = served.post(address, goal=str(goal))
    assert "The table is written" in page.main
    lines = goal.read_bytes().split(b"\r\n")
    assert lines[0] == b'"Table","Kind","Reports"'
    assert b'"By police force","Kent Police","withheld"' in lines or len(lines) > 60
    refused = served.post(address, goal=str(goal))
    assert refused.status == 400
    assert "error-summary" in refused.main
    assert "whole path" in served.post(address, goal="relative").main


@pytest.mark.parametrize(
    "months", [("", ""), ("2026-13", "2026-14"), ("=1", "<b>"), ("a" * 99, "")]
)
def test_what_are_no_months_is_said_beside_the_field(
    served: Served, months: tuple[str, str]
) -> None:
    page = served.post("/figures/oversight", first=months[0], last=months[1])
    assert 'id="first-error"' in page.main
    assert "<b>" not in page.main


def _last_month() -> str:
    return months_between("2020-01", month_of(today()))[-2]
