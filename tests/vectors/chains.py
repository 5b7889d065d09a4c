"""Vectors of whole ``team`` chains: rows as a server gives them, and what a reporter sees."""

from dataclasses import replace
from typing import Any

from crypto.constants import Tag
from crypto.documents import Link
from crypto.encoding import Document
from crypto.envelope import NO_PREV, Chain, Envelope, Header, Place, envelope_id
from crypto.keys import MailboxSecret, Principal
from tests.crypto.world import (
    TODAY,
    Service,
    closing,
    deleted,
    enclose,
    flipped,
    handover,
    mailbox,
    receipt,
    reply,
    sign_content,
    stream,
)
from tests.vectors.case import Case, KeptWraps, Value, b64, good, unb64
from tests.vectors.sealing import row_of, sealed_by

SERVICE = Service("drop")
ANN, BEN = mailbox("ann"), mailbox("ben")
INTAKE, FORMER = SERVICE.intake[2], SERVICE.intake[1]
CASE = SERVICE.case(ANN.keys.card.id)
NEXT = SERVICE.case(ANN.keys.card.id, 2, CASE.group, CASE.proof.certificates)
FOREIGN = SERVICE.case(BEN.keys.card.id)


class Pool:
    """Named rows, each made once; a case lists their names."""

    def __init__(self, kept: KeptWraps) -> None:
        self.rows: dict[str, dict[str, Value]] = {}
        self._envelopes: dict[str, Envelope] = {}
        self._kept = kept

    def id_of(self, name: str) -> bytes:
        """The id of a row's envelope."""
        return self._envelopes[name].id

    def add(
        self,
        name: str,
        after: str | None,
        payload: Document,
        signer: Principal,
        reader: MailboxSecret = ANN,
        **place: Any,
    ) -> str:
        """A row whose envelope follows ``after``."""
        before = self._envelopes[after] if after else None
        seq = before.header.seq + 1 if before else 0
        address = reader.keys.card.id
        where = Place(Chain.TEAM, seq, address, address, before.id if before else NO_PREV)
        where = replace(where, **place)
        envelope, cek = sealed_by(where, payload.to_bytes(), None, signer, name)
        return self._keep(name, envelope, cek, reader)

    def enclose(self, name: str, content: bytes, place: Place, reader: MailboxSecret = ANN) -> str:
        """A row with any content, sealed as it is."""
        cek = stream(f"cek {name}")(32)
        return self._keep(name, enclose(place, content, cek, stream(f"nonce {name}")), cek, reader)

    def _keep(self, name: str, envelope: Envelope, cek: bytes, reader: MailboxSecret) -> str:
        self._envelopes[name] = envelope
        row = row_of(envelope, cek, (reader,), self._kept)
        self.rows[name] = row | {"day": TODAY.isoformat(), "deleted": None}
        return name

    def change(self, name: str, of: str, **members: Value) -> str:
        """A row like another, with some members changed."""
        self.rows[name] = self.rows[of] | members
        return name

    def stub(self, name: str, of: str, note: bytes | None = None, **members: Value) -> str:
        """What is left of a row."""
        gone: dict[str, Value] = {
            "body": None,
            "wraps": {},
            "deleted": None if note is None else b64(note),
        }
        return self.change(name, of, **gone | members)


def _fill(pool: Pool) -> None:
    intake, case, following = INTAKE.keys.card.id, CASE.group.keys.card.id, NEXT.group.keys.card.id
    pool.add("receipt", None, receipt(intake), INTAKE)
    pool.add("reply", "receipt", reply(intake), INTAKE)
    pool.add("handover", "receipt", handover(case, CASE.proof), CASE.group)
    pool.add("case reply", "handover", reply(case, CASE.proof), CASE.group)
    pool.add("closing", "handover", closing(case, CASE.proof), CASE.group)
    pool.add("next handover", "handover", handover(following, NEXT.proof), NEXT.group)
    pool.add("reply after the closing", "closing", reply(intake), INTAKE)
    pool.add("case after its closing", "closing", reply(case, CASE.proof), CASE.group)
    pool.add("intake without a closing", "handover", reply(intake), INTAKE)
    pool.add("removed handler", "next handover", reply(case, CASE.proof), CASE.group)
    pool.add("case without a handover", "receipt", reply(case, CASE.proof), CASE.group)
    pool.add("former intake", "receipt", receipt(FORMER.keys.card.id), FORMER)
    pool.add(
        "foreign case",
        "receipt",
        handover(FOREIGN.group.keys.card.id, FOREIGN.proof),
        FOREIGN.group,
    )
    pool.add("signed by an analyst", "receipt", reply(intake), SERVICE.analyst)
    pool.add(
        "an analyst as author", "receipt", reply(SERVICE.analyst.keys.card.id), SERVICE.analyst
    )
    pool.add("to ben", None, receipt(intake), INTAKE, BEN)
    pool.add("another recipient", "receipt", reply(intake), INTAKE, recipient=BEN.keys.card.id)
    pool.add("team deletes", "reply", deleted(intake, ids=[pool.id_of("reply")]), INTAKE)
    pool.add("wrong mark", "receipt", receipt(intake, ack=Link(0, bytes(32))), INTAKE)
    first = Place(Chain.TEAM, 0, ANN.keys.card.id, ANN.keys.card.id, NO_PREV)
    ben = replace(first, mailbox=BEN.keys.card.id, recipient=BEN.keys.card.id)
    cek = stream("cek to ben")(32)
    words = sign_content(ben, receipt(intake).to_bytes(), cek, INTAKE.keys, SERVICE.id)
    pool.enclose("resealed from ben", words, first)
    pool.enclose("signed by nobody", bytes(64) + receipt(intake).to_bytes(), first)
    pool.enclose("no document", bytes(200), first)
    _stubs(pool)


def _stubs(pool: Pool) -> None:
    def note(of: str, signer: Principal = ANN, tag: Tag = Tag.SIGN_DELETED) -> bytes:
        return signer.keys.sign(tag, SERVICE.id, pool.id_of(of))

    pool.stub("receipt, deleted", "receipt", note("receipt"))
    pool.stub("receipt, withheld", "receipt")
    pool.stub("receipt, with another's note", "receipt", note("receipt", BEN))
    pool.stub("receipt, with the note of another", "receipt", note("reply"))
    pool.stub(
        "receipt, with a note of another kind", "receipt", note("receipt", ANN, Tag.SIGN_TEAM)
    )
    pool.stub("receipt, with a forged id", "receipt", note("receipt"), hash_of_body=b64(bytes(32)))
    pool.stub("reply, withheld", "reply")
    row = pool.rows["receipt"]
    header = unb64(row["header"])
    pool.change("receipt of version 2", "receipt", header=b64(b"\x02" + header[1:]))
    pool.change("receipt in the reporter chain", "receipt", header=b64(b"\x01\x01" + header[2:]))
    body = flipped(unb64(row["body"]), 77, 0)
    pool.change("receipt, its body changed", "receipt", body=b64(body))
    pool.change("receipt without a wrap", "receipt", wraps={})


def _own(seq: int, prev: bytes, recipient: Principal = INTAKE) -> dict[str, Value]:
    """A stub of her own chain: all she is ever given of it."""
    header = Header(
        Chain.REPORTER, seq, ANN.keys.card.id, recipient.keys.card.id, prev, bytes([seq]) * 32
    )
    return {
        "header": b64(header.to_bytes()),
        "hash_of_body": b64(bytes([seq]) * 32),
        "body": None,
        "wraps": {},
        "day": TODAY.isoformat(),
        "deleted": None,
    }


def _id(row: dict[str, Value]) -> bytes:
    return envelope_id(unb64(row["header"]), unb64(row["hash_of_body"]))


# Rows in the order a server gives them; the states in the order a reporter sees them (by place,
# then by id); alarms as fault and place; the case group she seals to.
SHOWN, GONE, MISSING, BAD = "shown", "deleted", "missing", "quarantined"
_CASES: dict[str, tuple[list[str], list[str], list[list[Value]], str | None]] = {
    "nothing": ([], [], [], None),
    "one receipt": (["receipt"], [SHOWN], [], None),
    "receipt and reply": (["receipt", "reply"], [SHOWN] * 2, [], None),
    "in another order": (["reply", "receipt"], [SHOWN] * 2, [], None),
    "a case": (["receipt", "handover", "case reply"], [SHOWN] * 3, [], "case"),
    "the next case": (["receipt", "handover", "next handover"], [SHOWN] * 3, [], "next"),
    "closed again": (
        ["receipt", "handover", "closing", "reply after the closing"],
        [SHOWN] * 4,
        [],
        None,
    ),
    "a case after its closing": (
        ["receipt", "handover", "closing", "case after its closing"],
        [SHOWN] * 3 + [BAD],
        [],
        None,
    ),
    "an intake group while a case has it": (
        ["receipt", "handover", "intake without a closing"],
        [SHOWN] * 2 + [BAD],
        [],
        "case",
    ),
    "a removed handler": (
        ["receipt", "handover", "next handover", "removed handler"],
        [SHOWN] * 3 + [BAD],
        [],
        "next",
    ),
    "a case without a handover": (["receipt", "case without a handover"], [SHOWN, BAD], [], None),
    "an older intake group": (["receipt", "former intake"], [SHOWN, BAD], [], None),
    "another mailbox's case group": (["receipt", "foreign case"], [SHOWN, BAD], [], None),
    "signed by another than it names": (
        ["receipt", "signed by an analyst"],
        [SHOWN, BAD],
        [],
        None,
    ),
    "signed by an analyst": (["receipt", "an analyst as author"], [SHOWN, BAD], [], None),
    "sealed to another mailbox": (["to ben"], [], [["unreadable", None]], None),
    "another recipient": (["receipt", "another recipient"], [SHOWN, BAD], [], None),
    "another reporter's words, sealed again": (["resealed from ben"], [BAD], [], None),
    "signed by nobody": (["signed by nobody"], [BAD], [], None),
    "no document": (["no document"], [BAD], [], None),
    "another version": (["receipt of version 2"], [], [["unreadable", None]], None),
    "another chain": (["receipt in the reporter chain"], [], [["unreadable", None]], None),
    "a changed body": (["receipt, its body changed"], [BAD], [], None),
    "no wrap": (["receipt without a wrap"], [BAD], [], None),
    "the same twice": (["receipt", "receipt"], [SHOWN], [["duplicate", 0]], None),
    "a hole at the beginning": (["reply"], [SHOWN], [["missing", 0]], None),
    "a hole in the middle": (
        ["receipt", "closing"],
        [SHOWN, BAD],
        [["missing", 1]],
        None,
    ),
    "a fork": (["receipt", "reply", "handover"], [SHOWN] * 3, [["fork", 1]], None),
    "a fork the other way round": (
        ["handover", "reply", "receipt"],
        [SHOWN] * 3,
        [["fork", 1]],
        None,
    ),
    "deleted by her": (["receipt, deleted", "reply"], [GONE, SHOWN], [], None),
    "withheld": (["receipt, withheld", "reply"], [MISSING, SHOWN], [], None),
    "deleted by another": (["receipt, with another's note", "reply"], [MISSING, SHOWN], [], None),
    "with the note of another": (
        ["receipt, with the note of another", "reply"],
        [MISSING, SHOWN],
        [],
        None,
    ),
    "with a note of another kind": (
        ["receipt, with a note of another kind", "reply"],
        [MISSING, SHOWN],
        [],
        None,
    ),
    "a stub of a forged id": (
        ["receipt, with a forged id", "reply"],
        [MISSING, SHOWN],
        [["broken-link", 1]],
        None,
    ),
    "deleted by the team": (
        ["receipt", "reply, withheld", "team deletes"],
        [SHOWN, GONE, SHOWN],
        [],
        None,
    ),
    "withheld before the team deletes": (
        ["receipt, withheld", "reply", "team deletes"],
        [MISSING, SHOWN, SHOWN],
        [],
        None,
    ),
    "a mark of something she did not send": (
        ["receipt", "wrong mark"],
        [SHOWN] * 2,
        [["unknown-mark", 1]],
        None,
    ),
}


def chain_file(kept: KeptWraps) -> dict[str, Value]:
    """The file: the rows, and the cases that name them."""
    pool = Pool(kept)
    _fill(pool)
    first = _own(0, NO_PREV)
    second = _own(1, _id(first))
    own = {"own 0": first, "own 1": second, "own 1, not linked": _own(1, bytes([7]) * 32)}
    groups = {"case": CASE.group.keys.card.id, "next": NEXT.group.keys.card.id}
    cases: list[Case] = []
    for name, (rows, states, alarms, has_case) in _CASES.items():
        cases.append(
            good(
                name,
                {"own": ["own 0", "own 1"], "team": rows},
                states=states,
                alarms=alarms,
                own_alarms=[],
                case=b64(groups[has_case]) if has_case else None,
                contested=any(fault == "fork" for fault, _ in alarms),
                next_seq=2,
                prev=b64(_id(second)),
            )
        )
    for name, mine, own_alarms, seq, prev in (
        ("nothing of her own", [], [], 0, NO_PREV),
        ("one of her own", ["own 0"], [], 1, _id(first)),
        ("a hole of her own", ["own 1"], [["missing", 0]], 2, _id(second)),
        (
            "a broken link of her own",
            ["own 0", "own 1, not linked"],
            [["broken-link", 1]],
            2,
            _id(own["own 1, not linked"]),
        ),
    ):
        out = cases[0]["out"] | {"own_alarms": own_alarms, "next_seq": seq, "prev": b64(prev)}
        cases.append(good(name, {"own": mine, "team": []}, **out))
    return {
        "reader": b64(ANN.expose()),
        "root": b64(SERVICE.id),
        "directory": b64(SERVICE.signed()),
        "rows": pool.rows | own,
        "cases": cases,
    }
