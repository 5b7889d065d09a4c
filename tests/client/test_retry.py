"""Going on over a broken connection, and giving up."""

import pytest

from dropbox.client.errors import Lost, Nonsense, NotReached, NotTrusted, Refused
from dropbox.client.retry import Event, Patience, Waiting, patiently
from dropbox.wire import Fault


class Pauses:
    def __init__(self) -> None:
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.mark.parametrize(
    "error", [Lost(), NotReached(), Refused(Fault.BUSY), Refused(Fault.FAILED)]
)
async def test_tries_again_with_growing_pauses_and_says_so(error: Exception) -> None:
    pauses, told, tries = Pauses(), list[Event](), 0

    async def call() -> str:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise error
        return "done"

    assert await patiently(call, Patience((1, 2, 4, 8), pauses.sleep), told.append) == "done"
    assert pauses.taken == [1, 2, 4]
    assert [event.tries for event in told if isinstance(event, Waiting)] == [1, 2, 3]


@pytest.mark.parametrize("error", [Nonsense(), NotTrusted(), Refused(Fault.FULL)])
async def test_what_will_not_change_is_not_tried_again(error: Exception) -> None:
    pauses = Pauses()

    async def call() -> None:
        raise error

    with pytest.raises(type(error)):
        await patiently(call, Patience((1,), pauses.sleep), lambda _: None)
    assert pauses.taken == []


async def test_gives_up_at_the_bound() -> None:
    pauses = Pauses()

    async def call() -> None:
        raise Lost

    with pytest.raises(Lost):
        await patiently(call, Patience((1, 1), pauses.sleep), lambda _: None)
    assert pauses.taken == [1, 1]


@pytest.mark.parametrize(("seconds", "tries"), [(0, 0), (0.4, 1), (1, 2), (60, 7)])
def test_lasting(seconds: float, tries: int) -> None:
    pauses = Patience.lasting(seconds).pauses
    assert len(pauses) == tries
    assert seconds <= sum(pauses) <= seconds + 30
    assert list(pauses) == sorted(pauses)
