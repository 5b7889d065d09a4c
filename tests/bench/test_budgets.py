"""What a value is said to be against its budget."""

import pytest

from bench.budgets import Budget, Result, Side
from bench.rounds import compare

RATE = Budget("rate", "ratio", Side.AT_LEAST, 1 / 6, aim=1 / 4)
SECONDS = Budget("wait", "seconds", Side.AT_MOST, 2)
PLAIN = Budget("mailboxes", "mailboxes")


@pytest.mark.parametrize(
    ("budget", "value", "met", "verdict"),
    [
        (RATE, 0.10, False, "MISSED: ≥ 0.167"),
        (RATE, 0.20, True, "met: ≥ 0.167 (the aim of 0.25: not reached)"),
        (RATE, 0.30, True, "met: ≥ 0.167 (the aim of 0.25: reached)"),
        (SECONDS, 2.0, True, "met: ≤ 2"),
        (SECONDS, 2.1, False, "MISSED: ≤ 2"),
        (PLAIN, 7, True, ""),
    ],
)
def test_a_value_is_held_against_its_budget(
    budget: Budget, value: float, met: bool, verdict: str
) -> None:
    result = Result(budget, value)
    assert result.met is met
    assert result.verdict() == verdict
    assert result.to_json()["met"] is met


def test_the_round_that_warms_up_counts_for_nothing_and_one_wild_round_for_little() -> None:
    ours = {0: 1.0, 1: 50.0, 2: 50.0, 3: 9000.0}
    compared = compare(lambda number: ours[number], lambda _: 100.0, rounds=3)
    assert compared.ratio == 0.5
    assert (compared.ours, compared.other) == (50.0, 100.0)
