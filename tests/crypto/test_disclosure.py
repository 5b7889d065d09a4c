"""Contact details: a handler asks, a custodian answers, and neither opens them alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.analyst import Analyst, CaseFile
from crypto.contact import seal_contact
from crypto.documents import Contact, ContactReleased, ContactRequested
from crypto.envelope import Chain
from crypto.errors import DoesNotOpen, ForeignAuthor, Locked, NoContact, OverLimit, ProtocolError
from crypto.keys import GroupSecret
from crypto.opening import Entry, Payload, State
from tests.crypto.test_assigning import assign, group, ids, problems
from tests.crypto.world import EPOCH, TODAY, Mailbox, Service, secret, stream, stub

DETAILS = "Ask for Ann at the bakery."


def contact(service: Service, box: Mailbox, details: str = DETAILS, name: str = "") -> Contact:
    card = service.contact.keys.card
    return seal_contact(details, box.address, card, stream(f"contact {details} {name}"))


@pytest.fixture
def box(service: Service) -> Mailbox:
    box = Mailbox(service)
    box.report(contact=contact(service, box))
    return box


def custodian(service: Service) -> Analyst:
    return service.team(service.contact, analyst=service.custodian)


def as_custodian(box: Mailbox) -> CaseFile:
    """What a server gives a custodian: stubs, and whole what is wrapped to the contact group."""
    card = box.service.contact.keys.card.id
    rows = {
        chain: [row if card in row.wraps else stub(row) for row in rows]
        for chain, rows in box.rows.items()
    }
    return custodian(box.service).read(box.address, rows)


def request_of(case: CaseFile) -> Entry[Payload]:
    [found] = [e for e in case.of(Chain.CASE) if isinstance(e.payload, ContactRequested)]
    return found


def release(box: Mailbox, *, whether: bool = True) -> None:
    seen = as_custodian(box)
    answer = custodian(box.service).release_contact(
        seen, request_of(seen), box.service.contact, "Two have agreed.", release=whether
    )
    box.post(answer)


def test_details_are_asked_for_released_and_read(service: Service, box: Mailbox) -> None:
    """By the case group, with everything the custodian was not given as a stub."""
    assign(box, group(1), ids(service.analyst))
    handler = service.team(group(1))
    box.post(handler.request_contact(box.file(handler), "She is in danger."))
    assert handler.contact_details(box.file(handler)) is None
    seen = as_custodian(box)
    assert seen.alarms == ()
    assert [entry.state for entry in seen.of(Chain.CASE)] == [State.MISSING, State.SHOWN]
    assert request_of(seen).words == "She is in danger."
    assert custodian(service).contact_details(seen) is None
    release(box)
    case = box.file(handler)
    assert case.alarms == ()
    assert problems(case, Chain.CASE) == [None, None, None]
    assert case.of(Chain.CASE)[-1].words == "Two have agreed."
    assert handler.contact_details(case) == DETAILS
    answered = box.rows[Chain.CASE][-1]
    assert answered.parse_header().recipient == group(1).keys.card.id
    assert set(answered.wraps) == {group(1).keys.card.id, service.contact.keys.card.id}


def test_the_intake_group_asks_before_anybody_handles_it(service: Service, box: Mailbox) -> None:
    box.post(service.team().request_contact(box.file(), ""))
    release(box)
    assert service.team().contact_details(box.file()) == DETAILS
    assert box.rows[Chain.CASE][-1].parse_header().recipient == service.intake[EPOCH].keys.card.id


def test_a_custodian_may_refuse(service: Service, box: Mailbox) -> None:
    box.post(service.team().request_contact(box.file(), ""))
    release(box, whether=False)
    [_, answer] = box.file().of(Chain.CASE)
    assert isinstance(answer.payload, ContactReleased)
    assert answer.payload.half is None
    assert service.team().contact_details(box.file()) is None
    release(box)  # and think better of it
    assert service.team().contact_details(box.file()) == DETAILS


def test_neither_of_the_two_opens_the_details_alone(service: Service, box: Mailbox) -> None:
    """A handler has no second half; a custodian neither the first nor what is sealed."""
    box.post(service.team().request_contact(box.file(), ""))
    seen = as_custodian(box)
    assert {entry.state for entry in seen.of(Chain.REPORTER)} == {State.MISSING}
    assert custodian(service).rewrap(seen, service.analyst.keys.card) != ()
    assert {e.chain for e in custodian(service).rewrap(seen, service.analyst.keys.card)} == {
        Chain.CASE
    }
    handler = service.team()
    with pytest.raises(DoesNotOpen):  # the half was wrapped to the contact group
        handler.release_contact(
            box.file(), request_of(box.file()), service.intake[EPOCH], "", release=True
        )


def test_details_taken_back_are_neither_asked_for_nor_opened(
    service: Service, box: Mailbox
) -> None:
    """Also where they had been released (PROTOCOL §5). New ones may be left."""
    box.post(service.team().request_contact(box.file(), ""))
    release(box)
    box.post(box.reporter.withdraw_contact(box.read(), TODAY))
    assert service.team().contact_details(box.file()) is None
    with pytest.raises(NoContact):
        service.team().request_contact(box.file(), "")
    box.message(contact=contact(service, box, "Ask for Ben."))
    assert service.team().contact_details(box.file()) is None
    service.team().request_contact(box.file(), "")


def test_a_half_opens_the_details_it_was_given_for(service: Service, box: Mailbox) -> None:
    """The newest details; a release for older ones is none for them."""
    box.post(service.team().request_contact(box.file(), ""))
    release(box)
    box.message()  # leaves none, and takes none back
    assert service.team().contact_details(box.file()) == DETAILS
    box.message(contact=contact(service, box, "Ask for Ben."))
    assert service.team().contact_details(box.file()) is None


def test_nothing_is_asked_for_where_nothing_was_left(service: Service) -> None:
    box = Mailbox(service, "ben")
    box.report()
    with pytest.raises(NoContact):
        service.team().request_contact(box.file(), "")
    assert service.team().contact_details(box.file()) is None


def test_a_wrong_half_is_told_and_a_right_one_found_beside_it(
    service: Service, box: Mailbox
) -> None:
    box.post(service.team().request_contact(box.file(), ""))
    request = request_of(box.file()).id
    by = service.custodian.keys.card.id

    def lie(words: bytes) -> ContactReleased:
        return ContactReleased("contact-released", by, request, bytes(32), words)

    cards = [service.intake[EPOCH].keys.card]
    box.enter(lie, service.custodian, cards)
    with pytest.raises(DoesNotOpen):
        service.team().contact_details(box.file())
    release(box)
    assert service.team().contact_details(box.file()) == DETAILS
    box.enter(lie, service.custodian, cards)
    assert service.team().contact_details(box.file()) == DETAILS


def test_a_release_that_answers_nothing_opens_nothing(service: Service, box: Mailbox) -> None:
    half = bytes(32)
    box.enter(
        lambda words: ContactReleased(
            "contact-released", service.custodian.keys.card.id, bytes(32), half, words
        ),
        service.custodian,
        [service.intake[EPOCH].keys.card],
    )
    assert service.team().contact_details(box.file()) is None


def _requested(service: Service, box: Mailbox, case_of: Mailbox) -> Callable[[bytes], Payload]:
    proof = service.case(case_of.address).proof
    second = contact(service, box).second
    by = service.analyst.keys.card.id
    return lambda words: ContactRequested("contact-requested", by, proof, second, words)


def test_a_request_for_a_group_of_another_case_is_not_shown(service: Service, box: Mailbox) -> None:
    """The half would be sealed to whoever holds that group (P3)."""
    ben = Mailbox(service, "ben")
    own, foreign = service.case(box.address), service.case(ben.address)
    for case_of, case, error in ((box, own, None), (ben, foreign, ForeignAuthor)):
        cards = [case.group.keys.card, service.contact.keys.card]
        box.enter(_requested(service, box, case_of), service.analyst, cards)  # type: ignore[arg-type]
        entry = as_custodian(box).of(Chain.CASE)[-1]
        assert (None if entry.problem is None else type(entry.problem)) is error
        box.rows[Chain.CASE].clear()


def test_a_half_of_another_mailbox_is_not_opened(service: Service, box: Mailbox) -> None:
    """A handler of one case would get at the details of another (P3)."""
    ben = Mailbox(service, "ben")
    stolen = contact(service, box).second
    ben.report(contact=replace(contact(service, ben), second=stolen))
    ben.post(service.team().request_contact(ben.file(), ""))
    with pytest.raises(DoesNotOpen):
        release(ben)


def test_only_a_request_that_opened_is_answered(service: Service, box: Mailbox) -> None:
    box.post(service.team().note(box.file(), "No request."))
    [note] = box.file().of(Chain.CASE)
    hidden: Entry[Payload] = replace(note, payload=None, state=State.MISSING)
    for entry in (note, hidden):
        with pytest.raises(Locked):
            custodian(service).release_contact(box.file(), entry, service.contact, "", release=True)


@pytest.mark.parametrize("act", ["ask", "answer"])
def test_words_above_the_limit_are_refused(service: Service, box: Mailbox, act: str) -> None:
    long = "a" * 40_001
    box.post(service.team().request_contact(box.file(), ""))
    seen = as_custodian(box)
    attempt: Callable[[], object] = {
        "ask": lambda: service.team().request_contact(box.file(), long),
        "answer": lambda: custodian(service).release_contact(
            seen, request_of(seen), service.contact, long, release=True
        ),
    }[act]
    with pytest.raises(OverLimit):
        attempt()


def test_a_former_contact_group_answers_nothing_left_since(service: Service, box: Mailbox) -> None:
    """A custodian who left (P7)."""
    box.post(service.team().request_contact(box.file(), ""))
    seen = as_custodian(box)
    former = secret(GroupSecret, "former contact group")
    with pytest.raises(ProtocolError):
        custodian(service).release_contact(seen, request_of(seen), former, "", release=True)
