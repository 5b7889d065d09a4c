"""What an analyst types to open the vault: chosen by a person, so only its length is judged."""

import unicodedata
from typing import Final

from inbox_ui.errors import WeakPassphrase

LEAST_CHARACTERS: Final = 20
LEAST_WORDS: Final = 5


class VaultPassphrase:
    """An analyst's passphrase. Its ``repr`` shows nothing."""

    __slots__ = ("_bytes",)

    def __init__(self, text: str) -> None:
        """Take what was typed. NFKC, so that two keyboards type the same passphrase."""
        self._bytes = unicodedata.normalize("NFKC", text).encode()

    def expose(self) -> bytes:
        """The bytes that Argon2id is given."""
        return self._bytes

    def check_strength(self) -> None:
        """Raise ``WeakPassphrase`` below 20 characters and below five words. No other rule."""
        text = self._bytes.decode()
        if len(text) < LEAST_CHARACTERS and len(text.split()) < LEAST_WORDS:
            raise WeakPassphrase

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VaultPassphrase) and other.expose() == self._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __repr__(self) -> str:
        return "<VaultPassphrase>"
