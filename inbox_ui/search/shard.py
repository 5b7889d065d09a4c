"""A part of the index: the words of a range of mailboxes, in an SQLite database in memory alone.

    cases     which cases are in it, and in which state they were read
    entries   what is searched of them, one row for each entry
    words     the index over that (FTS5), without diacritics: "wyn" finds "ŵyn"
    names     what was marked in a case and accepted
    prints    sketches of first reports, for those that are nearly the same

All SQL here is fixed; what people wrote is bound. An analyst's search is one bound expression that
``query`` made.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from inbox_ui.search.contents import Contents
from inbox_ui.search.excerpts import BEGINS, ENDS
from inbox_ui.search.likeness import SHARED, SKETCH

_PRAGMAS: Final = (
    "PRAGMA temp_store=MEMORY",  # nothing in /tmp
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_mode=MEMORY",
)
_TABLES: Final = """
CREATE TABLE cases (mailbox INTEGER PRIMARY KEY, state TEXT NOT NULL, story TEXT NOT NULL);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, mailbox INTEGER NOT NULL, chain INTEGER NOT NULL,
  seq INTEGER NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX entries_by_mailbox ON entries (mailbox);
CREATE VIRTUAL TABLE words USING fts5 (
  text, content='entries', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE names (
  kind TEXT NOT NULL, normal TEXT NOT NULL, mailbox INTEGER NOT NULL,
  PRIMARY KEY (kind, normal, mailbox)
) WITHOUT ROWID;
CREATE INDEX names_by_mailbox ON names (mailbox);
CREATE TABLE prints (
  hash INTEGER NOT NULL, mailbox INTEGER NOT NULL, PRIMARY KEY (hash, mailbox)
) WITHOUT ROWID;
CREATE INDEX prints_by_mailbox ON prints (mailbox);
"""
_COUNT: Final = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
_BEST: Final = "SELECT rank, rowid FROM words WHERE words MATCH ? ORDER BY rank, rowid DESC LIMIT ?"
_LAST: Final = "SELECT 0.0, rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"
_ENTRY: Final = "SELECT mailbox, chain, seq, day, kind FROM entries WHERE id = ?"
_MARKED: Final = "SELECT highlight(words, 0, ?, ?) FROM words WHERE words MATCH ? AND rowid = ?"
_ALIKE: Final = (
    f"SELECT mailbox FROM prints WHERE hash IN ({', '.join('?' * SKETCH)}) "  # noqa: S608
    "GROUP BY mailbox HAVING count(*) >= ? ORDER BY count(*) DESC LIMIT ?"
)


class Hit(NamedTuple):
    """An entry that was found; the lowest ``rank`` is the best."""

    rank: float
    entry: int


class Place(NamedTuple):
    """Where an entry stands."""

    mailbox: int
    chain: int
    seq: int
    day: str
    kind: str


class Shard:
    """One part. It is empty, or what :meth:`to_bytes` gave."""

    def __init__(self, image: bytes | None = None) -> None:
        # one thread at a time has it, and not always the same one
        self._database = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=32
        )
        if image is not None:
            self._database.deserialize(image)
        for pragma in _PRAGMAS:
            self._database.execute(pragma)
        if image is None:
            self._database.executescript(_TABLES)
        self.known: Final[dict[int, str]] = dict(
            self._database.execute("SELECT mailbox, state FROM cases")
        )
        self.changes = 0
        """How many cases were put or removed since it was made or kept."""
        self.removed = False
        """Whether something has to be gone from what is kept."""

    def put(self, cases: Mapping[int, tuple[str, Contents]]) -> None:
        """Read these cases anew: mailbox → state and contents."""
        with self._changing():
            for mailbox, (state, contents) in cases.items():
                self._remove(mailbox)
                self._add(mailbox, state, contents)
        self.known.update({mailbox: state for mailbox, (state, _) in cases.items()})
        self.changes += len(cases)

    def remove(self, mailbox: int) -> None:
        """A case is not to be found any more."""
        with self._changing():
            self._remove(mailbox)
        del self.known[mailbox]
        self.changes += 1
        self.removed = True

    def count(self, match: str, most: int) -> int:
        """How many entries an expression finds, or ``most`` if there are more."""
        [number] = self._database.execute(_COUNT, (match, most)).fetchone()
        return int(number)

    def find(self, match: str, most: int, *, ranked: bool) -> list[Hit]:
        """The best ``most`` that an expression finds; not ``ranked``: those that were read last."""
        query = _BEST if ranked else _LAST
        return [Hit(*row) for row in self._database.execute(query, (match, most))]

    def place(self, entry: int) -> Place:
        """Where an entry stands."""
        return Place(*self._database.execute(_ENTRY, (entry,)).fetchone())

    def marked(self, match: str, entry: int) -> str:
        """The text of an entry, with marks around what was found (``excerpts``)."""
        [text] = self._database.execute(_MARKED, (BEGINS, ENDS, match, entry)).fetchone()
        return str(text)

    def named(self, kind: str, normal: str) -> frozenset[int]:
        """The cases in which this was marked."""
        query = "SELECT mailbox FROM names WHERE kind = ? AND normal = ?"
        return frozenset(number for (number,) in self._database.execute(query, (kind, normal)))

    def story(self, mailbox: int) -> str:
        """The first report of a case, as it is searched; empty where there is none."""
        query = "SELECT story FROM cases WHERE mailbox = ?"
        row = self._database.execute(query, (mailbox,)).fetchone()
        return str(row[0]) if row is not None else ""

    def where(self, holds: Callable[[str], bool]) -> Iterator[int]:
        """The cases of whose entries one has a text that ``holds``."""
        found: set[int] = set()
        for mailbox, text in self._database.execute("SELECT mailbox, text FROM entries"):
            if mailbox not in found and holds(text):
                found.add(mailbox)
                yield mailbox

    def alike(self, sketch: tuple[int, ...], most: int) -> list[int]:
        """The cases whose first report may be nearly the same."""
        hashes = (*sketch, *[-1] * (SKETCH - len(sketch)))
        needed = min(SHARED, len(sketch))
        return [number for (number,) in self._database.execute(_ALIKE, (*hashes, needed, most))]

    def to_bytes(self) -> bytes:
        """The whole part. Nothing of what was removed is in it."""
        self._database.execute("INSERT INTO words(words) VALUES ('optimize')")
        return self._database.serialize()

    def close(self) -> None:
        """Let go of its memory."""
        self._database.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._database.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _add(self, mailbox: int, state: str, contents: Contents) -> None:
        run = self._database.execute
        run("INSERT INTO cases VALUES (?, ?, ?)", (mailbox, state, contents.story))
        for each in contents.texts:
            row = (mailbox, each.chain, each.seq, each.day, each.kind, each.words)
            query = "INSERT INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?)"
            entry = run(query, row).lastrowid
            run("INSERT INTO words (rowid, text) VALUES (?, ?)", (entry, each.words))
        names = [(kind, normal, mailbox) for kind, normal in contents.names]
        self._database.executemany("INSERT INTO names VALUES (?, ?, ?)", names)
        prints = [(each, mailbox) for each in contents.sketch]
        self._database.executemany("INSERT INTO prints VALUES (?, ?)", prints)

    def _remove(self, mailbox: int) -> None:
        run = self._database.execute
        gone = run("SELECT id, text FROM entries WHERE mailbox = ?", (mailbox,)).fetchall()
        query = "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)"
        self._database.executemany(query, gone)  # what is no more there is told the index so
        run("DELETE FROM entries WHERE mailbox = ?", (mailbox,))
        run("DELETE FROM names WHERE mailbox = ?", (mailbox,))
        run("DELETE FROM prints WHERE mailbox = ?", (mailbox,))
        run("DELETE FROM cases WHERE mailbox = ?", (mailbox,))
