"""What a vector is made of, and the wraps that are kept from one making to the next."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from crypto.chains import Stored
from crypto.constants import WRAP
from crypto.errors import DoesNotOpen, ProtocolError
from crypto.wrapping import Opener, WrapKind, unwrap, wrap
from tests.crypto.world import stream

FOLDER = Path(__file__).parent
Value = Any
Case = dict[str, Value]
_WRAP_CHARACTERS = -(-WRAP * 8 // 6)
_WRAPPED = re.compile(rf'"wrapped":"([\w-]{{{_WRAP_CHARACTERS}}})"', re.ASCII)
"""The wrap inside a signed grant."""


def b64(data: bytes) -> str:
    """Unpadded base64url, as in documents."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of unpadded base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def good(name: str, given: dict[str, Value], /, **out: Value) -> Case:
    """A case that succeeds and gives ``out``."""
    return {"name": name, "in": given, "expect": "ok", "out": out}


def bad(name: str, given: dict[str, Value], error: type[ProtocolError]) -> Case:
    """A case that is refused."""
    return {"name": name, "in": given, "expect": error.__name__}


def read_row(row: dict[str, Value]) -> Stored:
    """A row as a server gives it."""
    return Stored(
        unb64(row["header"]),
        unb64(row["hash_of_body"]),
        None if row["body"] is None else unb64(row["body"]),
        {unb64(card): unb64(wrapped) for card, wrapped in row["wraps"].items()},
        date.fromisoformat(row.get("day", "2026-03-02")),
        None if row.get("deleted") is None else unb64(row["deleted"]),
    )


class KeptWraps:
    """Wraps that are already in a file.

    ML-KEM's encapsulation draws its own randomness, so a wrap cannot be made twice. Those that
    still open to the right secret at the right place stay; ``new`` counts the others.
    """

    def __init__(self, path: Path) -> None:
        self._wraps = sorted(set(_wraps_in(path))) if path.exists() else []
        self.new = 0

    def wrap(self, secret: bytes, kind: WrapKind, names: tuple[bytes, ...], keys: Opener) -> bytes:
        """A wrap of ``secret``: the one already there, or a new one."""
        for kept in self._wraps:
            try:
                if unwrap(kept, kind, names, keys) == secret:
                    return kept
            except DoesNotOpen:
                continue
        self.new += 1
        made = wrap(secret, kind, names, keys.card, stream(f"{kind} {names!r}"))
        self._wraps.append(made)
        return made


def _wraps_in(path: Path) -> Iterator[bytes]:
    def walk(value: Value) -> Iterator[bytes]:
        if isinstance(value, str) and len(value) == _WRAP_CHARACTERS and value.isascii():
            yield unb64(value)
        elif isinstance(value, str) and len(value) > _WRAP_CHARACTERS and value.isascii():
            yield from map(unb64, _WRAPPED.findall(unb64(value).decode("latin-1")))
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from walk(each)

    return walk(json.loads(path.read_text("utf-8")))
