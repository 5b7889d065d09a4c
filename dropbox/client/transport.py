"""One request and its answer: the interface between the client and whatever carries its bytes.

``dropbox.client.http`` is the real one. Tests bring others that live in memory, so that whole
conversations run without a socket.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the whole body, no more of it than was allowed, and the seconds
    after which to ask again, where it says so."""

    status: int
    body: bytes = field(repr=False)
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a browser would have been given: the status, every header in order (names in small
    letters), and the body as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def all(self, name: str) -> list[str]:
        """The values of every header of this name."""
        return [value for each, value in self.headers if each == name]


class Transport(Protocol):
    """Carries requests to one server. It knows nothing of sessions, documents or retries."""

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        """Send ``body`` to ``path`` (from ``/`` on) and read at most ``limit`` bytes of an answer.

        Raises ``NotReached`` where nothing was sent, ``Lost`` where the answer did not come whole,
        ``NotTrusted``, or ``Nonsense`` for what is not an acceptable HTTP answer.
        """

    async def close(self) -> None:
        """Let go of every connection."""
