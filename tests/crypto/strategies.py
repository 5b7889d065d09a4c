"""Hypothesis: values for every codec, and so documents of every kind."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from crypto import directory, documents, files, groups, roster
from crypto.certificates import Certificate, CertificateRole
from crypto.constants import GIB, ID
from crypto.encoding import (
    Bytes,
    Choice,
    Codec,
    Day,
    Document,
    Fixed,
    Flag,
    Inner,
    Integer,
    List,
    Matching,
    Nullable,
    SortedSet,
    Text,
)

DOCUMENTS: tuple[type[Document], ...] = (
    Certificate,
    directory.Directory,
    directory.IntakeGroup,
    directory.Limits,
    directory.PastGroup,
    documents.Answer,
    documents.Assigned,
    documents.Closed,
    documents.Closing,
    documents.Concluded,
    documents.Contact,
    documents.ContactReleased,
    documents.ContactRequested,
    documents.ContactWithdrawn,
    documents.Deleted,
    documents.GroupProof,
    documents.Handover,
    documents.Held,
    documents.Link,
    documents.Message,
    documents.Note,
    documents.Recorded,
    documents.Receipt,
    documents.Reply,
    documents.Report,
    documents.Sent,
    documents.Words,
    files.FileManifest,
    groups.Erased,
    groups.Grant,
    groups.Receiving,
    roster.Former,
    roster.Member,
    roster.Roster,
)
"""Every document of ``crypto``; ``test_documents`` checks that none is left out."""

OF_THE_TEAM: tuple[type[Document], ...] = (
    documents.Assigned,
    documents.Concluded,
    documents.ContactReleased,
    documents.ContactRequested,
    documents.Held,
    documents.Recorded,
    groups.Erased,
    groups.Grant,
    groups.Receiving,
    roster.Former,
    roster.Member,
    roster.Roster,
)
"""Those that no reporter reads: the browser's twin does not know them."""

_SHORT = 40
"""Values long enough to be interesting; the limits themselves have tests of their own."""

_TEXT = st.characters(exclude_categories=["Cs"])


def _bytes(codec: Bytes) -> st.SearchStrategy[Any]:
    length = codec.length
    if length is None:
        return st.binary(max_size=min(codec.most, _SHORT))
    # Long keys are drawn short and repeated: their bytes do not matter here.
    seeds = st.binary(min_size=1, max_size=16)
    return seeds.map(lambda seed: (seed * (length // len(seed) + 1))[:length])


def _set(codec: SortedSet) -> st.SearchStrategy[Any]:
    def ordered(values: list[Any]) -> tuple[Any, ...]:
        rows = {codec.key(codec.codec.write(value)): value for value in values}
        return tuple(rows[key] for key in sorted(rows))

    return st.lists(values_of(codec.codec), max_size=min(codec.most, 4)).map(ordered)


_VALUES: dict[type[Codec], Callable[[Any], st.SearchStrategy[Any]]] = {
    Bytes: _bytes,
    Text: lambda text: st.text(_TEXT, min_size=text.least, max_size=min(text.most, _SHORT)),
    Matching: lambda codec: st.from_regex(codec.pattern, fullmatch=True).filter(str.isascii),
    Integer: lambda codec: st.integers(codec.least, codec.most),
    Flag: lambda _: st.booleans(),
    Day: lambda _: st.dates(),
    Choice: lambda codec: st.sampled_from(list(codec.words)),
    Fixed: lambda codec: st.just(codec.value),
    Nullable: lambda codec: st.none() | values_of(codec.codec),
    Inner: lambda codec: documents_of(codec.document),
    List: lambda row: st.lists(values_of(row.codec), max_size=min(row.most, 3)).map(tuple),
    SortedSet: _set,
}


def values_of(codec: Codec) -> st.SearchStrategy[Any]:
    """Values a codec takes."""
    return _VALUES[type(codec)](codec)


def documents_of(kind: type[Document]) -> st.SearchStrategy[Any]:
    """Documents of one kind, within the rules between their members."""
    members = st.fixed_dictionaries({name: values_of(codec) for name, codec in kind.codecs()})
    make: Callable[[dict[str, Any]], Document] = _WITHIN.get(kind, lambda given: kind(**given))
    return members.map(make)


def _assigned(given: dict[str, Any]) -> documents.Assigned:
    return documents.Assigned(**given | {"handlers": given["handlers"] or (bytes(ID),)})


def _member(given: dict[str, Any]) -> roster.Member:
    given["duties"] = given["duties"] or (roster.Duty.CALLS,)
    given["intake"] &= bool(roster.READERS & set(given["duties"]))
    return roster.Member(**given)


def _roster(given: dict[str, Any]) -> roster.Roster:
    given["issued"] = min(given["issued"], date(9999, 12, 17))
    given["expires"] = given["issued"] + timedelta(days=14)
    members = {each.label: each for each in given["members"]}
    given["members"] = tuple(
        sorted(members.values(), key=lambda each: urlsafe_b64encode(each.card))
    )
    return roster.Roster(**given)


def _certificate(given: dict[str, Any]) -> Certificate:
    if given["role"] is CertificateRole.CASE:
        given |= {"not_before": None, "not_after": None}
        given |= {"mailbox": given["mailbox"] or bytes(ID), "number": given["number"] or 1}
    else:
        first = min(given["not_before"] or date(2026, 1, 1), date(9990, 1, 1))
        given |= {"not_before": first, "not_after": first + timedelta(days=366)}
        given |= {"mailbox": None, "number": None}
    return Certificate(**given)


def _directory(given: dict[str, Any]) -> directory.Directory:
    given["origins"] = given["origins"] or ("https://drop.example",)
    given["issued"] = min(given["issued"], date(9999, 12, 17))
    given["expires"] = given["issued"] + timedelta(days=14)
    past = {group.epoch: group for group in given["past"] if group.epoch < given["intake"].epoch}
    given["past"] = tuple(past[epoch] for epoch in sorted(past))
    return directory.Directory(**given)


def _manifest(given: dict[str, Any]) -> files.FileManifest:
    given["size"] %= 2 * GIB + 1
    given["padded"] = files.padded_size(given["size"])
    return files.FileManifest(**given)


_WITHIN: dict[type[Document], Callable[[dict[str, Any]], Document]] = {
    Certificate: _certificate,
    directory.Directory: _directory,
    documents.Assigned: _assigned,
    files.FileManifest: _manifest,
    roster.Member: _member,
    roster.Roster: _roster,
}
"""Kinds whose members have to fit each other."""
