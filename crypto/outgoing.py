"""An envelope on its way to a server, with what travels beside it."""

from dataclasses import dataclass, field, replace

from crypto.envelope import Envelope
from crypto.files import FileManifest
from crypto.keys import Card
from crypto.primitives import RandomBytes
from crypto.wrapping import WrapKind, wrap


@dataclass(frozen=True)
class Outgoing:
    """A sealed envelope and its wraps.

    ``wraps`` are pairs of card id and 1,184 bytes. ``use`` is the case group that signed a ``team``
    envelope. ``content_key`` stays with its author, so that it can be wrapped to another group
    without a new envelope.
    """

    envelope: Envelope
    wraps: tuple[tuple[bytes, bytes], ...]
    files: tuple[FileManifest, ...]
    use: bytes | None
    content_key: bytes = field(repr=False)

    def rewrapped(self, cards: tuple[Card, ...], random_bytes: RandomBytes) -> "Outgoing":
        """The same envelope, under the same id, wrapped to other cards."""
        return replace(self, wraps=wrap_all(self.envelope, self.content_key, cards, random_bytes))


def wrap_all(
    envelope: Envelope, content_key: bytes, cards: tuple[Card, ...], random_bytes: RandomBytes
) -> tuple[tuple[bytes, bytes], ...]:
    """A wrap of the content key for each card."""
    return tuple(
        (card.id, wrap(content_key, WrapKind.ENVELOPE, (envelope.id,), card, random_bytes))
        for card in cards
    )
