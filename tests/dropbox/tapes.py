"""Backups taken apart and put together again, with whatever a test wants to be wrong in them."""

import io
from collections.abc import Callable, Iterable
from pathlib import Path

from dropbox.operation.tape import Head, PartBytes, Row, TapeWriter, read, verify

Item = Head | Row | PartBytes
Change = Callable[[list[Item]], Iterable[Item]]


def items(path: Path) -> list[Item]:
    with path.open("rb") as file:
        verify(file)
        return list(read(file))


def head_of(path: Path) -> Head:
    head = items(path)[0]
    assert isinstance(head, Head)
    return head


def rewrite(path: Path, change: Change) -> Path:
    """The backup with its records changed, and a hash that is right again."""
    sink = io.BytesIO()
    tape = TapeWriter(sink)
    for item in change(items(path)):
        if isinstance(item, Head):
            tape.head(item)
        elif isinstance(item, Row):
            tape.row(item.table, item.values)
        else:
            tape.part(item)
    tape.end()
    other = path.with_name("changed.backup")
    other.write_bytes(sink.getvalue())
    return other
