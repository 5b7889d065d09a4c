"""How hard the work is that strangers do for a place (docs/protocol.md §9): a small controller.

It is told how many strangers were let in, how many were turned away because they brought no proof,
and how full the fullest of the strangers' shares is. Once a second it goes up, down or stays:

    more than calm comes in, or a share is over half full      up, at once to FIRST_BITS
    all of it is low                                           down, and below FIRST_BITS to 0
    between                                                    stays

Those turned away hold it at ``FIRST_BITS`` and never raise it: turning away costs little, and who
does not work must not make others work more. No clock is in here: the caller says the time.

Each worker has a controller of its own, for its part of the calm rate; what is asked is the highest
level of all workers (:class:`Board`), because a client's next request may meet another worker than
the one that gave it its token. Several server processes over one database do not share levels: they
share the database, which is what is short, and a client asks again where one wants more.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final, Protocol

from dropbox import limits

_LONGEST_LAPSE: Final = 3600
"""Seconds after which everything is as if nothing had been."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened in one second. ``share``: of the strangers' fullest share, 0 to 1."""

    let_in: int = 0
    turned_away: int = 0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """Where the controller is. ``height`` in bits; the others are leaky buckets, in requests."""

    height: float = 0.0
    let_in: float = 0.0
    turned_away: float = 0.0


def step(state: State, seen: Seen, part: float = 1.0) -> State:
    """The state a second later. ``part`` is the worker's part of the calm rate, 0 to 1.

    Monotone: more of anything in ``seen``, or a higher ``state``, never gives a lower state.
    """
    burst, calm = limits.BURST * part, limits.CALM_RATE * part
    let_in = _leak(state.let_in + seen.let_in, calm, burst)
    turned_away = _leak(state.turned_away + seen.turned_away, calm, burst)
    height = state.height
    if let_in > burst or seen.share > limits.HIGH_SHARE:
        height = min(max(height + limits.RISE, limits.FIRST_BITS), limits.MOST_BITS)
    elif let_in <= burst / 2 and seen.share < limits.LOW_SHARE:
        held = turned_away > burst / 2 and height >= limits.FIRST_BITS
        height = max(height - limits.FALL, limits.FIRST_BITS if held else 0.0)
        if height < limits.FIRST_BITS:
            height = 0.0
    return State(height, let_in, turned_away)


def _leak(fill: float, calm: float, burst: float) -> float:
    """A bucket after a second. It holds at most two bursts, so that it is soon empty again."""
    return max(0.0, min(fill, 2 * burst + calm) - calm)


class Levels(Protocol):
    """One byte for each worker: an array, or memory that all of them see."""

    def __getitem__(self, number: int, /) -> int:
        """A worker's level."""

    def __setitem__(self, number: int, level: int, /) -> None:
        """Set it."""

    def __len__(self) -> int:
        """How many workers there are."""


class Board:
    """The levels of all workers. A byte is written and read whole, so nobody waits for a lock.

    A worker that is gone is replaced, and the new one begins by writing its own level.
    """

    def __init__(self, levels: Levels, number: int) -> None:
        self._levels = levels
        self._number = number
        self.show(0)

    @property
    def part(self) -> float:
        """Each worker's part of what all may do."""
        return 1 / len(self._levels)

    @property
    def highest(self) -> int:
        """The highest level of any worker."""
        return max(self._levels[number] for number in range(len(self._levels)))

    def show(self, level: int) -> None:
        """Write this worker's level."""
        self._levels[self._number] = level


class Difficulty:
    """The controller of one worker. Times are seconds of any clock that does not go back.

    ``least`` and ``most`` bound the level: ``most`` 0 asks for nothing, ever.
    """

    def __init__(self, board: Board, least: int, most: int, now: float) -> None:
        self._board = board
        self._least, self._most = min(least, most), most
        self._state = State()
        self._seen = Seen()
        self._stepped = now
        self._levels: deque[tuple[float, int]] = deque()
        self._lowest = 0
        self.advance(now, 0.0)

    @property
    def level(self) -> int:
        """The zero bits asked now; 0: nobody has to work."""
        return min(max(self._board.highest, self._least), self._most)

    @property
    def enough(self) -> int:
        """The zero bits of a token that is still good: the lowest asked for in the last minutes."""
        level = self.level
        return min(self._lowest, level) if self._lowest else level

    def let_in(self) -> None:
        """A stranger was let in, with a proof or because none was asked."""
        self._seen = replace(self._seen, let_in=self._seen.let_in + 1)

    def turned_away(self) -> None:
        """A stranger who brought no proof was told to."""
        self._seen = replace(self._seen, turned_away=self._seen.turned_away + 1)

    def advance(self, now: float, share: float) -> None:
        """Take the steps of the whole seconds since the last ones."""
        lapse = int(now - self._stepped)
        if lapse > 0:
            self._stepped += lapse
            seen, self._seen = replace(self._seen, share=share), Seen()
            for _ in range(min(lapse, _LONGEST_LAPSE)):
                self._state = step(self._state, seen, self._board.part)
                seen = Seen(share=share)
        self._board.show(int(self._state.height))
        self._levels.append((now, self.level))
        while len(self._levels) > 1 and self._levels[1][0] <= now - limits.GRACE_SECONDS:
            self._levels.popleft()
        self._lowest = min((level for _, level in self._levels if level), default=0)
