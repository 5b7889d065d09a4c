"""Hypothesis: the documents of the HTTP interface."""

from typing import Any

from hypothesis import strategies as st

from crypto.encoding import Document, rising
from dropbox import wire
from tests.crypto.strategies import documents_of

WIRE_DOCUMENTS: tuple[type[Document], ...] = (
    wire.Assignment,
    wire.Challenge,
    wire.Deletion,
    wire.Deletions,
    wire.Entry,
    wire.FileClaim,
    wire.FileStart,
    wire.FileState,
    wire.Grants,
    wire.Login,
    wire.Marks,
    wire.Opened,
    wire.Page,
    wire.Papers,
    wire.Place,
    wire.Purged,
    wire.PurgedAgain,
    wire.Purging,
    wire.Receipt,
    wire.Refusal,
    wire.Rewrapping,
    wire.Session,
    wire.Spot,
    wire.Submission,
    wire.Unwrapping,
    wire.Work,
    wire.WorkRequest,
)


def wire_documents(kind: type[Document]) -> st.SearchStrategy[Any]:
    """Documents of one kind, within the rules between their members."""
    if kind is wire.Submission:
        places = st.lists(wire_documents(wire.Place), min_size=1, max_size=2)
        return places.map(lambda given: wire.Submission(tuple(given)))
    if kind is wire.Assignment:
        places = st.lists(wire_documents(wire.Place), min_size=2, max_size=2)
        handlers = st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=5)
        return st.builds(
            lambda given, to: wire.Assignment(tuple(given), rising(to)), places, handlers
        )
    if kind is wire.Deletions:
        listed = st.lists(
            wire_documents(wire.Deletion), min_size=1, max_size=5, unique_by=lambda each: each.seq
        )
        return listed.map(
            lambda given: wire.Deletions(tuple(sorted(given, key=lambda each: each.seq)))
        )
    if kind is wire.Purging:
        listed = st.lists(
            wire_documents(wire.Spot).filter(lambda each: each.chain in wire.PURGED_CHAINS),
            max_size=2,
            unique_by=lambda each: each.chain,
        )
        seen = listed.map(lambda given: tuple(sorted(given, key=lambda each: each.chain)))
        return st.builds(wire.Purging, st.binary(min_size=32, max_size=32), seen)
    if kind is wire.Marks:
        marks = st.sets(st.binary(min_size=wire.MARK, max_size=wire.MARK), max_size=5)
        return marks.map(lambda given: wire.Marks(tuple(sorted(given))))
    return documents_of(kind)
