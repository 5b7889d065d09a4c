"""What bundles brought and what they are to ask for, in the archive.

Answers are kept under the number of the bundle that brought them. They count from the moment the
whole of it was verified, when :meth:`Carried.admit` makes it the newest; what an import that was
interrupted left is thrown away by the next.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from crypto.constants import ID
from dropbox.client.transport import Answer
from inbox_ui.bundles import Answered
from inbox_ui.errors import NoCourier
from inbox_ui.schema import answers, courier, sent, wanted

Transaction = Callable[[], AbstractContextManager[Connection]]

_FILES: Final = "/api/files/"
_FEED: Final = "/api/feed/"


@dataclass(frozen=True)
class Round:
    """How far carrying has come. ``number`` is the pass's; the counters begin at 0."""

    number: int
    origin: str
    written: int
    imported: int
    previous: bytes


class Carried:
    """The part of an archive that has to do with bundles."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading: Final = reading
        self._writing: Final = writing

    # -- the way round --------------------------------------------------------------------------

    def begin(self, number: int, origin: str) -> None:
        """Take another pass into use, and forget what came under the one before."""
        row = {
            "id": 1,
            "number": number,
            "origin": origin,
            "written": 0,
            "imported": 0,
            "previous": bytes(ID),
        }
        with self._writing() as connection:
            for table in (courier, sent, answers):
                connection.execute(delete(table))
            connection.execute(insert(courier).values(row))

    def round(self) -> Round:
        """How far it has come. Raises ``NoCourier``."""
        with self._reading() as connection:
            row = connection.execute(select(courier)).one_or_none()
        if row is None:
            raise NoCourier
        return Round(row.number, row.origin, row.written, row.imported, row.previous)

    def next_counter(self) -> int:
        """A number for the next bundle that is sent; it is given once."""
        with self._writing() as connection:
            taken = update(courier).values(written=courier.c.written + 1)
            number = connection.scalar(taken.returning(courier.c.written))
        if number is None:
            raise NoCourier
        return int(number)

    def remember(self, counter: int, digest: bytes) -> None:
        """Know the bundle that was written, by its hash."""
        with self._writing() as connection:
            connection.execute(insert(sent).values(counter=counter, digest=digest))

    def is_ours(self, counter: int, digest: bytes) -> bool:
        """Whether such a bundle was written here, and waits for its answer."""
        query = select(sent.c.digest).where(sent.c.counter == counter)
        with self._reading() as connection:
            return connection.scalar(query) == digest

    # -- answers --------------------------------------------------------------------------------

    def clear(self, counter: int) -> None:
        """Throw away what an interrupted import left under this number."""
        with self._writing() as connection:
            connection.execute(delete(answers).where(answers.c.bundle == counter))

    def keep(self, counter: int, some: Sequence[Answered]) -> None:
        """Keep answers that do not count yet."""
        rows = [
            {
                "bundle": counter,
                "asked": each.reply.asked,
                "path": each.reply.path,
                "status": each.reply.status,
                "body": each.body,
            }
            for each in some
        ]
        if rows:
            with self._writing() as connection:
                connection.execute(insert(answers).prefix_with("OR REPLACE"), rows)

    def admit(self, counter: int, digest: bytes, origin: str) -> None:
        """Let the answers of this bundle count, and those before it no more.

        Parts of files that somebody waits for stay.
        """
        files = answers.c.path.in_(select(wanted.c.path))
        with self._writing() as connection:
            stay = update(answers).where(files, answers.c.bundle != counter)
            connection.execute(stay.prefix_with("OR IGNORE").values(bundle=counter))
            connection.execute(delete(answers).where(answers.c.bundle != counter))
            connection.execute(delete(sent).where(sent.c.counter <= counter))
            now = {"imported": counter, "previous": digest, "origin": origin}
            connection.execute(update(courier).values(now))

    def answer(self, key: bytes) -> Answer | None:
        """What the newest bundle has for the request with this key."""
        query = select(answers.c.status, answers.c.body).join(
            courier, answers.c.bundle == courier.c.imported
        )
        with self._reading() as connection:
            row = connection.execute(query.where(answers.c.asked == key)).one_or_none()
        return Answer(row.status, row.body) if row is not None else None

    def forget(self) -> None:
        """Forget every answer but those of files: the archive is further than they are."""
        with self._writing() as connection:
            connection.execute(delete(answers).where(~answers.c.path.startswith(_FILES)))

    def forget_fetched(self, but: Iterable[str]) -> None:
        """Forget pages of the feed that are in the archive now, ``but`` those that are asked again.

        What came of a case is asked for at every sync that has to do with it.
        """
        gone = answers.c.path.startswith(_FEED) & answers.c.path.not_in(list(but))
        with self._writing() as connection:
            connection.execute(delete(answers).where(gone))

    # -- files ----------------------------------------------------------------------------------

    def want(self, paths: Iterable[str]) -> None:
        """Ask for these with every bundle, and keep what comes until :meth:`drop`."""
        rows = [{"path": path} for path in paths]
        with self._writing() as connection:
            connection.execute(insert(wanted).prefix_with("OR IGNORE"), rows)

    def wanted(self) -> list[str]:
        """What was asked for and has not come."""
        there = select(answers.c.path).join(courier, answers.c.bundle == courier.c.imported)
        query = select(wanted.c.path).where(wanted.c.path.not_in(there)).order_by(wanted.c.path)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def drop(self, paths: Sequence[str]) -> None:
        """Forget parts of a file, and that they were asked for."""
        with self._writing() as connection:
            for table in (wanted, answers):
                connection.execute(delete(table).where(table.c.path.in_(paths)))
