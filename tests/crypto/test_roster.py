from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from crypto.certificates import CertificateRole, certify
from crypto.constants import Tag
from crypto.errors import (
    Expired,
    ForeignAuthor,
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
from crypto.keys import AnalystSecret, Card
from crypto.roster import (
    Duty,
    Former,
    Member,
    Roster,
    read_next_roster,
    read_roster,
    roster_hash,
    sign_roster,
    supervisors_of,
)
from tests.crypto.points import BAD_ED25519, BAD_X25519, unreduced
from tests.crypto.second_forms import second_forms
from tests.crypto.world import EPOCH, TODAY, Service, flipped, mailbox, secret

DAY = timedelta(days=1)
KEYS = ("auth", "sign", "box", "kem")


def former(person: AnalystSecret, label: str = "Crane", *, lost: bool = False) -> Former:
    card = person.keys.card
    return Former(card.id, card.sign, label, TODAY, lost)


def read(service: Service, **changes: Any) -> Roster:
    return read_roster(service.signed_roster(**changes), service.directory())


def members(service: Service, **changed: Member) -> tuple[Member, ...]:
    """The roster's members, some replaced by their label."""
    return tuple(changed.get(each.label, each) for each in service.roster_document().members)


def test_a_roster_says_who_may_do_what(service: Service) -> None:
    roster = read(service)
    assert roster == service.roster_document()
    heron = roster.find(service.supervisor.keys.card.id)
    assert heron is not None
    assert (heron.label, heron.duties, heron.reads, heron.intake) == (
        "Heron",
        (Duty.SUPERVISOR,),
        True,
        True,
    )
    owl = roster.find(service.custodian.keys.card.id)
    assert owl is not None
    assert not owl.reads
    assert roster.find(bytes(32)) is None
    assert roster.supervisors == (service.supervisor.keys.card.id,)
    assert roster.label(service.analyst.keys.card.id) == "Wren"
    assert roster.label(bytes(32)) is None
    assert len(roster.active()) == len(roster.members) == 5


def test_whose_signatures_count_and_who_is_refused_are_two_things(service: Service) -> None:
    """Who was suspended or left is let in no more; what they signed stays in the log."""
    gone = secret(AnalystSecret, "gone")
    wren = replace(service.member(service.analyst, "Wren"), suspended=True)
    roster = read(service, members=members(service, Wren=wren), former=(former(gone),))
    gone_card, wren_card = gone.keys.card, service.analyst.keys.card
    assert roster.refuses(gone_card.id)
    assert roster.refuses(wren_card.id)
    assert not roster.refuses(service.colleague.keys.card.id)
    assert not roster.refuses(bytes(32))  # a new server knows nobody yet
    assert roster.signers[gone_card.id] == gone_card.sign
    assert roster.signers[wren_card.id] == wren_card.sign
    assert len(roster.signers) == 6
    assert roster.label(gone_card.id) == "Crane"
    assert [each.label for each in roster.active()] == [
        each.label for each in roster.members if each.label != "Wren"
    ]


# -- whose it is --------------------------------------------------------------------------------


def test_a_roster_of_another_service_is_refused(service: Service, elsewhere: Service) -> None:
    """Fully valid, at the wrong place (P5)."""
    with pytest.raises(ForeignService):
        read_roster(elsewhere.signed_roster(), service.directory())
    posing = sign_roster(elsewhere.roster_document(service=service.id), elsewhere.publisher.keys)
    with pytest.raises(ForeignAuthor):
        read_roster(posing, service.directory())


def test_only_a_publisher_signs_rosters(service: Service) -> None:
    """A server, an analyst with her certificate, and the root do not (P8)."""
    for signer in (service.root, service.analyst, service.intake[EPOCH], mailbox("the server")):
        with pytest.raises(WrongSignature):
            read_roster(sign_roster(service.roster_document(), signer.keys), service.directory())
    own = service.certificate(service.analyst, CertificateRole.ANALYST)
    signed = sign_roster(service.roster_document(publisher=own), service.analyst.keys)
    with pytest.raises(WrongRole):
        read_roster(signed, service.directory())


def test_a_member_nobody_certified_is_refused(service: Service, elsewhere: Service) -> None:
    """By the publisher alone, for another role, by another root, for another card (P8)."""
    card = service.analyst.keys.card
    stolen = mailbox("the server's own").keys.card
    hostile: list[tuple[dict[str, Any], type[ProtocolError]]] = [
        ({"certificate": service.certificate(service.analyst)}, WrongRole),
        (
            {"certificate": elsewhere.certificate(service.analyst, CertificateRole.ANALYST)},
            ForeignAuthor,
        ),
        (
            {"certificate": service.certificate(service.colleague, CertificateRole.ANALYST)},
            WrongId,
        ),
        ({"card": stolen.to_bytes()}, WrongId),
        ({"card": Card(stolen.auth, card.sign, card.box, card.kem).to_bytes()}, WrongId),
        ({"card": Card(card.auth, card.sign, stolen.box, stolen.kem).to_bytes()}, WrongId),
        ({"certificate": b""}, WrongLength),
    ]
    read(service)
    for changes, error in hostile:
        wren = service.member(service.analyst, "Wren", **changes)
        with pytest.raises(error):
            read(service, members=members(service, Wren=wren))


def test_a_signature_of_another_purpose_is_none_of_a_roster(service: Service) -> None:
    """Every tag there is, a directory's too (P1)."""
    data = service.roster_document().to_bytes()
    for tag in (tag for tag in Tag if tag is not Tag.SIGN_ROSTER):
        signed = service.publisher.keys.sign(tag, service.id, data) + data
        with pytest.raises(WrongSignature):
            read_roster(signed, service.directory())


# -- keys ---------------------------------------------------------------------------------------


def test_a_key_in_another_slot_of_a_members_card_is_refused(service: Service) -> None:
    """Every order of the three short keys (P1)."""
    card = service.analyst.keys.card
    for auth, sign, box in permutations((card.auth, card.sign, card.box)):
        if (auth, sign, box) == (card.auth, card.sign, card.box):
            continue
        mixed = Card(auth, sign, box, card.kem).to_bytes()
        wren = service.member(service.analyst, "Wren", card=mixed)
        with pytest.raises((WrongId, WrongPoint)):
            read(service, members=members(service, Wren=wren))


def test_a_key_of_one_principal_in_anothers_slot_of_the_roster_is_refused(
    service: Service,
) -> None:
    """n² swaps of cards that the root has certified all (P1)."""
    people = (service.publisher, service.analyst, service.colleague, service.custodian)
    for one, other in permutations(people, 2):
        changed = tuple(
            replace(each, card=other.keys.card.to_bytes())
            if each.id == one.keys.card.id
            else replace(each, card=one.keys.card.to_bytes())
            if each.id == other.keys.card.id
            else each
            for each in service.roster_document().members
        )
        with pytest.raises(WrongId):
            read(service, members=changed)


def certify_card(service: Service, card: Card) -> bytes:
    """A certificate of the root for any card."""
    days = (date(2026, 1, 1), date(2026, 12, 31))
    return certify(card, CertificateRole.ANALYST, days, service.root.keys, service.id)


def _alike(service: Service) -> dict[str, dict[str, Any]]:
    """Rosters in which one key or id stands twice."""
    wren, root = service.analyst.keys.card, service.root
    other = secret(AnalystSecret, "somebody")
    rows = service.roster_document().members

    def joined(*people: AnalystSecret | Card) -> dict[str, Any]:
        more = []
        for number, person in enumerate(people):
            card = person if isinstance(person, Card) else person.keys.card
            proof = certify_card(service, card)
            more.append(
                replace(rows[0], card=card.to_bytes(), certificate=proof, label=f"More {number}")
            )
        return {"members": (*rows, *more)}

    def left(id_: bytes, sign: bytes) -> dict[str, Any]:
        return {"former": (Former(id_, sign, "Crane", TODAY, False),)}

    sharing = {
        name: Card(**{key: getattr(other.keys.card, key) for key in KEYS} | {name: value})
        for name, value in ((key, getattr(wren, key)) for key in KEYS)
    }
    changes = {
        "the root as a member": joined(root.keys.card),
        "the contact group as a member": joined(service.contact.keys.card),
        "the intake group as a member": joined(service.intake[EPOCH].keys.card),
        "auth and sign of one card": joined(replace(other.keys.card, auth=other.keys.card.sign)),
        "a member who left": left(wren.id, other.keys.card.sign),
        "a member's key under another id": left(bytes(32), wren.sign),
        "a past intake group's key": left(bytes(32), service.intake[1].keys.card.sign),
        "the root's key": left(bytes(32), root.keys.card.sign),
    }
    return changes | {f"two members' {name}": joined(card) for name, card in sharing.items()}


@pytest.mark.parametrize("case", list(_alike(Service("drop")).items()), ids=lambda case: case[0])
def test_a_roster_with_two_keys_alike_is_refused(
    service: Service, case: tuple[str, dict[str, Any]]
) -> None:
    """One person under two names would be asked twice, or stand for two (P4)."""
    with pytest.raises(KeysAlike):
        read(service, **case[1])


def test_a_member_with_a_bad_key_is_refused(service: Service) -> None:
    """Small order, aliased, unreduced (P13, P14)."""
    good = service.analyst.keys.card
    for card in (
        replace(good, auth=next(iter(BAD_ED25519.values()))),
        replace(good, sign=BAD_ED25519["order 8"]),
        replace(good, box=BAD_X25519["base point with the top bit"]),
        replace(good, kem=unreduced(good.kem)),
    ):
        wren = service.member(service.analyst, "Wren", card=card.to_bytes())
        with pytest.raises(WrongPoint):
            read(service, members=members(service, Wren=wren))


# -- its one form -------------------------------------------------------------------------------


def test_no_second_form_of_a_roster_is_read(service: Service) -> None:
    """Even signed by the publisher (PROTOCOL §12)."""
    row = former(secret(AnalystSecret, "gone"), lost=True)
    document = service.roster_document(
        members=[service.member(service.publisher, "Rook", Duty.PUBLISHER)], former=(row,)
    )
    directory = service.directory()
    for _, form in second_forms(document.to_bytes()):
        signed = service.publisher.keys.sign(Tag.SIGN_ROSTER, service.id, form) + form
        with pytest.raises((NotCanonical, WrongLength)):
            read_roster(signed, directory)


def small(service: Service) -> bytes:
    """A roster of one."""
    return service.signed_roster(members=[service.member(service.publisher, "Rook")])


def test_each_byte_of_a_roster_counts(service: Service) -> None:
    """One bit of each; ``test_every_bit`` takes all eight (P24)."""
    signed, directory = small(service), service.directory()
    read_roster(signed, directory)
    for i in range(len(signed)):
        with pytest.raises(ProtocolError):
            read_roster(flipped(signed, i, i * 5 % 8), directory)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": TODAY + 15 * DAY},
        {"expires": TODAY - DAY},
        {"issued": date.max, "expires": date.min},
        {"seq": 0},
        {"members": "two of one label"},
        {"former": "in the wrong order"},
        {"supervisors": (b"\xff" * 32, bytes(32))},
    ],
    ids=lambda changes: " ".join(f"{name} {value}"[:40] for name, value in changes.items()),
)
def test_a_roster_that_breaks_a_rule_cannot_be_made(
    service: Service, changes: dict[str, Any]
) -> None:
    rows = [former(secret(AnalystSecret, name), name) for name in ("one", "two")]
    rows.sort(key=lambda row: str(row.to_json()["id"]), reverse=True)
    named = {
        "two of one label": (
            service.member(service.analyst, "Wren"),
            service.member(service.colleague, "Wren"),
        ),
        "in the wrong order": tuple(rows),
    }
    changes = {name: named.get(str(value), value) for name, value in changes.items()}
    with pytest.raises(NotCanonical):
        service.roster_document(**changes)


@pytest.mark.parametrize(
    ("duties", "intake", "good"),
    [
        ((), False, False),
        ((Duty.CALLS,), False, True),
        ((Duty.CALLS,), True, False),
        ((Duty.AUDITOR, Duty.CUSTODIAN), True, False),
        ((Duty.ANALYST, Duty.CALLS), True, True),
        ((Duty.SUPERVISOR,), True, True),
        (tuple(Duty), True, False),  # not in the order of the document
        (tuple(sorted(Duty)), True, True),
    ],
)
def test_only_who_may_read_is_on_intake_duty(
    service: Service, duties: tuple[Duty, ...], intake: bool, good: bool
) -> None:
    """A call handler or an auditor who were on it would be given the secret of every report."""
    if good:
        service.member(service.analyst, "Wren", duties=duties, intake=intake)
        return
    with pytest.raises(NotCanonical):
        service.member(service.analyst, "Wren", duties=duties, intake=intake)


# -- here and now, and one after another --------------------------------------------------------


def test_an_expired_or_early_roster_says_so(service: Service) -> None:
    """And is read all the same (P6)."""
    roster = read(service)
    for today in (TODAY - DAY, TODAY, TODAY + 14 * DAY):
        roster.check_day(today)
    for today in (date.min, TODAY - 2 * DAY, TODAY + 15 * DAY, date.max):
        with pytest.raises(Expired):
            roster.check_day(today)


def follow(service: Service, seen: bytes, signed: bytes) -> Roster:
    directory = service.directory()
    return read_next_roster(read_roster(seen, directory), seen, signed, directory)


def test_the_next_roster_is_taken(service: Service) -> None:
    seen = service.signed_roster()
    following = service.signed_roster(seq=2, previous=roster_hash(seen))
    assert follow(service, seen, following).seq == 2
    assert follow(service, seen, service.signed_roster(seq=9)).seq == 9  # after a month away
    assert follow(service, seen, seen) == read(service)


def test_a_roster_rolled_back_is_refused(service: Service) -> None:
    """The server shows one in which somebody has not left yet (P6)."""
    seen = service.signed_roster(seq=5)
    for hostile in (
        service.signed_roster(seq=4),
        service.signed_roster(seq=5, expires=TODAY + DAY),
        service.signed_roster(seq=6),  # names no previous
        service.signed_roster(seq=6, previous=roster_hash(service.signed_roster(seq=4))),
    ):
        with pytest.raises(RolledBack):
            follow(service, seen, hostile)


def test_a_roster_that_forgets_somebody_is_refused(service: Service) -> None:
    """One who left, or a member; what they signed would count no more. Leaving is no forgetting."""
    gone = secret(AnalystSecret, "gone")
    seen = service.signed_roster(former=(former(gone),))
    rows = service.roster_document().members
    without = [each for each in rows if each.label != "Swift"]
    swift = former(service.colleague, "Swift")
    both = sorted((former(gone), swift), key=lambda row: str(row.to_json()["id"]))
    for changes in (
        {"former": ()},
        {"former": (replace(former(gone), sign=mailbox("x").keys.card.sign),)},
        {"members": without, "former": (former(gone),)},
    ):
        with pytest.raises(RolledBack, match="whose signatures count"):
            follow(service, seen, service.signed_roster(seq=7, **changes))
    left = service.signed_roster(seq=7, members=without, former=tuple(both))
    assert follow(service, seen, left).refuses(service.colleague.keys.card.id)


def test_who_was_a_supervisor_is_not_forgotten(service: Service) -> None:
    """What she assigned would fall back to those who had it before."""
    seen, heron = service.signed_roster(), service.supervisor.keys.card.id
    analyst = service.member(service.supervisor, "Heron")
    rows = members(service, Heron=analyst)
    with pytest.raises(RolledBack, match="whose assignments count"):
        follow(service, seen, service.signed_roster(seq=7, members=rows, supervisors=()))
    kept = service.signed_roster(seq=7, members=rows, supervisors=supervisors_of(rows, [heron]))
    assert follow(service, seen, kept).supervisors == (heron,)
    with pytest.raises(NotCanonical):  # she is one now
        read(service, supervisors=())


def test_a_publisher_who_left_or_is_suspended_publishes_nothing_more(service: Service) -> None:
    """With a certificate that is good for a year, and a server that helps (P7)."""
    second = service.member(service.colleague, "Swift", Duty.PUBLISHER)
    rook = replace(service.member(service.publisher, "Rook", Duty.PUBLISHER), suspended=True)
    rest = [each for each in members(service, Swift=second) if each.label != "Rook"]
    by_second = service.certificate(service.colleague)

    def by(person: AnalystSecret, **changes: Any) -> bytes:
        document = service.roster_document(**changes)
        return sign_roster(document, person.keys)

    left = by(
        service.colleague,
        seq=2,
        publisher=by_second,
        members=rest,
        former=(former(service.publisher, "Rook"),),
    )
    suspended = by(service.colleague, seq=2, publisher=by_second, members=[*rest, rook])
    for seen in (left, suspended):
        back = by(service.publisher, seq=3, previous=roster_hash(seen), members=[*rest, rook])
        with pytest.raises(ForeignAuthor):
            follow(service, seen, back)
    assert read_roster(left, service.directory()).refuses(service.publisher.keys.card.id)


def out_of_office(service: Service, *more: Member) -> tuple[bytes, Roster]:
    """A roster by which Rook, who was a publisher, is an auditor, and Swift publishes."""
    rows = members(
        service,
        Rook=service.member(service.publisher, "Rook", Duty.AUDITOR),
        Swift=service.member(service.colleague, "Swift", Duty.ANALYST, Duty.PUBLISHER),
    )
    document = service.roster_document(
        seq=5, publisher=service.certificate(service.colleague), members=[*rows, *more]
    )
    return sign_roster(document, service.colleague.keys), document


def test_who_is_no_publisher_any_more_takes_nothing_back_with_the_next_roster(
    service: Service,
) -> None:
    """The certificate is good for a year, and the office may end before (P7)."""
    seen, document = out_of_office(service)
    for seq, previous in ((6, roster_hash(seen)), (9, roster_hash(seen))):
        back = service.signed_roster(seq=seq, previous=previous)
        with pytest.raises(ForeignAuthor):
            follow(service, seen, back)
    by_swift = replace(document, seq=6, previous=roster_hash(seen))
    assert follow(service, seen, sign_roster(by_swift, service.colleague.keys)).seq == 6


def test_after_some_were_missed_a_publisher_of_a_newer_certificate_is_followed(
    service: Service,
) -> None:
    """By the rosters between the two, she may have come into office; by the next one she has not.
    Nor has anybody who was suspended."""
    seen, _ = out_of_office(service)
    for first_day, taken in ((TODAY - DAY, False), (TODAY, False), (TODAY + DAY, True)):
        days = (first_day, TODAY + 300 * DAY)
        again = service.certificate(service.publisher, CertificateRole.PUBLISHER, days)
        for seq in (6, 7):
            changes: dict[str, Any] = {"seq": seq, "previous": roster_hash(seen)}
            signed = service.signed_roster(publisher=again, **changes)
            if taken and seq == 7:
                assert follow(service, seen, signed).seq == 7
                continue
            with pytest.raises(ForeignAuthor):
                follow(service, seen, signed)
    someone = secret(AnalystSecret, "someone new")
    new = service.member(someone, "Finch", Duty.PUBLISHER)
    document = service.roster_document(
        seq=7, publisher=service.certificate(someone), members=[*members(service), new]
    )
    signed = sign_roster(document, someone.keys)
    assert follow(service, seen, signed).publishes(someone.keys.card.id)
    suspended = out_of_office(service, replace(new, suspended=True))[0]
    with pytest.raises(ForeignAuthor):
        follow(service, suspended, signed)


def test_who_is_in_office_and_who_may_read(service: Service) -> None:
    rook = replace(service.member(service.publisher, "Rook", Duty.PUBLISHER), suspended=True)
    wren = replace(service.member(service.analyst, "Wren"), suspended=True)
    before, after = read(service), read(service, members=members(service, Rook=rook, Wren=wren))
    own = service.publisher.keys.card.id
    assert (before.publishes(own), after.publishes(own)) == (True, False)
    assert not before.publishes(service.analyst.keys.card.id)
    assert not before.publishes(bytes(32))
    reading = {each.keys.card.id for each in (service.colleague, service.supervisor)}
    assert after.readers == reading
    assert before.readers == reading | {service.analyst.keys.card.id}


def test_a_roster_that_gives_somebody_more_says_so(service: Service) -> None:
    """Fewer people and duties are no more; one more of anything is."""
    seen, heron = read(service), service.supervisor.keys.card.id
    wren = service.member(service.analyst, "Wren")
    off_duty, away = replace(wren, intake=False), replace(wren, suspended=True)
    gone = secret(AnalystSecret, "gone")

    def rows(*changed: Member) -> dict[str, Any]:
        return {"members": members(service, **{each.label: each for each in changed})}

    both = (Duty.ANALYST, Duty.CUSTODIAN)
    more: list[dict[str, Any]] = [
        rows(replace(wren, duties=both)),
        rows(service.member(service.custodian, "Owl", *both)),
        {"members": [*members(service), service.member(gone, "Crane", Duty.CALLS)]},
        {"former": (former(gone),)},
        {"supervisors": tuple(sorted((heron, wren.id)))},
    ]
    for changes in more:
        assert read(service, **changes).gives_more_than(seen), changes
    without = [each for each in members(service) if each.label != "Wren"]
    left = {"members": without, "former": (former(service.analyst, "Wren"),)}
    for less in ({}, {"seq": 2}, rows(off_duty), rows(away), left):
        assert not read(service, **less).gives_more_than(seen), less
    for changed in (off_duty, away):
        assert seen.gives_more_than(read(service, **rows(changed)))
