"""Beginning an intelligence report, and finding the one of a case that counts."""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.encoding import Document, Inner, List, Nullable
from crypto.errors import NotCanonical
from inbox_ui.errors import BadReport
from inbox_ui.work.intelligence import (
    CONDITIONS,
    FORM,
    MARKING,
    UNIT,
    Draft,
    Handling,
    Information,
    Intelligence,
    Item,
    Present,
    Source,
)
from inbox_ui.work.records import Record, pieces

INSTRUCTION: Final = "Named recipients only. Do not copy. Treat as information, not as evidence."
TO_WRITE: Final = "Information suggests that "
_REF_BYTES: Final = 10
_REF: Final = 10


def new_ref(random: bytes) -> str:
    """A random reference, ``IR-`` and ten letters: it counts nothing and follows no order."""
    return "IR-" + b32encode(random[:_REF_BYTES]).decode("ascii")[:_REF]


def begin(today: date, random: bytes) -> Intelligence:
    """A report with what is preset: 2 / C / C and the conditions."""
    item = Item(TO_WRITE, Information.INDIRECT, "", Handling.CONDITIONS, CONDITIONS)
    return Intelligence(
        form=FORM,
        ref=new_ref(random),
        linked=(),
        created=today,
        unit=UNIT,
        marking=MARKING,
        instruction=INSTRUCTION,
        source=Source.UNTESTED,
        items=(item,),
        subjects=(),
        categories=(),
        corruption=(),
        present=Present(who=False, what=False, when=False, where=False, why=False, how=False),
        checks="",
        risk_source="",
        risk_others="",
        recipients=(),
    )


@dataclass(frozen=True)
class Current:
    """The newest draft of a case. ``authors`` wrote any version of the same report.

    ``crossed``: its author had not been shown the version before it; what that says may be missing.
    """

    id: bytes
    author: bytes
    draft: Draft
    authors: frozenset[bytes]
    crossed: bool


def current_drafts(records: tuple[Record, ...]) -> tuple[Current, ...]:
    """The newest draft of each report of a case, in the order in which they were begun."""
    found: dict[str, Current] = {}
    for record, draft in pieces(records, Draft):
        ref = draft.report.ref
        before = found.get(ref)
        authors = frozenset({record.author}) | (before.authors if before else frozenset())
        crossed = draft.after != (before.id if before else None)
        found[ref] = Current(record.id, record.author, draft, authors, crossed)
    return tuple(found.values())


def find_draft(records: tuple[Record, ...], ref: str) -> Current | None:
    """The newest draft of the report ``ref``."""
    return next((each for each in current_drafts(records) if each.draft.report.ref == ref), None)


def read_draft(value: object) -> Draft:
    """The draft that somebody wrote as JSON. Raises ``BadReport``, with the place that is wrong."""
    try:
        return Draft.from_json(value)
    except NotCanonical:
        raise BadReport(next(_wrong(Draft, value, ""), "it")) from None


def _wrong(document: type[Document], value: object, at: str) -> Iterator[str]:
    """The places of ``value`` that ``document`` cannot hold, the innermost first."""
    codecs = dict(document.codecs())
    if not isinstance(value, dict):
        yield at or "it"
        return
    yield from (f"{at}{name}" for name in codecs if name not in value)
    yield from (f"{at}{name}" for name in value if name not in codecs)
    for name, codec in codecs.items():
        given, place = value.get(name), f"{at}{name}"
        try:
            codec.read(given)
        except NotCanonical:
            inner = codec.codec if isinstance(codec, List | Nullable) else codec
            if isinstance(inner, Inner) and isinstance(given, list):
                for number, each in enumerate(given):
                    yield from _wrong_inner(inner, each, f"{place}.{number}")
            elif isinstance(inner, Inner):
                yield from _wrong_inner(inner, given, place)
            yield place
    if document is Item:
        yield from (f"{at}{each}" for each in _lacking(value))
    yield at.rstrip(".") or "it"


def _lacking(item: Mapping[str, object]) -> Iterator[str]:
    """The members of an item, as JSON, that its grade asks for or rules out."""
    for grade, value, said in (
        ("information", Information.FALSE, "reason"),
        ("handling", Handling.CONDITIONS, "conditions"),
    ):
        if (item.get(grade) == value) != bool(str(item.get(said)).strip()):
            yield said


def _wrong_inner(inner: Inner, value: object, at: str) -> Iterator[str]:
    try:
        inner.read(value)
    except NotCanonical:
        yield from _wrong(inner.document, value, f"{at}.")
