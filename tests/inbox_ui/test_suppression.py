"""Nothing under five can be got back from a published table, by whoever knows the rules."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_ui.accounts.figures import Axis
from inbox_ui.accounts.suppression import LEAST, Hidden, Shown, suppress


def _tables(rows: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every table of so many rows with this sum."""
    if rows == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _tables(rows - 1, total - first):
            yield (first, *rest)


def _possible(shown: tuple[Shown, ...], total: int) -> Iterator[tuple[int, ...]]:
    """Every table of which ``shown`` may have been published, found without ``suppress``: what is
    shown is so, a few are under five, and the rest is any number up to what is left."""
    left = total - sum(each for each in shown if isinstance(each, int))
    ranges = {Hidden.FEW: range(LEAST), Hidden.WITHHELD: range(left + 1)}
    hidden = [each for each in shown if isinstance(each, Hidden)]
    if not hidden:
        yield tuple(each for each in shown if isinstance(each, int))
        return
    for values in product(*(ranges[each] for each in hidden[:-1])):
        last = left - sum(values)
        if last in ranges[hidden[-1]]:
            filling = iter((*values, last))
            yield tuple(each if isinstance(each, int) else next(filling) for each in shown)


@pytest.mark.parametrize(("rows", "most"), [(1, 12), (2, 40), (3, 26), (4, 21), (5, 16)])
def test_whoever_knows_the_rules_cannot_tell_what_a_few_are(rows: int, most: int) -> None:
    for total in range(LEAST, most + 1):
        alike = defaultdict(list)
        for table in _tables(rows, total):
            alike[suppress(table)].append(table)
        for shown, tables in alike.items():
            for place, each in enumerate(shown):
                values = {table[place] for table in tables}
                if each is Hidden.FEW:
                    assert values == set(range(LEAST)), (shown, total)
                elif each is Hidden.WITHHELD:
                    assert len(values) > 1, (shown, total)
                else:
                    assert values == {each}


COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 6), st.integers(7, 60))


@settings(max_examples=80, deadline=None)
@given(st.lists(COUNTS, min_size=2, max_size=60).filter(lambda each: sum(each) >= LEAST))
def test_no_count_that_is_not_shown_has_but_one_possible_value(counts: list[int]) -> None:
    shown, total = suppress(counts), sum(counts)
    left = total - sum(each for each in shown if isinstance(each, int))
    hidden = [each for each in shown if isinstance(each, Hidden)]
    for place, each in enumerate(hidden):  # the bounds that everybody can work out
        others = hidden[:place] + hidden[place + 1 :]
        most = sum(left if other is Hidden.WITHHELD else LEAST - 1 for other in others)
        low = max(0, left - most)
        high = min(left, LEAST - 1 if each is Hidden.FEW else left)
        assert low < high
        assert (low, high) == (0, LEAST - 1) or each is Hidden.WITHHELD


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=2, max_size=4).filter(lambda each: sum(each) >= LEAST))
def test_every_table_that_fits_is_published_alike(counts: list[int]) -> None:
    """So the choice of what is withheld tells nothing either: of tables with a ``FEW`` in them."""
    shown = suppress(counts)
    fitting = list(_possible(shown, sum(counts)))
    assert tuple(counts) in fitting
    for place, each in enumerate(shown):
        if each is Hidden.FEW:
            alike = {table[place] for table in fitting if suppress(table) == shown}
            assert alike == set(range(LEAST))


@given(st.lists(st.integers(0, 100), min_size=1, max_size=60))
def test_no_count_under_five_is_shown(counts: list[int]) -> None:
    if sum(counts) < LEAST:
        with pytest.raises(ValueError, match="nothing"):
            suppress(counts)
        return
    shown = suppress(counts)
    assert all(each in (value, *Hidden) for each, value in zip(shown, counts, strict=True))
    assert not any(isinstance(each, int) and each < LEAST for each in shown)


def test_of_two_tables_that_share_a_row_a_few_can_be_worked_out() -> None:
    """Why how long it took to conclude is in no paper: what is open is a row of the outcomes."""
    in_time, late, still_open = 20, 3, 7
    outcomes = suppress([still_open, 15, 8])
    times = suppress([in_time, late, still_open])
    assert times == (in_time, Hidden.WITHHELD, Hidden.WITHHELD)
    said = [each for each in (times[0], outcomes[0]) if isinstance(each, int)]
    assert in_time + late + still_open - sum(said) == late
    assert not {"read", "concluded"} & {each.value for each in Axis}


def test_nought_is_not_shown_either() -> None:
    assert suppress([30, 0, 20, 10]) == (30, Hidden.FEW, Hidden.WITHHELD, Hidden.WITHHELD)


def test_a_table_without_a_small_count_is_shown_whole() -> None:
    assert suppress([5, 6, 700]) == (5, 6, 700)
