"""The table of who may write what in ``case``, and the certificates an assignment brings."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crypto.certificates import CertificateRole, certify_case
from crypto.documents import (
    Assigned,
    CasePayload,
    Concluded,
    Conclusion,
    ContactReleased,
    ContactRequested,
    GroupProof,
    Held,
    Note,
    Sent,
)
from crypto.errors import ForeignAuthor, ProtocolError, WrongSignature
from crypto.handling import Handling, Rules
from crypto.keys import GroupSecret
from tests.crypto.world import EPOCH, TODAY, Case, Mailbox, Service, secret

ID = bytes(32)


@pytest.fixture
def box(service: Service) -> Mailbox:
    return Mailbox(service)


@pytest.fixture
def rules(service: Service, box: Mailbox) -> Rules:
    supervisors = frozenset({service.supervisor.keys.card.id})
    readers = frozenset(
        getattr(service, name).keys.card.id for name in ("analyst", "colleague", "supervisor")
    )
    return Rules(box.address, service.directory(), supervisors, readers)


def assigned(service: Service, proof: GroupProof, by: str = "analyst", *to: str) -> Assigned:
    handlers = sorted(getattr(service, name).keys.card.id for name in to or ("analyst",))
    author = getattr(service, by).keys.card.id
    return Assigned("assigned", author, ID, proof, tuple(handlers), ID)


def entries(service: Service, case: Case, by: str) -> dict[str, CasePayload]:
    """One of each kind, by somebody; ``case`` is the group an assignment brings."""
    author = getattr(service, by).keys.card.id
    return {
        "note": Note("note", author, ID),
        "sent": Sent("sent", author, ID, ID),
        "assigned": assigned(service, case.proof, by),
        "concluded": Concluded("concluded", author, None, Conclusion.OTHER, TODAY, ID),
        "held": Held("held", author, TODAY, ID),
        "contact-requested": ContactRequested("contact-requested", author, None, bytes(1184), ID),
        "contact-released": ContactReleased("contact-released", author, ID, None, ID),
    }


def states(service: Service, box: Mailbox, rules: Rules) -> dict[str, Handling]:
    """A case that was never assigned, one that was, and one that is concluded."""
    taken = rules.follow(Handling(), assigned(service, service.case(box.address).proof))
    ended = entries(service, service.case(box.address), "analyst")["concluded"]
    return {"new": Handling(), "assigned": taken, "concluded": rules.follow(taken, ended)}


ALL = "note sent assigned concluded held contact-requested contact-released"
TABLE = {
    ("new", "analyst"): ALL,
    ("new", "colleague"): ALL,
    ("new", "supervisor"): ALL,
    ("assigned", "analyst"): ALL,
    ("assigned", "colleague"): "contact-released",
    ("assigned", "supervisor"): "assigned contact-released",
    ("concluded", "analyst"): ALL,
    ("concluded", "colleague"): "note sent assigned contact-released",
    ("concluded", "supervisor"): "note sent assigned contact-released",
}


@pytest.mark.parametrize(("row", "may"), TABLE.items(), ids=lambda each: "-".join(each[:2]))
def test_who_may_write_what(
    service: Service, box: Mailbox, rules: Rules, row: tuple[str, str], may: str
) -> None:
    """``analyst`` handles it; ``colleague`` is on intake, or a custodian."""
    state, by = row
    before = states(service, box, rules)[state]
    number = before.number + 1
    taken = []
    for kind, payload in entries(service, service.case(box.address, number), by).items():
        try:
            rules.follow(before, payload)
        except ForeignAuthor:
            continue
        taken.append(kind)
    assert taken == may.split()


def test_what_each_entry_changes(service: Service, box: Mailbox, rules: Rules) -> None:
    case = service.case(box.address)
    given = states(service, box, rules)
    new, taken, ended = given["new"], given["assigned"], given["concluded"]
    assert (new.group, new.number, new.handlers, new.concluded) == (None, 0, frozenset(), None)
    assert taken.group is not None
    assert (taken.group.id, taken.number) == (case.group.keys.card.id, 1)
    assert taken.groups == {case.group.keys.card.id}
    assert taken.handlers == {service.analyst.keys.card.id}
    assert (ended.group, ended.last, ended.number) == (None, taken.last, 1)
    assert ended.handlers == taken.handlers
    for kind in ("note", "sent", "contact-requested", "contact-released"):
        assert rules.follow(taken, entries(service, case, "analyst")[kind]) == taken
    held = rules.follow(ended, entries(service, case, "analyst")["held"])
    assert held == replace(ended, hold=TODAY)
    again = rules.follow(held, assigned(service, service.case(box.address, 2).proof))
    assert (again.concluded, again.hold, again.number) == (None, TODAY, 2)
    assert len(again.groups) == 2


def _case(service: Service, *certificates: bytes, name: str = "case 1 ") -> GroupProof:
    card = secret(GroupSecret, f"{service.name} {name}").keys.card
    return GroupProof(card.to_bytes(), certificates)


def _signed(
    service: Service, mailbox: bytes, number: int, issuer: GroupSecret, name: str = "case 1 "
) -> bytes:
    card = secret(GroupSecret, f"{service.name} {name}").keys.card
    return certify_case(card, mailbox, number, issuer.keys, service.id)


def test_a_certificate_of_another_mailbox_assigns_nothing(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    """Nor one of another role, of a group that is not listed, or a signature that is none
    (PROTOCOL §12)."""
    intake = service.intake[EPOCH]
    card = secret(GroupSecret, f"{service.name} case 1 ").keys.card
    analyst = service.certificate(service.analyst, CertificateRole.ANALYST)
    good = _signed(service, box.address, 1, intake)
    hostile: list[tuple[bytes, type[ProtocolError]]] = [
        (_signed(service, Mailbox(service, "ben").address, 1, intake), ForeignAuthor),
        (_signed(service, box.address, 1, service.contact), ForeignAuthor),
        (_signed(service, box.address, 1, service.intake[4]), ForeignAuthor),
        (analyst, ForeignAuthor),
        (good[:-2] + b"1}", ProtocolError),
        (bytes(64) + good[64:], WrongSignature),
    ]
    rules.follow(Handling(), assigned(service, GroupProof(card.to_bytes(), (good,))))
    for signed, error in hostile:
        proof = GroupProof(card.to_bytes(), (signed,))
        with pytest.raises(error):
            rules.follow(Handling(), assigned(service, proof))


def test_a_number_that_does_not_rise_assigns_nothing(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    """A lower one would bring a former group back (PROTOCOL §12). One may be left out."""
    before = states(service, box, rules)["assigned"]
    before = rules.follow(before, assigned(service, service.case(box.address, 2).proof))
    for number, taken in ((1, False), (2, False), (3, True), (5, True)):
        proof = service.case(box.address, number, name="other").proof
        if taken:
            assert rules.follow(before, assigned(service, proof)).number == number
            continue
        with pytest.raises(ForeignAuthor):
            rules.follow(before, assigned(service, proof))


def test_a_group_that_had_the_case_does_not_come_back(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    """Whoever was removed still has its secret."""
    before = states(service, box, rules)["assigned"]
    signed = _signed(service, box.address, 2, service.intake[EPOCH])
    with pytest.raises(ForeignAuthor):
        rules.follow(before, assigned(service, _case(service, signed)))


def test_an_older_epoch_does_not_assign_again(service: Service, box: Mailbox, rules: Rules) -> None:
    """One who left with the secret of an intake group that is past."""
    before = states(service, box, rules)["assigned"]
    old = service.case(box.address, 2, service.intake[1])
    with pytest.raises(ForeignAuthor):
        rules.follow(before, assigned(service, old.proof))


def test_only_the_group_that_has_the_case_or_intake_certifies_the_next(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    """Not one that had it before, nor one whose case is concluded."""
    intake = service.intake[EPOCH]
    first = service.case(box.address)
    second = service.case(box.address, 2, first.group, first.proof.certificates)
    one = rules.follow(Handling(), assigned(service, first.proof))
    two = rules.follow(one, assigned(service, second.proof))
    third = service.case(box.address, 3, second.group, second.proof.certificates)
    assert rules.follow(two, assigned(service, third.proof)).number == 3
    certified = _signed(service, box.address, 2, first.group, "late")
    behind = GroupProof(
        secret(GroupSecret, f"{service.name} late").keys.card.to_bytes(),
        (*first.proof.certificates, certified),
    )
    with pytest.raises(ForeignAuthor):
        rules.follow(two, assigned(service, behind))
    higher = _signed(service, box.address, 3, first.group, "late")
    with pytest.raises(ForeignAuthor):  # the chain of certificates itself rises by one
        rules.follow(two, assigned(service, _case(service, *first.proof.certificates, higher)))
    ended = rules.follow(one, entries(service, first, "analyst")["concluded"])
    with pytest.raises(ForeignAuthor):
        rules.follow(ended, assigned(service, second.proof))
    again = service.case(box.address, 2, intake, name="again")
    assert rules.follow(ended, assigned(service, again.proof)).number == 2


def test_who_may_not_read_today_ends_no_case_that_nobody_handles(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    """One who left, or an auditor, would have it purged. What they wrote is in the log all the
    same, and an end by somebody who may counts."""
    ended = entries(service, service.case(box.address), "custodian")["concluded"]
    assert rules.follow(Handling(), ended) == Handling()
    by_reader = entries(service, service.case(box.address), "colleague")["concluded"]
    meant = rules.follow(Handling(), by_reader)
    assert meant.concluded == by_reader
    assert rules.follow(meant, ended) == meant
    left = replace(rules, readers=rules.readers - {service.analyst.keys.card.id})
    taken = left.follow(Handling(), assigned(service, service.case(box.address).proof))
    by_handler = entries(service, service.case(box.address), "analyst")["concluded"]
    assert left.follow(taken, by_handler).concluded == by_handler


def test_who_may_not_read_today_ends_no_hold_and_makes_none_shorter(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    """Not one who left and handled it, either; what keeps a case longer is taken."""
    taken = states(service, box, rules)["assigned"]
    left = replace(rules, readers=rules.readers - {service.analyst.keys.card.id})
    author, day = service.analyst.keys.card.id, timedelta(days=1)

    def held(until: date | None) -> Held:
        return Held("held", author, until, ID)

    assert left.follow(taken, held(None)).hold is None
    kept = left.follow(taken, held(TODAY))
    assert kept.hold == TODAY
    for until, after in ((None, TODAY), (TODAY - day, TODAY), (TODAY + day, TODAY + day)):
        assert left.follow(kept, held(until)).hold == after
        assert rules.follow(kept, held(until)).hold == until
    custodian = Held("held", service.custodian.keys.card.id, None, ID)
    assert rules.follow(replace(Handling(), hold=TODAY), custodian).hold == TODAY


def test_no_side_of_a_fork_ends_a_hold_or_makes_it_shorter() -> None:
    day = timedelta(days=1)
    held, open_, longer = Handling(hold=TODAY), Handling(), Handling(hold=TODAY + day)
    assert held.held_as(open_) == open_.held_as(held) == held
    assert held.held_as(longer) == longer.held_as(held) == longer
    assert open_.held_as(open_) == open_


def test_it_is_kept_who_assigned_last_and_whether_that_took_a_supervisor(
    service: Service, box: Mailbox, rules: Rules
) -> None:
    first, second = service.case(box.address), service.case(box.address, number=2)
    one = rules.follow(Handling(), assigned(service, first.proof, "colleague", "analyst"))
    assert (one.assigner, one.from_above) == (service.colleague.keys.card.id, False)
    for by, above in (("analyst", False), ("supervisor", True)):
        two = rules.follow(one, assigned(service, second.proof, by))
        assert (two.assigner, two.from_above) == (getattr(service, by).keys.card.id, above)
    ended = rules.follow(one, entries(service, first, "analyst")["concluded"])
    again = rules.follow(ended, assigned(service, second.proof, "colleague"))
    assert not again.from_above
