"""The same request again over a broken connection, with growing pauses, up to a bound.

Every request of ours may be repeated: what is stored is stored under an id the client chose, and
what is sent again is the same bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from dropbox.client.errors import Away, Refused
from dropbox.wire import Fault

T = TypeVar("T")

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_WORTH_WAITING: Final = frozenset({Fault.BUSY, Fault.FAILED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """No answer came; the next try starts in ``seconds``. ``tries`` have failed so far."""

    seconds: float
    tries: int
    error: Away | Refused


@dataclass(frozen=True, slots=True)
class Moving:
    """``done`` of ``total`` bytes of the file ``name`` are on the other side."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Working:
    """The server is busy, and this computer works for a place: about ``seconds`` more."""

    seconds: float


Event = Waiting | Moving | Working
Tell = Callable[[Event], None]
"""Told how it goes. Never told anything a server wrote."""


def say_nothing(_: Event) -> None:
    """A :data:`Tell` for those who do not want to know."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on trying: one pause in seconds before each further try."""

    pauses: tuple[float, ...] = (0.5, 1, 2, 4, 8, 15, 30)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @classmethod
    def lasting(cls, seconds: float) -> Self:
        """Pauses that double up to half a minute and together last about ``seconds``."""
        pauses: list[float] = []
        while sum(pauses) < seconds:
            pauses.append(min(_FIRST_PAUSE * 2 ** len(pauses), _LONGEST_PAUSE))
        return cls(tuple(pauses))


ORDINARY_PATIENCE: Final = Patience()
NO_PATIENCE: Final = Patience(())


async def patiently(call: Callable[[], Awaitable[T]], patience: Patience, tell: Tell) -> T:
    """What ``call()`` gives, called again while the network is away or the server is busy.

    A server that says how long to wait is waited for, within what all pauses are together. Raises
    what the last try raised.
    """
    left = sum(patience.pauses)
    for tries, usual in enumerate(patience.pauses, start=1):
        try:
            return await call()
        except (Away, Refused) as error:
            if isinstance(error, Refused) and error.fault not in _WORTH_WAITING:
                raise
            asked = error.wait if isinstance(error, Refused) else 0
            pause = max(usual, min(asked, left))
            tell(Waiting(pause, tries, error))
        await patience.sleep(pause)
        left -= pause
        if left <= 0:
            break
    return await call()
