"""Vectors of documents, certificates and directories, and of case names."""

from base64 import b32encode
from datetime import date, timedelta

from crypto.certificates import CertificateRole, certify, certify_case, read_certificate
from crypto.constants import Tag
from crypto.directory import LIMITS, PastGroup, directory_hash, sign_directory
from crypto.documents import (
    Closed,
    ContactWithdrawn,
    Deleted,
    GroupProof,
    Handover,
    Link,
    Note,
    Receipt,
    Reply,
    Report,
    Sent,
    Words,
)
from crypto.encoding import Document
from crypto.errors import (
    Expired,
    ForeignAuthor,
    ForeignOrigin,
    ForeignService,
    KeysAlike,
    NotCanonical,
    ProtocolError,
    RolledBack,
    WrongId,
    WrongLength,
    WrongPoint,
    WrongRole,
    WrongSignature,
)
from crypto.keys import Card
from tests.crypto.points import BAD_X25519
from tests.crypto.second_forms import second_forms
from tests.crypto.test_documents import MANIFEST, REPORT
from tests.crypto.world import ORIGIN, TODAY, Service, flipped, mailbox
from tests.vectors.basics import h
from tests.vectors.case import Case, Value, b64, bad, good

SERVICE, ELSEWHERE = Service("drop"), Service("elsewhere")
ANN = mailbox("ann").keys.card
DAY = timedelta(days=1)
ID = bytes(range(32))


def document_cases() -> list[Case]:
    """Documents in their one form, and in every other."""
    proof = GroupProof(ANN.to_bytes(), (b"certificate",))
    documents: tuple[Document, ...] = (
        REPORT,
        Closed("closed", ANN.to_bytes(), None),
        ContactWithdrawn("contact-withdrawn", ANN.to_bytes(), Link(0, ID)),
        Receipt("receipt", ID, None, Link(2**32 - 1, ID)),
        Reply(
            "reply",
            ID,
            proof,
            "cy",
            'Ŵyth "llygoden" \\ \n\t\x00\x1f\x7f\u2028/🌿',
            (MANIFEST,),
            None,
        ),
        Handover("handover", ID, proof, None),
        Deleted("deleted", ID, None, (bytes(32), ID), None),
        Note("note", ID, ID),
        Sent("sent", ID, ID, ID),
        Words(ID, ""),
        LIMITS,
        SERVICE.directory().publisher_certificate,
        SERVICE.document(),
    )
    cases = [
        good(type(each).__name__, _document(type(each).__name__, each.to_bytes()))
        for each in documents
    ]
    small = Reply("reply", ID, None, "en", "Ŵ\n/", (), Link(1, ID))
    told: set[str] = set()
    for document in (small, SERVICE.directory().publisher_certificate, Report(*_small_report())):
        name, is_long = type(document).__name__, len(document.to_bytes()) > 1000
        for form, other in second_forms(document.to_bytes()):
            everywhere = form.startswith(("space after", "escape at"))
            if form in told or (is_long and everywhere):
                continue  # a way of writing is told once, on the shortest document it fits
            cases.append(bad(f"{name}: {form}", _document(name, other), NotCanonical))
            told.add(form)
    nested = b'{"text":' + b"[" * 9 + b"]" * 9 + b"}"
    return [
        *cases,
        bad("nested too deep", _document("Words", nested), NotCanonical),
        bad("an unknown kind", _document("Reply", b'{"kind":"rumour"}'), NotCanonical),
    ]


def _document(name: str, data: bytes) -> dict[str, Value]:
    return {"type": name, "data": b64(data)}


def _small_report() -> tuple[Value, ...]:
    members = [getattr(REPORT, name) for name, _ in Report.codecs()]
    names = [name for name, _ in Report.codecs()]
    members[names.index("files")] = ()
    members[names.index("contact")] = None
    return tuple(members)


def certificate_cases() -> list[Case]:
    """Reading certificates."""
    root, intake = SERVICE.root.keys, SERVICE.intake[2].keys
    days = (date(2026, 1, 1), date(2026, 12, 31))
    subject = SERVICE.publisher.keys.card
    signed = {
        "analyst": certify(subject, CertificateRole.ANALYST, days, root, SERVICE.id),
        "publisher": certify(subject, CertificateRole.PUBLISHER, days, root, SERVICE.id),
        "case": certify_case(subject, ANN.id, 3, intake, SERVICE.id),
    }

    def given(paper: str, **changes: Value) -> dict[str, Value]:
        issuer = intake.card if paper == "case" else root.card
        return {
            "signed": b64(signed[paper]),
            "role": paper,
            "issuer": b64(issuer.id),
            "issuer_sign": b64(issuer.sign),
            "service": b64(SERVICE.id),
            "today": "2026-03-02",
        } | changes

    cases: list[Case] = []
    for role, paper in signed.items():
        issuer = intake.card if role == "case" else root.card
        certificate = read_certificate(
            paper, CertificateRole(role), issuer.id, issuer.sign, SERVICE.id
        )
        cases.append(
            good(
                f"of an {role}" if role == "analyst" else f"of a {role}",
                given(role),
                subject=b64(subject.id),
                sign=b64(subject.sign),
                mailbox=None if certificate.mailbox is None else b64(certificate.mailbox),
                number=certificate.number,
            )
        )
    first, last = (
        good(name, given("analyst", today=today), **cases[0]["out"])
        for name, today in (("a day early", "2025-12-31"), ("on the last day", "2026-12-31"))
    )
    other = SERVICE.intake[1].keys.card
    refused: dict[str, tuple[dict[str, Value], type[ProtocolError]]] = {
        "two days early": (given("analyst", today="2025-12-30"), Expired),
        "a day late": (given("publisher", today="2027-01-01"), Expired),
        "another issuer": (
            given("case", issuer=b64(other.id), issuer_sign=b64(other.sign)),
            ForeignAuthor,
        ),
        "another issuer's key": (given("case", issuer_sign=b64(other.sign)), WrongSignature),
        "another service": (given("analyst", service=b64(ELSEWHERE.id)), WrongSignature),
        "a bit of the signature": (
            given("case", signed=b64(flipped(signed["case"], 9, 1))),
            WrongSignature,
        ),
        "no document": (given("case", signed=b64(signed["case"][:64])), WrongLength),
        "a document cut": (given("case", signed=b64(signed["case"][:-1])), NotCanonical),
        "white space": (given("case", signed=b64(signed["case"] + b" ")), NotCanonical),
    }
    for made in signed:
        for asked in signed:
            if made != asked:
                refused[f"{made} for {asked}"] = (given(made, role=asked), WrongRole)
    return [
        *cases,
        first,
        last,
        *[bad(name, each, error) for name, (each, error) in refused.items()],
    ]


def directory_cases() -> list[Case]:
    """Reading directories: whose, where, when, and after which."""
    seen = SERVICE.signed()
    follows = {"seq": 3, "previous": directory_hash(seen)}

    def given(signed: bytes, **changes: Value) -> dict[str, Value]:
        return {
            "signed": b64(signed),
            "root": b64(SERVICE.id),
            "origin": ORIGIN,
            "today": TODAY.isoformat(),
            "seen": None,
        } | changes

    def taken(name: str, signed: bytes, epoch: int, seq: int, **changes: Value) -> Case:
        intake = SERVICE.intake[epoch].keys.card
        return good(
            name,
            given(signed, **changes),
            seq=seq,
            intake=b64(intake.id),
            groups=sorted(b64(SERVICE.intake[n].keys.card.id) for n in range(1, epoch + 1)),
        )

    somebody = mailbox("somebody").keys.card
    intake = SERVICE.intake[2].keys.card
    aliased = Card(intake.auth, intake.sign, BAD_X25519["order 8"], intake.kem)
    analyst = SERVICE.certificate(SERVICE.analyst, CertificateRole.ANALYST)
    late = SERVICE.certificate(SERVICE.publisher, days=(TODAY - 9 * DAY, TODAY - DAY))
    after = b64(seen)
    refused: dict[str, tuple[dict[str, Value], type[ProtocolError]]] = {
        "of another service": (given(ELSEWHERE.signed()), ForeignService),
        "a fingerprint cut short": (given(seen, root=b64(SERVICE.id[:19])), ForeignService),
        "naming another service": (
            given(sign_directory(SERVICE.document(service=ELSEWHERE.id), SERVICE.publisher.keys)),
            WrongId,
        ),
        "at another origin": (given(seen, origin="https://evil.example"), ForeignOrigin),
        "expired": (given(seen, today=(TODAY + 15 * DAY).isoformat()), Expired),
        "two days early": (given(seen, today=(TODAY - 2 * DAY).isoformat()), Expired),
        "publisher expired": (given(SERVICE.signed(publisher=late)), Expired),
        "signed by an analyst": (
            given(sign_directory(SERVICE.document(publisher=analyst), SERVICE.analyst.keys)),
            WrongRole,
        ),
        "signed by the root": (
            given(sign_directory(SERVICE.document(), SERVICE.root.keys)),
            WrongSignature,
        ),
        "another publisher's certificate": (
            given(SERVICE.signed(publisher=ELSEWHERE.certificate(ELSEWHERE.publisher))),
            ForeignAuthor,
        ),
        "a bit of the signature": (given(flipped(seen, 0, 0)), WrongSignature),
        "a bit of the document": (given(flipped(seen, 64 + 400, 0)), ForeignService),
        "cut": (given(seen[:-1]), NotCanonical),
        "white space": (given(seen + b"\n"), NotCanonical),
        "nothing": (given(b""), WrongLength),
        "two cards alike": (given(SERVICE.signed(contact=intake.to_bytes())), KeysAlike),
        "a past group's key is the intake's": (
            given(SERVICE.signed(past=(PastGroup(1, somebody.id, intake.sign),))),
            KeysAlike,
        ),
        "an aliased key": (
            given(SERVICE.signed(intake=SERVICE.intake_group(2, aliased.to_bytes()))),
            WrongPoint,
        ),
        "rolled back": (given(SERVICE.signed(seq=1), seen=after), RolledBack),
        "another with the same number": (
            given(SERVICE.signed(name="Other"), seen=after),
            RolledBack,
        ),
        "not following": (given(SERVICE.signed(3, seq=3), seen=after), RolledBack),
        "forgetting a past group": (
            given(SERVICE.signed(3, **follows, past=SERVICE.past(2)), seen=after),
            RolledBack,
        ),
    }
    return [
        taken("as it should be", seen, 2, 2),
        taken("known by its fingerprint", seen, 2, 2, root=b64(SERVICE.id[:20])),
        taken("at its other origin", seen, 2, 2, origin="https://drop.example:8443"),
        taken("on its last day", seen, 2, 2, today=(TODAY + 14 * DAY).isoformat()),
        taken("a day early", seen, 2, 2, today=(TODAY - DAY).isoformat()),
        taken("expired, to read with", seen, 2, 2, today=None),
        taken("seen already", seen, 2, 2, seen=after),
        taken("the next one", SERVICE.signed(3, **follows), 3, 3, seen=after),
        taken("one that skips some", SERVICE.signed(3, seq=9), 3, 9, seen=after),
        *[bad(name, each, error) for name, (each, error) in refused.items()],
    ]


def case_name_cases() -> list[Case]:
    """A case's name from its address."""
    cases = []
    for whose, address in (("zeros", bytes(32)), ("ann", ANN.id)):
        letters = b32encode(h(Tag.CASE_NAME, address)).decode().lower()
        cases += [
            good(f"{whose}, {n} letters", {"address": b64(address), "letters": n}, name=letters[:n])
            for n in (8, 12)
        ]
    return cases
