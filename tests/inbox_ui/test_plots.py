"""What a plot leaves out is said, and its table has everything."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_ui.accounts.figures import Account, Axis, Tally, count, kinds_of, months_between
from inbox_ui.accounts.plots import draw
from inbox_ui.work.story import Story

FORCES = [each for each in kinds_of(Axis.FORCE) if each not in ("none", "several", "unlisted")]


def _account(day: date, force: str) -> Account:
    return Account(Story(day, False, 1, None, None, None, False), ("other",), (force,), "open")


def _many(count: int) -> list[Account]:
    """Reports over ``count`` months, each about another force where there are so many."""
    first = date(2020, 1, 15)
    return [_account(first + timedelta(days=30 * n), FORCES[n % len(FORCES)]) for n in range(count)]


@pytest.mark.parametrize("axis", Axis)
@pytest.mark.parametrize("number", [1, 24, 60, 110])
def test_the_table_has_every_row_of_the_tally(axis: Axis, number: int) -> None:
    figures = count(_many(number))
    tally = figures.tally(axis)
    plot = draw(tally, figures.count)
    assert [each for _, each in plot.rows] == [each for _, each in tally.rows]
    assert sum(each for _, each in plot.rows) == number
    drawn = sum(each.count for each in plot.bars)
    assert drawn == number or (axis is Axis.MONTH and "in the table" in plot.cut)


def test_forces_without_a_bar_of_their_own_share_one() -> None:
    figures = count([*_many(40), *[_account(date(2023, 1, 1), "kent")] * 3])
    plot = draw(figures.tally(Axis.FORCE), figures.count)
    assert (len(plot.bars), plot.bars[0].name) == (24, "Kent Police")
    assert (plot.bars[-1].name, plot.bars[-1].count) == ("others (17)", 17)
    assert plot.cut.startswith("The 23 that are named most have a bar each; the 17 others")


def test_months_without_a_bar_are_named_by_how_many_they_are() -> None:
    months = months_between("2023-01", "2025-06")
    tally = Tally(Axis.MONTH, tuple((each, 2) for each in months))
    plot = draw(tally, 60)
    assert (plot.bars[0].name, plot.bars[-1].name) == ("July 2023", "June 2025")
    assert plot.cut.startswith("The last 24 months have a bar; the 6 before them")
    assert len(plot.rows) == 30
    short = draw(Tally(Axis.MONTH, tally.rows[:24]), 48)
    assert (len(short.bars), short.cut) == (24, "")


def test_the_sentence_names_the_most_of_all_and_not_of_the_bars() -> None:
    rows = (("2020-01", 9), *((each, 1) for each in months_between("2020-02", "2023-12")))
    assert "January 2020, 9 of 56" in draw(Tally(Axis.MONTH, rows), 56).summary


@settings(max_examples=50)
@given(st.lists(st.integers(0, 9), min_size=len(FORCES), max_size=len(FORCES)))
def test_the_bars_of_forces_come_to_as_many_as_are_named(counts: list[int]) -> None:
    tally = Tally(Axis.FORCE, tuple(zip(FORCES, counts, strict=True)))
    plot = draw(tally, sum(counts))
    assert sum(each.count for each in plot.bars) == sum(counts)
    assert len(plot.bars) <= 24
