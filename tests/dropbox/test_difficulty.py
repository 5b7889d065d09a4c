"""The controller of the work that strangers do: its rules, without a server or a clock."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dropbox import limits
from dropbox.difficulty import Board, Difficulty, Seen, State, step

seen = st.builds(
    Seen,
    let_in=st.integers(0, 3000),
    turned_away=st.integers(0, 3000),
    share=st.floats(0, 1.2),
)
histories = st.lists(seen, max_size=60)
BEGINNING = State()
CALM = Seen()
FLOOD = Seen(let_in=1500)
UNSOLVED = Seen(turned_away=3000)


def after(*history: Seen, state: State = BEGINNING, part: float = 1.0) -> State:
    for each in history:
        state = step(state, each, part)
    return state


def climbing() -> list[State]:
    states = [State()]
    for _ in range(60):
        states.append(step(states[-1], FLOOD))
    return states


@given(histories)
def test_it_is_zero_or_worth_asking_and_never_more_than_a_client_does(history: list[Seen]) -> None:
    height = after(*history).height
    assert height == 0 or limits.FIRST_BITS <= height <= limits.MOST_BITS


@given(histories)
def test_it_is_back_at_zero_within_four_minutes_of_calm(history: list[Seen]) -> None:
    assert after(*history, *[CALM] * 240).height == 0


@given(histories, st.data())
def test_more_of_anything_never_makes_it_easier(history: list[Seen], data: st.DataObject) -> None:
    more = [
        Seen(
            each.let_in + data.draw(st.integers(0, 1000)),
            each.turned_away + data.draw(st.integers(0, 1000)),
            each.share + data.draw(st.floats(0, 1)),
        )
        for each in history
    ]
    low, high = State(), State()
    for less, much in zip(history, more, strict=True):
        low, high = step(low, less), step(high, much)
        assert low.height <= high.height
        assert low.let_in <= high.let_in


@given(st.lists(st.integers(0, int(limits.CALM_RATE)), max_size=300))
def test_a_calm_rate_asks_for_nothing_however_long(counts: list[int]) -> None:
    assert after(*(Seen(let_in=count) for count in counts)).height == 0


def test_a_burst_on_a_quiet_day_asks_for_nothing() -> None:
    assert after(Seen(let_in=int(limits.BURST)), *[CALM] * 5).height == 0


def test_a_flood_is_asked_at_once_and_then_more_and_more() -> None:
    heights = [state.height for state in climbing()]
    assert heights[1] == limits.FIRST_BITS
    assert all(low <= high for low, high in pairwise(heights))
    assert heights[-1] == limits.MOST_BITS
    assert heights.index(limits.MOST_BITS) <= 30


def test_those_who_do_not_work_hold_it_at_the_first_level_and_never_raise_it() -> None:
    assert after(*[UNSOLVED] * 100).height == 0
    high = climbing()[-1]
    heights = []
    state = high
    for _ in range(300):
        state = step(state, UNSOLVED)
        heights.append(state.height)
    assert all(before >= later for before, later in pairwise(heights))
    assert heights[-1] == limits.FIRST_BITS
    assert after(*[CALM] * 60, state=state).height == 0


def test_a_full_share_counts_like_a_flood() -> None:
    assert after(Seen(share=0.6)).height == limits.FIRST_BITS
    assert after(Seen(share=0.4)).height == 0
    held = after(Seen(share=0.6), *[Seen(share=0.4)] * 50)
    assert held.height == limits.FIRST_BITS


@settings(deadline=None)  # thousands of looks, on whatever machine this is
@given(st.lists(st.tuples(st.floats(0.01, 20), st.integers(0, 400)), max_size=15))
def test_how_often_it_is_looked_at_changes_nothing(events: list[tuple[float, int]]) -> None:
    """The same events, looked at when they happen and every tenth of a second besides."""
    often, seldom = controller(), controller()
    now, ticks = 0.0, 0
    for pause, count in events:
        now += pause
        while ticks / 10 < now:
            often.advance(ticks / 10, 0)
            ticks += 1
        for each in (often, seldom):
            each.advance(now, 0)
            for _ in range(count):
                each.let_in()
    often.advance(now + 1, 0)
    seldom.advance(now + 1, 0)
    assert often.level == seldom.level


def controller(least: int = 0, most: int = limits.MOST_BITS) -> Difficulty:
    return Difficulty(Board(bytearray(1), 0), least, most, 0.0)


def flooded(difficulty: Difficulty, begin: int, seconds: int) -> None:
    for second in range(begin, begin + seconds):
        for _ in range(1000):
            difficulty.let_in()
        difficulty.advance(second + 1, 0)


def test_a_clock_that_goes_back_or_jumps_does_no_harm() -> None:
    difficulty = controller()
    flooded(difficulty, 0, 5)
    level = difficulty.level
    difficulty.advance(-1000, 0)
    assert difficulty.level == level
    difficulty.advance(10**9, 0)
    assert difficulty.level == 0


def test_the_highest_of_all_workers_is_asked_and_a_new_one_begins_at_zero() -> None:
    levels = bytearray(2)
    first = Difficulty(Board(levels, 0), 0, limits.MOST_BITS, 0.0)
    second = Difficulty(Board(levels, 1), 0, limits.MOST_BITS, 0.0)
    flooded(first, 0, 3)
    second.advance(3, 0)
    assert first.level == second.level >= limits.FIRST_BITS
    Difficulty(Board(levels, 0), 0, limits.MOST_BITS, 3.0)
    assert second.level == 0


def test_each_worker_has_its_part_of_the_calm_rate() -> None:
    half = Seen(let_in=int(limits.CALM_RATE * 0.8))
    assert after(*[half] * 100).height == 0
    assert after(*[half] * 100, part=0.5).height > 0


def test_what_was_enough_stays_enough_for_a_while() -> None:
    difficulty = controller()
    flooded(difficulty, 0, 1)
    first = difficulty.level
    flooded(difficulty, 1, 20)
    assert difficulty.level > first
    assert difficulty.enough == first
    now = 21 + int(limits.GRACE_SECONDS)
    flooded(difficulty, 21, now - 21)
    assert difficulty.enough > first


def test_an_easy_token_from_before_the_flood_is_never_enough() -> None:
    difficulty = controller()
    for second in range(10):
        difficulty.advance(second, 0)
    flooded(difficulty, 10, 1)
    assert difficulty.enough == difficulty.level >= limits.FIRST_BITS


def test_an_operator_sets_the_bounds() -> None:
    pinned, never = controller(4, 4), controller(0, 0)
    assert (pinned.level, never.level) == (4, 0)
    flooded(pinned, 0, 20)
    flooded(never, 0, 20)
    assert (pinned.level, never.level) == (4, 0)
