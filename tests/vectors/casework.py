"""Vectors of whole ``case`` chains: rows as a server gives them, and what an analyst folds of them.

The ``team`` chain goes with them: who has the mailbox is told by both.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from crypto.analyst import Analyst
from crypto.directory import read_directory
from crypto.documents import (
    Assigned,
    CasePayload,
    Concluded,
    Conclusion,
    ContactReleased,
    Held,
    Note,
    Sent,
    Words,
)
from crypto.encoding import Document, rising
from crypto.envelope import NO_PREV, Chain, Envelope, Place
from crypto.keys import AnalystSecret, GroupSecret, Principal
from tests.crypto.world import TODAY, Service, closing, handover, mailbox, reply, stream
from tests.crypto.world import Case as Group
from tests.vectors.case import Case, KeptWraps, Value, b64, good, read_row, unb64
from tests.vectors.sealing import row_of, sealed_by

SERVICE = Service("drop")
ANN = mailbox("ann")
ADDRESS = ANN.keys.card.id
INTAKE = SERVICE.intake[2]
WREN, SWIFT, HERON = SERVICE.analyst, SERVICE.colleague, SERVICE.supervisor
FIRST = SERVICE.case(ADDRESS)
SECOND = SERVICE.case(ADDRESS, 2, FIRST.group, FIRST.proof.certificates)
BY_INTAKE = SERVICE.case(ADDRESS, 2, name="by intake")
LATE = SERVICE.case(ADDRESS, 3, FIRST.group, FIRST.proof.certificates, "late")
FOREIGN = SERVICE.case(mailbox("ben").keys.card.id)
KEEP = TODAY + timedelta(days=90)
Maker = Callable[[bytes, bytes], CasePayload]
"""From author and hash of the words to a payload."""


class Rows:
    """Named rows of both chains, each made once; a case lists their names."""

    def __init__(self, kept: KeptWraps) -> None:
        self.rows: dict[str, dict[str, Value]] = {}
        self._envelopes: dict[str, Envelope] = {}
        self._kept = kept

    def id_of(self, name: str) -> bytes:
        """The id of a row's envelope."""
        return self._envelopes[name].id

    def team(self, name: str, after: str | None, payload: Document, group: GroupSecret) -> None:
        """An envelope to the reporter and ``group``, which signs it."""
        place = replace(self._place(Chain.TEAM, after), recipient=ADDRESS)
        envelope, cek = sealed_by(place, payload.to_bytes(), None, group, name)
        self._keep(name, envelope, cek, (ANN, group))

    def case(
        self,
        name: str,
        after: str | None,
        make: Maker,
        author: AnalystSecret,
        *groups: GroupSecret,
    ) -> None:
        """An entry of ``author``, sealed to ``groups``."""
        words = Words(bytes(range(32)), name)
        payload = make(author.keys.card.id, words.hash)
        place = replace(self._place(Chain.CASE, after), recipient=groups[0].keys.card.id)
        envelope, cek = sealed_by(place, payload.to_bytes(), words.to_bytes(), author, name)
        self._keep(name, envelope, cek, groups)

    def stub(self, name: str, of: str) -> None:
        """What is left of a row."""
        self.rows[name] = self.rows[of] | {"body": None, "wraps": {}}

    def _place(self, chain: Chain, after: str | None) -> Place:
        before = self._envelopes[after] if after else None
        seq = before.header.seq + 1 if before else 0
        return Place(chain, seq, ADDRESS, ADDRESS, before.id if before else NO_PREV)

    def _keep(
        self, name: str, envelope: Envelope, cek: bytes, readers: tuple[Principal, ...]
    ) -> None:
        self._envelopes[name] = envelope
        row = row_of(envelope, cek, readers, self._kept)
        self.rows[name] = row | {"day": TODAY.isoformat(), "deleted": None}


def _note(author: bytes, words: bytes) -> CasePayload:
    return Note("note", author, words)


def _held(author: bytes, words: bytes) -> CasePayload:
    return Held("held", author, KEEP, words)


def _released(author: bytes, words: bytes) -> CasePayload:
    return ContactReleased("contact-released", author, bytes(32), None, words)


def _assigned(envelope: bytes, group: Group, *to: AnalystSecret) -> Maker:
    handlers = rising(each.keys.card.id for each in to)
    return lambda author, words: Assigned(
        "assigned", author, envelope, group.proof, handlers, words
    )


def _sent(envelope: bytes) -> Maker:
    return lambda author, words: Sent("sent", author, envelope, words)


def _concluded(envelope: bytes) -> Maker:
    return lambda author, words: Concluded(
        "concluded", author, envelope, Conclusion.REFERRED, KEEP, words
    )


def _fill(rows: Rows) -> None:
    intake, case, following = INTAKE, FIRST.group, SECOND.group
    rows.team("handover", None, handover(case.keys.card.id, FIRST.proof), case)
    rows.team("reply", "handover", reply(case.keys.card.id, FIRST.proof), case)
    rows.team("closing", "handover", closing(case.keys.card.id, FIRST.proof), case)
    to_next = handover(following.keys.card.id, SECOND.proof)
    rows.team("next handover", "handover", to_next, following)
    away = handover(BY_INTAKE.group.keys.card.id, BY_INTAKE.proof)
    rows.team("taken", "handover", away, BY_INTAKE.group)
    to_wren = _assigned(rows.id_of("handover"), FIRST, WREN)
    rows.case("note", None, _note, SWIFT, intake)
    rows.case("assigned", None, to_wren, WREN, intake, case)
    rows.case("assigned after a note", "note", to_wren, SWIFT, intake, case)
    rows.case("assigned to Swift", None, _assigned(bytes(32), FIRST, SWIFT), SWIFT, intake, case)
    rows.case("of another mailbox", None, _assigned(bytes(32), FOREIGN, WREN), WREN, intake)
    rows.case("by who is nobody", None, _note, SERVICE.publisher, intake)
    rows.case("sealed elsewhere", None, _note, WREN, SERVICE.contact, intake)
    rows.case("sent", "assigned", _sent(rows.id_of("reply")), WREN, case)
    rows.case("note of another", "assigned", _note, SWIFT, case)
    rows.case("released", "assigned", _released, SERVICE.custodian, case)
    rows.case("held", "assigned", _held, WREN, case)
    handed = rows.id_of("next handover")
    rows.case("handed on", "assigned", _assigned(handed, SECOND, SWIFT), WREN, case, following)
    rows.case("note of who was removed", "handed on", _note, WREN, following)
    rows.case("note of the next", "handed on", _note, SWIFT, following)
    taken = _assigned(rows.id_of("taken"), BY_INTAKE, SWIFT)
    rows.case("taken by another", "assigned", taken, SWIFT, case, BY_INTAKE.group)
    rows.case("by a supervisor", "assigned", taken, HERON, case, BY_INTAKE.group)
    rows.case("lower", "handed on", _assigned(bytes(32), FIRST, SWIFT), SWIFT, following)
    rows.case("behind", "handed on", _assigned(bytes(32), LATE, SWIFT), SWIFT, following)
    ended = _concluded(rows.id_of("closing"))
    rows.case("concluded", "assigned", ended, WREN, case)
    rows.case("concluded by another", "assigned", ended, SWIFT, case)
    rows.case("intake's note", "concluded", _note, SWIFT, intake, case)
    rows.case("intake's hold", "concluded", _held, SWIFT, intake, case)
    rows.stub("assigned, withheld", "assigned")


_ALL = ("intake", "first", "second", "by intake")
_CASES: dict[str, tuple[list[str], list[str], tuple[str, ...]]] = {
    "never assigned": ([], ["note"], _ALL),
    "nobody the team knows": ([], ["by who is nobody"], _ALL),
    "sealed to a group that never had it": ([], ["sealed elsewhere"], _ALL),
    "assigned": (["handover"], ["assigned"], _ALL),
    "assigned after a note": (["handover"], ["note", "assigned after a note"], _ALL),
    "a group of another mailbox": ([], ["of another mailbox"], _ALL),
    "written to the reporter": (["handover", "reply"], ["assigned", "sent"], _ALL),
    "written behind the team's back": (["handover", "reply"], ["assigned"], _ALL),
    "a handover nobody entered": (["handover"], ["note"], _ALL),
    "an assignment without its handover": ([], ["assigned"], _ALL),
    "a note of one who does not handle it": (["handover"], ["assigned", "note of another"], _ALL),
    "a custodian's answer": (["handover"], ["assigned", "released"], _ALL),
    "a hold": (["handover"], ["assigned", "held"], _ALL),
    "handed on": (
        ["handover", "next handover"],
        ["assigned", "handed on", "note of the next"],
        _ALL,
    ),
    "a removed handler": (
        ["handover", "next handover"],
        ["assigned", "handed on", "note of who was removed"],
        _ALL,
    ),
    "taken by another": (["handover", "taken"], ["assigned", "taken by another"], _ALL),
    "taken by a supervisor": (["handover", "taken"], ["assigned", "by a supervisor"], _ALL),
    "a lower number": (["handover", "next handover"], ["assigned", "handed on", "lower"], _ALL),
    "certified by a group that had it": (
        ["handover", "next handover"],
        ["assigned", "handed on", "behind"],
        _ALL,
    ),
    "concluded": (["handover", "closing"], ["assigned", "concluded"], _ALL),
    "concluded by another": (["handover", "closing"], ["assigned", "concluded by another"], _ALL),
    "a note of intake when it is concluded": (
        ["handover", "closing"],
        ["assigned", "concluded", "intake's note"],
        _ALL,
    ),
    "a hold of intake when it is concluded": (
        ["handover", "closing"],
        ["assigned", "concluded", "intake's hold"],
        _ALL,
    ),
    "two assignments at one place": (["handover"], ["assigned", "assigned to Swift"], _ALL),
    "the assignment withheld": (["handover"], ["assigned, withheld", "sent"], _ALL),
    "by who holds the next group alone": (
        ["handover", "next handover"],
        ["assigned", "handed on", "note of the next"],
        ("second",),
    ),
    "by who holds no group": (["handover"], ["assigned"], ("contact",)),
}
HELD = {
    "intake": INTAKE,
    "first": FIRST.group,
    "second": SECOND.group,
    "by intake": BY_INTAKE.group,
    "contact": SERVICE.contact,
}


def casework_file(kept: KeptWraps) -> dict[str, Value]:
    """The file: the rows, who is who, and the cases that name them."""
    rows = Rows(kept)
    _fill(rows)
    content: dict[str, Value] = {
        "mailbox": b64(ADDRESS),
        "root": b64(SERVICE.id),
        "directory": b64(SERVICE.signed()),
        "reader": b64(WREN.expose()),
        "colleagues": {b64(each.keys.card.id): b64(each.keys.card.sign) for each in SERVICE.people},
        "supervisors": [b64(HERON.keys.card.id)],
        "groups": {name: b64(each.expose()) for name, each in HELD.items()},
        "rows": rows.rows,
    }
    cases: list[Case] = []
    for name, (team, case, groups) in _CASES.items():
        given = {"groups": list(groups), "team": team, "case": case}
        cases.append(good(name, given, **fold(content, given)))
    return content | {"cases": cases}


def fold(content: dict[str, Value], given: dict[str, Value]) -> dict[str, Value]:
    """What an analyst makes of the rows that a case names."""
    analyst = Analyst(
        AnalystSecret(unb64(content["reader"])),
        read_directory(unb64(content["directory"]), unb64(content["root"])),
        [GroupSecret(unb64(content["groups"][name])) for name in given["groups"]],
        {unb64(id_): unb64(sign) for id_, sign in content["colleagues"].items()},
        stream("unused"),
        frozenset(map(unb64, content["supervisors"])),
    )
    chains = {
        chain: [read_row(content["rows"][name]) for name in given[named]]
        for chain, named in ((Chain.TEAM, "team"), (Chain.CASE, "case"))
    }
    file = analyst.read(unb64(content["mailbox"]), chains)
    entries, handling = file.of(Chain.CASE), file.handling
    return {
        "states": [entry.state.value for entry in entries],
        "problems": [
            None if entry.problem is None else type(entry.problem).__name__ for entry in entries
        ],
        "alarms": [[chain.value, alarm.fault.value, alarm.seq] for chain, alarm in file.alarms],
        "unannounced": [b64(each) for each in file.unannounced],
        "handlers": sorted(map(b64, handling.handlers)),
        "group": None if handling.group is None else b64(handling.group.id),
        "number": handling.number,
        "keep_until": None if file.concluded is None else file.concluded.keep_until.isoformat(),
        "hold": None if file.hold is None else file.hold.isoformat(),
    }
