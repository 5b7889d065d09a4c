"""The interface as OpenAPI 3.1, from the list of routes and the documents they take and give.

``python -m dropbox.api.openapi FILE`` writes it (``make openapi``). What a handler takes, gives and
can refuse stands here; a test compares the file, and the tests of access compare every status that
a real server gives with the ones written down.
"""

import inspect
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from crypto import encoding
from crypto.constants import VERSION
from crypto.encoding import Codec, Document
from dropbox import limits, wire
from dropbox.api import directories, files, mailboxes, papers, purges, sessions, team, work
from dropbox.api.answers import BYTES, DOCUMENT
from dropbox.api.call import Call
from dropbox.api.routes import ANY_SESSION, ROUTES, Route
from dropbox.site.policy import FIXED_HEADERS
from dropbox.wire import FAULTS, Fault, Role

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document with blobs behind it (``dropbox.wire``); ``blobs`` says which."""

    document: type[Document]
    blobs: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that are no document of this interface; ``what`` says what they are."""

    what: str


Content = type[Document] | Parcel | Raw | None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a handler takes and gives, and its faults beside those of every route."""

    takes: Content = None
    gives: Content = None
    faults: frozenset[Fault] = frozenset()


EVERYWHERE: Final = frozenset(
    {
        Fault.MALFORMED,
        Fault.UNKNOWN,
        Fault.TOO_LARGE,
        Fault.ENCODED,
        Fault.BUSY,
        Fault.FAILED,
    }
)
"""Of every route: what is asked before it is known whose request it is, and a server in trouble."""

_SIGNED: Final = Raw("A signed directory: signature(64) ‖ document.")
_ROSTER: Final = Raw("A signed roster: signature(64) ‖ document.")
_PAPERS: Final = Parcel(wire.Papers, "the signed documents")
_GRANTS: Final = Parcel(wire.Grants, "a signed grant for each mailbox, or null, of the list")
_PART: Final = Raw("A sealed part of a file.")
_PAGE: Final = Parcel(wire.Page, "for each entry: header, body if has_body, each wrap")

_SUBMISSION: Final = Parcel(
    wire.Submission, "for each place: header ‖ body, then one wrap per recipient"
)
_NOT_STORED: Final = frozenset(
    {
        Fault.PLACE_TAKEN,
        Fault.OTHER_GROUP,
        Fault.EXPIRED_DIRECTORY,
        Fault.WORK_NEEDED,
        Fault.FULL,
    }
)

_NOT_NEXT: Final = frozenset({Fault.PLACE_TAKEN, Fault.FULL})

CONTRACTS: Final[Mapping[Callable[[Call], Awaitable[object]], Contract]] = {
    directories.get_directory: Contract(gives=_SIGNED),
    directories.put_directory: Contract(takes=_SIGNED, faults=_NOT_NEXT),
    sessions.make_challenge: Contract(gives=wire.Challenge),
    sessions.log_in: Contract(
        wire.Login, wire.Session, frozenset({Fault.NO_SESSION, Fault.REFUSED, Fault.FULL})
    ),
    sessions.log_out: Contract(faults=frozenset({Fault.REFUSED, Fault.FULL})),
    work.give_work: Contract(wire.WorkRequest, wire.Work),
    mailboxes.submit: Contract(
        _SUBMISSION, wire.Receipt, _NOT_STORED | {Fault.FILES_DIFFER, Fault.TOO_MANY_UNREAD}
    ),
    mailboxes.close: Contract(_SUBMISSION, wire.Receipt, _NOT_STORED | {Fault.FILES_DIFFER}),
    mailboxes.delete: Contract(takes=wire.Deletions, faults=frozenset({Fault.FULL})),
    mailboxes.get_mailbox: Contract(gives=_PAGE),
    team.get_feed: Contract(gives=_PAGE, faults=frozenset({Fault.FULL})),
    team.get_case: Contract(gives=_PAGE),
    team.assign: Contract(
        Parcel(wire.Assignment, "for each place: header ‖ body, then one wrap per recipient"),
        wire.Receipt,
        frozenset({Fault.PLACE_TAKEN, Fault.FILES_DIFFER, Fault.FULL}),
    ),
    team.rewrap: Contract(
        takes=Parcel(wire.Rewrapping, "a wrap for each envelope"),
        faults=frozenset({Fault.OTHER_GROUP, Fault.FULL}),
    ),
    team.unwrap: Contract(takes=wire.Unwrapping, faults=frozenset({Fault.FULL})),
    team.purge: Contract(takes=wire.Purging, faults=_NOT_NEXT | {Fault.TOO_EARLY}),
    papers.get_roster: Contract(gives=_ROSTER),
    papers.put_roster: Contract(takes=_ROSTER, faults=_NOT_NEXT),
    papers.get_receiving: Contract(gives=_PAPERS),
    papers.tell_receiving: Contract(
        takes=Raw("The caller's signed receiving key: signature(64) ‖ document."), faults=_NOT_NEXT
    ),
    papers.get_grants: Contract(gives=_GRANTS),
    papers.give_grants: Contract(takes=_GRANTS, faults=frozenset({Fault.FULL})),
    papers.open_grants: Contract(takes=wire.Opened, faults=frozenset({Fault.FULL})),
    papers.get_erased: Contract(gives=_PAPERS),
    papers.tell_erased: Contract(
        takes=Raw("The caller's signed erasure: signature(64) ‖ document."),
        faults=frozenset({Fault.FULL}),
    ),
    purges.get_digest: Contract(gives=wire.Purged),
    purges.get_marks: Contract(gives=wire.Marks),
    purges.tell_marks: Contract(wire.Marks, wire.PurgedAgain, frozenset({Fault.FULL})),
    files.start_file: Contract(
        takes=wire.FileStart,
        faults=frozenset({Fault.FILES_DIFFER, Fault.WORK_NEEDED, Fault.FULL}),
    ),
    files.get_state: Contract(gives=wire.FileState),
    files.drop_file: Contract(faults=frozenset({Fault.FULL})),
    files.get_part: Contract(gives=_PART),
    files.put_part: Contract(takes=_PART, faults=frozenset({Fault.FILES_DIFFER, Fault.FULL})),
}

WORKED_FOR: Final = frozenset({mailboxes.submit, mailboxes.close, files.start_file})
"""Handlers whose requests may carry a proof of work."""


def faults_of(route: Route) -> frozenset[Fault]:
    """Every fault with which a route can answer."""
    faults = EVERYWHERE | CONTRACTS[route.handler].faults
    if route.callers:
        faults |= {Fault.NO_SESSION}
    if route.callers and (route.callers != ANY_SESSION):
        faults |= {Fault.REFUSED}
    return faults


def statuses_of(route: Route) -> frozenset[int]:
    """Every status with which a route can answer."""
    success = 204 if CONTRACTS[route.handler].gives is None else 200
    return frozenset({success} | {FAULTS[fault][0] for fault in faults_of(route)})


# -- documents ----------------------------------------------------------------------------------


def _bytes(codec: encoding.Bytes) -> Schema:
    least = _spelled(codec.length or 0)
    most = _spelled(codec.most if codec.length is None else codec.length)
    return {
        "type": "string",
        "contentEncoding": "base64url",
        "pattern": "^[A-Za-z0-9_-]*$",
        "minLength": least,
        "maxLength": most,
    }


def _spelled(length: int) -> int:
    """Characters of unpadded base64url."""
    return -(-length * 4 // 3)


def _nullable(codec: encoding.Nullable) -> Schema:
    return {"anyOf": [schema_of(codec.codec), {"type": "null"}]}


def _array(codec: encoding.List | encoding.SortedSet) -> Schema:
    return {"type": "array", "items": schema_of(codec.codec), "maxItems": codec.most}


_SCHEMAS: Final[Mapping[type, Callable[[Any], Schema]]] = {
    encoding.Bytes: _bytes,
    encoding.Text: lambda c: {"type": "string", "minLength": c.least, "maxLength": c.most},
    encoding.Matching: lambda c: {"type": "string", "pattern": f"^(?:{c.pattern})$"},
    encoding.Integer: lambda c: {"type": "integer", "minimum": c.least, "maximum": c.most},
    encoding.Flag: lambda _: {"type": "boolean"},
    encoding.Day: lambda _: {"type": "string", "format": "date"},
    encoding.Choice: lambda c: {"type": "string", "enum": [word.value for word in c.words]},
    encoding.Fixed: lambda c: {"const": c.value},
    encoding.Nullable: _nullable,
    encoding.Inner: lambda c: _reference(c.document),
    encoding.List: _array,
    encoding.SortedSet: lambda c: {**_array(c), "uniqueItems": True, "x-rising": True},
}


def schema_of(codec: Codec) -> Schema:
    """JSON Schema (2020-12) of one member."""
    return _SCHEMAS[type(codec)](codec)


def document_schema(kind: type[Document]) -> Schema:
    """JSON Schema of a document. Its members come in this order, in the one form of §1."""
    members = {name: schema_of(codec) for name, codec in kind.codecs()}
    return {
        "description": _first_line(kind),
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _reference(kind: type[Document]) -> Schema:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _first_line(described: object) -> str:
    return (inspect.getdoc(described) or "").replace("``", "").splitlines()[0]


def _documents(contents: Iterable[Content]) -> list[type[Document]]:
    """The documents in these, and the documents in those, by name."""
    found: dict[str, type[Document]] = {}

    def add(kind: type[Document]) -> None:
        found[kind.__name__] = kind
        for _, codec in kind.codecs():
            inner: Any = codec
            while not isinstance(inner, encoding.Inner) and hasattr(inner, "codec"):
                inner = inner.codec
            if isinstance(inner, encoding.Inner):
                add(inner.document)

    for content in contents:
        kind = content.document if isinstance(content, Parcel) else content
        if isinstance(kind, type):
            add(kind)
    return [found[name] for name in sorted(found)]


# -- routes -------------------------------------------------------------------------------------


def _content(content: Parcel | Raw | type[Document]) -> Schema:
    if isinstance(content, Raw):
        return {BYTES: {"schema": {"description": content.what}}}
    if isinstance(content, Parcel):
        document = content.document.__name__
        parcel = {
            "description": f"A parcel: {document}, and behind it, {content.blobs}.",
            "x-document": _reference(content.document),
        }
        return {BYTES: {"schema": parcel}}
    return {DOCUMENT: {"schema": _reference(content)}}


def split_path(path: str) -> tuple[str, dict[str, str]]:
    """A route's path as a template, and the pattern of each of its values."""
    pieces, patterns = [], {}
    for piece in path.split("/"):
        if piece.startswith("{"):
            name, pattern = piece[1:-1].split(":", 1)
            patterns[name] = pattern
            pieces.append("{" + name + "}")
        else:
            pieces.append(piece)
    return "/".join(pieces), patterns


def _parameters(route: Route) -> list[Schema]:
    _, patterns = split_path(route.path)
    values: list[Schema] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^(?:{pattern})$"},
        }
        for name, pattern in patterns.items()
    ]
    headers = ["keep"] + (["work"] if route.handler in WORKED_FOR else [])
    headers += ["carry"] if route.handler is team.get_feed else []
    return values + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _responses(route: Route) -> Schema:
    gives = CONTRACTS[route.handler].gives
    done: Schema = {"description": HTTPStatus(200 if gives else 204).phrase}
    if gives is not None:
        done["content"] = _content(gives)
    responses = {"204" if gives is None else "200": done}
    for fault in sorted(faults_of(route), key=lambda each: FAULTS[each][0]):
        responses[str(FAULTS[fault][0])] = {"$ref": f"#/components/responses/{fault.value}"}
    return responses


def _operation(route: Route) -> Schema:
    takes = CONTRACTS[route.handler].takes
    operation: Schema = {
        "operationId": route.handler.__name__,
        "summary": _first_line(route.handler),
        "security": [{role.value: []} for role in Role if role in route.callers],
        "parameters": _parameters(route),
        "responses": _responses(route),
        "x-body-bytes": route.limit,
        "x-asked-before-the-body": route.first is not None,
    }
    if takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(takes)}
    return operation


def _refusal(fault: Fault) -> Schema:
    status, sentence = FAULTS[fault]
    refusal: Schema = {
        "description": f"{HTTPStatus(status).phrase}: {sentence}",
        "content": {
            DOCUMENT: {"schema": {"const": wire.Refusal(fault, sentence).to_json()}},
        },
    }
    if fault in limits.WAITS:
        refusal["headers"] = {wire.WAIT_HEADER: {"$ref": "#/components/headers/wait"}}
    return refusal


def _paths() -> Schema:
    paths: Schema = {}
    for route in ROUTES:
        path, _ = split_path(route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
    return paths


def _header(name: str, description: str, pattern: str) -> Schema:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
    }


def _security() -> Schema:
    return {
        role.value: {
            "type": "apiKey",
            "in": "header",
            "name": wire.SESSION_HEADER,
            "description": f"The session of a {role.value}, from POST /api/session.",
        }
        for role in Role
    }


def describe() -> Schema:
    """The whole description."""
    contents = [each for made in CONTRACTS.values() for each in (made.takes, made.gives)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sealed Dropbox",
            "version": str(VERSION),
            "description": "Made from the server's list of routes by `make openapi`. Documents "
            "have one accepted form (docs/protocol.md §1): members in the order of the schema, "
            "written as JSON.stringify writes them. Paths take no query and no percent sign; "
            "whatever is not listed is answered 404, whatever the method.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {
            "schemas": {each.__name__: document_schema(each) for each in _documents(contents)},
            "responses": {
                fault.value: _refusal(fault)
                for fault in Fault
                if fault is not Fault.MISLED  # of what is no request of this interface
            },
            "securitySchemes": _security(),
            "parameters": {
                "keep": _header(
                    wire.KEEP_HEADER, "1 keeps the connection; without it, it is closed.", "^1$"
                ),
                "carry": _header(
                    wire.CARRY_HEADER, "1: asked for an archive elsewhere, nothing is in it.", "^1$"
                ),
                "work": _header(
                    wire.WORK_HEADER,
                    "A proof of work, after a work-needed: token counter subject.",
                    r"^[A-Za-z0-9._-]{1,1024} (?:0|[1-9][0-9]{0,15}) [A-Za-z0-9_-]{43}$",
                ),
            },
            "headers": {
                "wait": {
                    "description": "Seconds after which to try again.",
                    "required": True,
                    "schema": {"type": "integer", "minimum": 1, "maximum": wire.LONGEST_WAIT},
                }
            },
        },
        "x-limits": {
            "files-per-envelope": wire.FILES_PER_ENVELOPE,
            "deletions-per-request": wire.DELETIONS_PER_REQUEST,
            "marks-per-page": wire.MARKS_PER_PAGE,
            "wraps-per-envelope": wire.WRAPS_PER_ENVELOPE,
            "wraps-per-request": wire.WRAPS_PER_REQUEST,
            "papers-per-parcel": wire.PAPERS,
            "parts-per-file": wire.LARGEST_PARTS,
            "part-bytes": wire.LARGEST_PART,
            "page-bytes": wire.LARGEST_PAGE,
            "challenge-seconds": limits.CHALLENGE_SECONDS,
            "session-seconds": limits.SESSION_SECONDS,
            "work-seconds": limits.WORK_SECONDS,
            "unfinished-file-seconds": limits.UNFINISHED_SECONDS,
        },
        "x-headers-of-every-answer": dict(FIXED_HEADERS),
    }


def to_text() -> str:
    """The description as it stands in ``docs/openapi.json``."""
    return json.dumps(describe(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(to_text(), "utf-8")
