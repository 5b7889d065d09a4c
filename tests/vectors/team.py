"""Vectors of a team's papers: documents, receiving keys, grants, erasures, rosters."""

from dataclasses import replace
from datetime import timedelta

from crypto.constants import Tag
from crypto.documents import (
    Assigned,
    Concluded,
    Conclusion,
    ContactReleased,
    ContactRequested,
    GroupProof,
    Held,
    Recorded,
)
from crypto.encoding import Document
from crypto.errors import (
    DoesNotOpen,
    Expired,
    ForeignAuthor,
    ForeignService,
    KeysAlike,
    Locked,
    NotCanonical,
    ProtocolError,
    RolledBack,
    WrongId,
    WrongLength,
    WrongPoint,
    WrongRole,
    WrongSignature,
)
from crypto.groups import Erased, Grant, Receiving, ReceivingSecret, sign_erased, sign_receiving
from crypto.keys import AnalystSecret, GroupSecret, Keys
from crypto.roster import Duty, Former, roster_hash, sign_roster
from crypto.signed import sign_document
from crypto.wrapping import WrapKind
from tests.crypto.points import BAD_X25519
from tests.crypto.second_forms import second_forms
from tests.crypto.world import TODAY, Service, flipped, mailbox, secret, stream
from tests.vectors.case import Case, KeptWraps, Value, b64, bad, good

SERVICE, ELSEWHERE = Service("drop"), Service("elsewhere")
GRANTER, MEMBER = SERVICE.analyst.keys, SERVICE.colleague.keys
ME = MEMBER.card
PAIR, NEXT_PAIR = (ReceivingSecret(stream(f"pair {number}")(32)) for number in (1, 2))
GROUP = secret(GroupSecret, "granted group")
ID = bytes(range(32))
DAY = timedelta(days=1)
Refused = dict[str, tuple[dict[str, Value], type[ProtocolError]]]


def team_document_cases() -> list[Case]:
    """The documents a reporter's browser never reads, in their one form and in every other."""
    proof = GroupProof(ME.to_bytes(), (b"certificate",))
    held = Held("held", ID, None, ID)
    receiving = Receiving(ID, 1, ME.box, ME.kem)
    documents: tuple[Document, ...] = (
        Assigned("assigned", ID, ID, proof, (bytes(32), ID), ID),
        Concluded("concluded", ID, ID, Conclusion.OUT_OF_SCOPE, TODAY, ID),
        Concluded("concluded", ID, None, Conclusion.REFERRED, TODAY, ID),
        held,
        Held("held", ID, TODAY, ID),
        ContactRequested("contact-requested", ID, None, bytes(1184), ID),
        ContactRequested("contact-requested", ID, proof, bytes(1184), ID),
        ContactReleased("contact-released", ID, ID, bytes(32), ID),
        ContactReleased("contact-released", ID, ID, None, ID),
        receiving,
        Grant(ID, ID, ID, ID, bytes(1184)),
        Erased(ID, ID, TODAY),
        SERVICE.roster_document(),
        Recorded("recorded", ID, "assessment", ID),
    )
    cases = [
        good(f"{type(each).__name__} {number}", _document(type(each).__name__, each.to_bytes()))
        for number, each in enumerate(documents)
    ]
    for form, other in dict(second_forms(held.to_bytes())).items():
        cases.append(bad(f"Held: {form}", _document("Held", other), NotCanonical))
    data = documents[0].to_bytes()
    swapped = data.replace(b64(bytes(32)).encode() + b'","' + b64(ID).encode(), b"swap")
    swapped = swapped.replace(b"swap", b64(ID).encode() + b'","' + b64(bytes(32)).encode())
    nobody = data.replace(f'["{b64(bytes(32))}","{b64(ID)}"]'.encode(), b"[]")
    return [
        *cases,
        bad("Assigned: handlers not in order", _document("Assigned", swapped), NotCanonical),
        bad("Assigned: no handler", _document("Assigned", nobody), NotCanonical),
        bad("Held: of another kind", _document("Held", documents[1].to_bytes()), NotCanonical),
    ]


def _document(name: str, data: bytes) -> dict[str, Value]:
    return {"type": name, "data": b64(data)}


def receiving_cases() -> list[Case]:
    """Reading an analyst's word for her receiving key."""
    signed = sign_receiving(PAIR, 4, MEMBER, SERVICE.id)
    key = PAIR.card

    def given(paper: bytes, **changes: Value) -> dict[str, Value]:
        return {
            "signed": b64(paper),
            "analyst": b64(ME.id),
            "sign": b64(ME.sign),
            "service": b64(SERVICE.id),
        } | changes

    def by_her(tag: Tag = Tag.SIGN_RECEIVING, **members: Value) -> bytes:
        document = replace(Receiving(ME.id, 4, key.box, key.kem), **members)
        return sign_document(document, tag, MEMBER, SERVICE.id)

    refused: Refused = {
        "of another analyst": (given(signed, analyst=b64(GRANTER.card.id)), ForeignAuthor),
        "signed by another": (given(signed, sign=b64(GRANTER.card.sign)), WrongSignature),
        "of another service": (given(signed, service=b64(ELSEWHERE.id)), WrongSignature),
        "a bit of the signature": (given(flipped(signed, 3, 3)), WrongSignature),
        "signed for something else": (
            given(
                sign_document(
                    Receiving(ME.id, 4, key.box, key.kem), Tag.SIGN_GRANT, MEMBER, SERVICE.id
                )
            ),
            WrongSignature,
        ),
        "a low point": (given(by_her(box=BAD_X25519["order 8"])), WrongPoint),
        "an unreduced key": (given(by_her(kem=b"\xff" * 1184)), WrongPoint),
        "white space": (given(signed + b" "), NotCanonical),
        "no document": (given(signed[:64]), WrongLength),
    }
    return [
        good("as it should be", given(signed), number=4, id=b64(key.id)),
        *[bad(name, each, error) for name, (each, error) in refused.items()],
    ]


def grant_cases(kept: KeptWraps) -> list[Case]:
    """Opening grants of a group's secret."""
    group, grouped = GROUP.keys.card.id, GROUP.expose()

    def paper(
        held: bytes = grouped,
        names: tuple[bytes, bytes] = (group, ME.id),
        signer: Keys = GRANTER,
        **members: Value,
    ) -> bytes:
        wrapped = kept.wrap(held, WrapKind.GRANT, names, PAIR)
        document = replace(Grant(GRANTER.card.id, group, ME.id, PAIR.card.id, wrapped), **members)
        return sign_document(document, Tag.SIGN_GRANT, signer, SERVICE.id)

    def given(signed: bytes, **changes: Value) -> dict[str, Value]:
        return {
            "signed": b64(signed),
            "granter_sign": b64(GRANTER.card.sign),
            "analyst": b64(ME.id),
            "reader": b64(PAIR.expose()),
            "service": b64(SERVICE.id),
        } | changes

    honest = paper()
    newer = paper(receiving=NEXT_PAIR.card.id)
    refused: Refused = {
        "to another member": (given(honest, analyst=b64(GRANTER.card.id)), ForeignAuthor),
        "by another granter": (given(honest, granter_sign=b64(ME.sign)), WrongSignature),
        "signed by another": (given(paper(signer=MEMBER)), WrongSignature),
        "of another service": (given(honest, service=b64(ELSEWHERE.id)), WrongSignature),
        "to a key that was erased": (given(honest, reader=b64(NEXT_PAIR.expose())), Locked),
        "to a newer key than it says": (
            given(newer, reader=b64(NEXT_PAIR.expose())),
            DoesNotOpen,
        ),
        "moved from another group": (given(paper(names=(ID, ME.id))), DoesNotOpen),
        "moved from another member": (
            given(paper(names=(group, GRANTER.card.id))),
            DoesNotOpen,
        ),
        "of another secret than it names": (given(paper(held=bytes(32))), WrongId),
        "a bit of the document": (given(flipped(honest, 90, 0)), WrongSignature),
        "no document": (given(honest[:64]), WrongLength),
        "white space": (given(honest + b"\n"), NotCanonical),
    }
    return [
        good("as it should be", given(honest), group=b64(group), secret=b64(grouped)),
        *[bad(name, each, error) for name, (each, error) in refused.items()],
    ]


def erasure_cases() -> list[Case]:
    """Reading an analyst's word that a group's secret is gone."""
    signed = sign_erased(ID, TODAY, GRANTER, SERVICE.id)

    def given(paper: bytes, sign: bytes = GRANTER.card.sign, **more: Value) -> dict[str, Value]:
        named = {"signed": b64(paper), "sign": b64(sign), "service": b64(SERVICE.id)}
        return named | {"analyst": b64(GRANTER.card.id)} | more

    return [
        good(
            "as it should be",
            given(signed),
            analyst=b64(GRANTER.card.id),
            group=b64(ID),
            day=TODAY.isoformat(),
        ),
        bad("signed by another", given(signed, ME.sign), WrongSignature),
        bad("of another analyst", given(signed, analyst=b64(ME.id)), ForeignAuthor),
        bad(
            "of another service",
            given(sign_erased(ID, TODAY, GRANTER, ELSEWHERE.id)),
            WrongSignature,
        ),
        bad("a bit of the day", given(flipped(signed, len(signed) - 3, 0)), WrongSignature),
        bad("white space", given(signed[:64] + b" " + signed[64:]), WrongSignature),
        bad("no document", given(signed[:64]), WrongLength),
    ]


def roster_cases() -> list[Case]:
    """Reading rosters: whose, when, and after which. The directory is the service's."""
    seen = SERVICE.signed_roster()
    rows = SERVICE.roster_document().members
    heron = SERVICE.supervisor.keys.card.id
    gone = secret(AnalystSecret, "gone").keys.card
    left = Former(gone.id, gone.sign, "Crane", TODAY, False)
    rook = SERVICE.member(SERVICE.publisher, "Rook", Duty.PUBLISHER)

    def given(signed: bytes, **changes: Value) -> dict[str, Value]:
        return {
            "signed": b64(signed),
            "root": b64(SERVICE.id),
            "directory": b64(SERVICE.signed()),
            "today": TODAY.isoformat(),
            "seen": None,
        } | changes

    def taken(
        name: str, signed: bytes, seq: int, refuses: bytes | None = None, **changes: Value
    ) -> Case:
        signers = [each.id for each in rows] + ([] if refuses is None else [refuses])
        return good(
            name,
            given(signed, **changes),
            seq=seq,
            signers=sorted(map(b64, signers)),
            supervisors=[b64(heron)],
            refused=[] if refuses is None else [b64(refuses)],
        )

    def wren(**changes: Value) -> bytes:
        changed = SERVICE.member(SERVICE.analyst, "Wren", **changes)
        members = [changed if each.label == "Wren" else each for each in rows]
        return SERVICE.signed_roster(members=members)

    after = b64(seen)
    follows = {"seq": 2, "previous": roster_hash(seen)}
    server = mailbox("the server").keys.card.to_bytes()
    other = SERVICE.certificate(SERVICE.colleague)
    without = SERVICE.signed_roster(
        members=[each for each in rows if each.label != "Rook"],
        former=(Former(rook.id, rook.subject.sign, "Rook", TODAY, True),),
        publisher=other,
    )
    auditor = SERVICE.member(SERVICE.publisher, "Rook", Duty.AUDITOR)
    out_of_office = SERVICE.signed_roster(
        members=[auditor if each.label == "Rook" else each for each in rows], publisher=other
    )
    analyst = SERVICE.member(SERVICE.supervisor, "Heron")
    demoted = [analyst if each.label == "Heron" else each for each in rows]
    refused: Refused = {
        "of another service": (given(ELSEWHERE.signed_roster()), ForeignService),
        "signed by the root": (
            given(sign_roster(SERVICE.roster_document(), SERVICE.root.keys)),
            WrongSignature,
        ),
        "signed by an analyst": (
            given(
                sign_roster(
                    SERVICE.roster_document(publisher=rows[0].certificate), SERVICE.analyst.keys
                )
            ),
            WrongRole,
        ),
        "a member with a card of the server's": (given(wren(card=server)), WrongId),
        "a member certified as a publisher": (
            given(wren(certificate=SERVICE.certificate(SERVICE.analyst))),
            WrongRole,
        ),
        "a member with another's certificate": (
            given(wren(certificate=SERVICE.member(SERVICE.colleague, "Swift").certificate)),
            WrongId,
        ),
        "a member certified by another root": (
            given(wren(certificate=ELSEWHERE.member(SERVICE.analyst, "Wren").certificate)),
            ForeignAuthor,
        ),
        "one who left with the key of a member": (
            given(SERVICE.signed_roster(former=(replace(left, sign=rook.subject.sign),))),
            KeysAlike,
        ),
        "a supervisor who is not among them": (
            given(SERVICE.signed_roster(supervisors=())),
            NotCanonical,
        ),
        "expired": (given(seen, today=(TODAY + 15 * DAY).isoformat()), Expired),
        "two days early": (given(seen, today=(TODAY - 2 * DAY).isoformat()), Expired),
        "a bit of the signature": (given(flipped(seen, 0, 0)), WrongSignature),
        "white space": (given(seen + b"\n"), NotCanonical),
        "nothing": (given(b""), WrongLength),
        "rolled back": (given(seen, seen=b64(SERVICE.signed_roster(seq=2))), RolledBack),
        "not following": (given(SERVICE.signed_roster(seq=2), seen=after), RolledBack),
        "forgetting one who left": (
            given(
                SERVICE.signed_roster(seq=9),
                seen=b64(SERVICE.signed_roster(former=(left,))),
            ),
            RolledBack,
        ),
        "forgetting who was a supervisor": (
            given(SERVICE.signed_roster(seq=9, members=demoted), seen=after),
            RolledBack,
        ),
        "by a publisher who is one no more": (
            given(SERVICE.signed_roster(seq=9), seen=b64(_by_colleague(out_of_office))),
            ForeignAuthor,
        ),
        "by a publisher who left": (
            given(SERVICE.signed_roster(seq=9), seen=b64(_by_colleague(without))),
            ForeignAuthor,
        ),
    }
    return [
        taken("as it should be", seen, 1),
        taken("on its last day", seen, 1, today=(TODAY + 14 * DAY).isoformat()),
        taken("a day early", seen, 1, today=(TODAY - DAY).isoformat()),
        taken("seen already", seen, 1, seen=after),
        taken("the next one", SERVICE.signed_roster(**follows), 2, seen=after),
        taken("one that skips some", SERVICE.signed_roster(seq=9), 9, seen=after),
        taken("one who left", SERVICE.signed_roster(former=(left,)), 1, gone.id),
        *[bad(name, each, error) for name, (each, error) in refused.items()],
    ]


def _by_colleague(signed: bytes) -> bytes:
    """The same roster, signed by another publisher."""
    data = signed[64:]
    return SERVICE.colleague.keys.sign(Tag.SIGN_ROSTER, SERVICE.id, data) + data
