from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from crypto.authors import Author, Succession, certified_group, find_author
from crypto.certificates import Certificate, CertificateRole, certify, certify_case
from crypto.constants import Tag
from crypto.documents import GroupProof, TeamPayload
from crypto.errors import ForeignAuthor, ProtocolError, WrongPoint, WrongRole, WrongSignature
from crypto.keys import Card, GroupSecret
from crypto.signed import sign_document
from tests.crypto.points import BAD_X25519
from tests.crypto.world import (
    EPOCH,
    Case,
    Service,
    closing,
    deleted,
    flipped,
    handover,
    intake_author,
    mailbox,
    receipt,
    reply,
    secret,
)

SERVICE = Service("drop")
ANN, BEN = (mailbox(name).keys.card.id for name in ("ann", "ben"))
DIRECTORY = SERVICE.directory(3)


# -- who a payload names ------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_listed_intake_group_is_an_author(epoch: int) -> None:
    card = SERVICE.intake[epoch].keys.card
    author = find_author(reply(card.id), ANN, DIRECTORY)
    assert author == Author(card.id, card.sign, epoch)


@pytest.mark.parametrize(
    "card",
    [
        SERVICE.intake[4].keys.card,
        SERVICE.root.keys.card,
        SERVICE.publisher.keys.card,
        SERVICE.analyst.keys.card,
        SERVICE.contact.keys.card,
        mailbox("ann").keys.card,
        Service("elsewhere").intake[2].keys.card,
    ],
    ids=["unlisted", "root", "publisher", "analyst", "contact group", "reporter", "elsewhere"],
)
def test_nobody_else_is_an_author(card: Card) -> None:
    """Every other key there is, in the place of a group's (P1)."""
    with pytest.raises(ForeignAuthor):
        find_author(reply(card.id), ANN, DIRECTORY)


def test_a_certified_case_group_is_an_author() -> None:
    case = SERVICE.case(ANN)
    card = case.group.keys.card
    author = find_author(reply(card.id, case.proof), ANN, DIRECTORY)
    issuer = SERVICE.intake[EPOCH].keys.card.id
    assert author == Author(card.id, card.sign, EPOCH, 1, card, issuer)


def test_a_case_group_certified_by_the_one_before_is_an_author() -> None:
    one, two, three = cases(3)
    author = certified_group(three.proof, ANN, DIRECTORY)
    assert (author.number, author.epoch) == (3, EPOCH)
    assert author.issuer == two.group.keys.card.id
    assert certified_group(two.proof, ANN, DIRECTORY).issuer == one.group.keys.card.id


def cases(count: int, address: bytes = ANN, name: str = "") -> list[Case]:
    """Case groups that certify each other in turn."""
    made: list[Case] = []
    for number in range(1, count + 1):
        before = made[-1] if made else None
        made.append(
            SERVICE.case(
                address,
                number,
                before.group if before else None,
                before.proof.certificates if before else (),
                name,
            )
        )
    return made


def test_a_payload_cannot_name_another_author_than_it_proves() -> None:
    case, other = SERVICE.case(ANN), SERVICE.case(ANN, name="other")
    for named in (other.group.keys.card.id, SERVICE.intake[2].keys.card.id):
        with pytest.raises(ForeignAuthor):
            find_author(reply(named, case.proof), ANN, DIRECTORY)


def test_a_case_group_without_its_certificates_is_no_author() -> None:
    case = SERVICE.case(ANN)
    with pytest.raises(ForeignAuthor):
        find_author(reply(case.group.keys.card.id), ANN, DIRECTORY)
    with pytest.raises(ForeignAuthor):
        certified_group(replace(case.proof, certificates=()), ANN, DIRECTORY)


def test_a_certificate_of_another_mailbox_is_refused() -> None:
    """A handler of one case does not write in another (PROTOCOL §12)."""
    with pytest.raises(ForeignAuthor):
        certified_group(SERVICE.case(ANN).proof, BEN, DIRECTORY)
    one = SERVICE.case(ANN)
    two = SERVICE.case(BEN, 2, one.group, one.proof.certificates)
    for address in (ANN, BEN):
        with pytest.raises(ForeignAuthor):
            certified_group(two.proof, address, DIRECTORY)


@pytest.mark.parametrize("role", [CertificateRole.ANALYST, CertificateRole.PUBLISHER])
def test_a_certificate_of_another_role_is_refused(role: CertificateRole) -> None:
    """Signed by an intake group, which certifies cases and nothing else (PROTOCOL §12)."""
    case = SERVICE.case(ANN)
    card, issuer = case.group.keys.card, SERVICE.intake[2].keys
    days = SERVICE.directory().issued, SERVICE.directory().expires
    signed = certify(card, role, days, issuer, SERVICE.id)
    with pytest.raises(WrongRole):
        certified_group(GroupProof(card.to_bytes(), (signed,)), ANN, DIRECTORY)


@pytest.mark.parametrize(
    "issuer",
    [SERVICE.intake[4], SERVICE.root, SERVICE.publisher, SERVICE.analyst, SERVICE.contact],
    ids=["unlisted intake", "root", "publisher", "analyst", "contact group"],
)
def test_only_listed_intake_groups_begin_a_chain_of_certificates(issuer: GroupSecret) -> None:
    case = SERVICE.case(ANN, issuer=issuer)
    with pytest.raises(ForeignAuthor):
        certified_group(case.proof, ANN, DIRECTORY)


def test_a_case_group_does_not_certify_itself() -> None:
    group = SERVICE.case(ANN).group
    signed = certify_case(group.keys.card, ANN, 1, group.keys, SERVICE.id)
    with pytest.raises(ForeignAuthor):
        certified_group(GroupProof(group.keys.card.to_bytes(), (signed,)), ANN, DIRECTORY)


def test_a_certificate_with_a_listed_name_and_another_signature_is_refused() -> None:
    group, intake = SERVICE.case(ANN).group, SERVICE.intake[2].keys.card
    card = group.keys.card
    forged = Certificate(intake.id, card.id, card.sign, CertificateRole.CASE, ANN, 1, None, None)
    signed = sign_document(forged, Tag.SIGN_CERTIFICATE, group.keys, SERVICE.id)
    with pytest.raises(WrongSignature):
        certified_group(GroupProof(card.to_bytes(), (signed,)), ANN, DIRECTORY)


@pytest.mark.parametrize("number", [1, 2, 4, 5, 100])
def test_a_certificate_that_skips_or_repeats_a_number_is_refused(number: int) -> None:
    """After number 2 comes 3 (PROTOCOL §12)."""
    _, two = cases(2)
    three = SERVICE.case(ANN, number, two.group, two.proof.certificates)
    with pytest.raises(ForeignAuthor):
        certified_group(three.proof, ANN, DIRECTORY)


def test_certificates_missing_repeated_or_swapped_are_refused() -> None:
    *_, three = cases(3)
    one, two, last = three.proof.certificates
    for certificates in (
        (two, last),
        (one, last),
        (one, two),
        (last,),
        (two, one, last),
        (last, two, one),
        (one, one, two, last),
        (one, two, last, last),
    ):
        with pytest.raises(ForeignAuthor):
            certified_group(replace(three.proof, certificates=certificates), ANN, DIRECTORY)


def test_a_card_that_is_not_the_certified_one_is_refused() -> None:
    """Another group's, and mixtures of the two (P1)."""
    case, other = SERVICE.case(ANN), SERVICE.case(ANN, name="other")
    card, foreign = case.group.keys.card, other.group.keys.card
    for wrong in (
        foreign,
        Card(foreign.auth, card.sign, card.box, card.kem),
        Card(card.auth, foreign.sign, card.box, card.kem),
        Card(card.auth, card.sign, foreign.box, card.kem),
        Card(card.auth, card.sign, card.box, foreign.kem),
    ):
        with pytest.raises(ForeignAuthor):
            certified_group(replace(case.proof, card=wrong.to_bytes()), ANN, DIRECTORY)


def test_a_certificate_with_another_signing_key_than_the_card_is_refused() -> None:
    """The subject's id and somebody else's key: whoever signed it meant harm (P1)."""
    group, other = SERVICE.case(ANN).group, SERVICE.case(ANN, name="other").group
    intake, card = SERVICE.intake[2].keys, group.keys.card
    lying = Certificate(
        intake.card.id, card.id, other.keys.card.sign, CertificateRole.CASE, ANN, 1, None, None
    )
    signed = sign_document(lying, Tag.SIGN_CERTIFICATE, intake, SERVICE.id)
    with pytest.raises(ForeignAuthor):
        certified_group(GroupProof(card.to_bytes(), (signed,)), ANN, DIRECTORY)


@pytest.mark.parametrize("who", ["root", "contact", "intake 1", "intake 3"])
def test_no_key_of_the_directory_comes_back_as_a_case_group(who: str) -> None:
    """One key in two roles (P4)."""
    keys = {
        "root": SERVICE.root,
        "contact": SERVICE.contact,
        "intake 1": SERVICE.intake[1],
        "intake 3": SERVICE.intake[3],
    }[who].keys
    signed = certify_case(keys.card, ANN, 1, SERVICE.intake[2].keys, SERVICE.id)
    with pytest.raises(ForeignAuthor):
        certified_group(GroupProof(keys.card.to_bytes(), (signed,)), ANN, DIRECTORY)


def test_a_case_group_with_a_bad_key_is_refused() -> None:
    """Certified as it is, and no honest program made it (P13)."""
    good = SERVICE.case(ANN).group.keys.card
    bad = Card(good.auth, good.sign, BAD_X25519["order 8"], good.kem)
    signed = certify_case(bad, ANN, 1, SERVICE.intake[2].keys, SERVICE.id)
    with pytest.raises(WrongPoint):
        certified_group(GroupProof(bad.to_bytes(), (signed,)), ANN, DIRECTORY)


def test_a_case_of_another_service_is_refused() -> None:
    case = Service("elsewhere").case(ANN)
    with pytest.raises(ForeignAuthor):
        certified_group(case.proof, ANN, DIRECTORY)
    signed = certify_case(
        case.group.keys.card, ANN, 1, SERVICE.intake[2].keys, Service("elsewhere").id
    )
    with pytest.raises(WrongSignature):
        certified_group(replace(case.proof, certificates=(signed,)), ANN, DIRECTORY)


def test_each_byte_of_a_proof_counts() -> None:
    """Both certificates and the card (P24)."""
    _, two = cases(2)
    for number, signed in enumerate(two.proof.certificates):
        for i in range(len(signed)):
            changed = list(two.proof.certificates)
            changed[number] = flipped(signed, i, i % 8)
            with pytest.raises(ProtocolError):
                certified_group(replace(two.proof, certificates=tuple(changed)), ANN, DIRECTORY)
    for i in range(len(two.proof.card)):
        card = flipped(two.proof.card, i, i % 8)
        with pytest.raises(ProtocolError):
            certified_group(replace(two.proof, card=card), ANN, DIRECTORY)


# -- who may follow whom ------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """An author and what it writes."""

    author: Author
    kind: str

    @property
    def payload(self) -> TeamPayload:
        proof = GroupProof(self.author.card.to_bytes(), ()) if self.author.card else None
        make = {
            "reply": reply,
            "receipt": receipt,
            "handover": handover,
            "closing": closing,
            "deleted": deleted,
        }[self.kind]
        return make(self.author.id, proof)  # type: ignore[operator, no-any-return]


_CARDS = {number: secret(GroupSecret, f"case group {number}").keys.card for number in range(1, 10)}


def case_step(number: int, kind: str, issuer: str = "", epoch: int = 1, name: int = 0) -> Step:
    """A case group; ``issuer`` is "case n", "intake n" or by default the intake of the epoch."""
    card = _CARDS[name or number]
    role, _, which = (issuer or f"intake {epoch}").partition(" ")
    by = _CARDS[int(which)] if role == "case" else SERVICE.intake[int(which)].keys.card
    return Step(Author(card.id, card.sign, epoch, number, card, by.id), kind)


def intake_step(epoch: int, kind: str = "reply") -> Step:
    return Step(intake_author(SERVICE, epoch), kind)


CASE_1 = [case_step(1, "handover")]
CASE_2 = [*CASE_1, case_step(2, "handover", "case 1")]

# What was admitted, what comes next, and whether it may.
TABLE: dict[str, tuple[list[Step], Step, bool]] = {
    "an intake group begins": ([], intake_step(1), True),
    "a later intake group begins": ([], intake_step(3, "receipt"), True),
    "the same intake group again": ([intake_step(2)], intake_step(2), True),
    "a later intake group": ([intake_step(1)], intake_step(3), True),
    "an earlier intake group": ([intake_step(3)], intake_step(1), False),
    "an intake group hands over to itself": ([intake_step(1)], intake_step(1, "handover"), False),
    "an intake group closes": ([intake_step(1)], intake_step(1, "closing"), True),
    "an intake group after an intake's closing": (
        [intake_step(1, "closing")],
        intake_step(2),
        True,
    ),
    "an earlier one after an intake's closing": (
        [intake_step(2, "closing")],
        intake_step(1),
        False,
    ),
    "an intake group deletes": ([intake_step(1)], intake_step(1, "deleted"), True),
    "a case begins with a handover": ([], case_step(1, "handover"), True),
    "a case begins with a reply": ([], case_step(1, "reply"), False),
    "a case begins with a closing": ([], case_step(1, "closing"), False),
    "a case begins with a receipt": ([], case_step(1, "receipt"), False),
    "a case after an intake group": ([intake_step(1)], case_step(1, "handover"), True),
    "a case after an intake group, with words": ([intake_step(1)], case_step(1, "reply"), False),
    "a case of an earlier epoch": ([intake_step(2)], case_step(1, "handover", epoch=1), False),
    "a case of a later epoch": ([intake_step(1)], case_step(1, "handover", epoch=2), True),
    "a first case with number 2": ([intake_step(1)], case_step(2, "handover"), False),
    "a case writes": (CASE_1, case_step(1, "reply"), True),
    "a case closes": (CASE_1, case_step(1, "closing"), True),
    "a case deletes": (CASE_1, case_step(1, "deleted"), True),
    "a case under a certificate of another number": (
        CASE_1,
        case_step(5, "reply", name=1),
        False,
    ),
    "a case under a certificate of an earlier epoch": (
        [case_step(1, "handover", epoch=2)],
        case_step(1, "reply", epoch=1),
        False,
    ),
    "a case under a certificate of a later epoch": (
        CASE_1,
        case_step(1, "reply", epoch=2),
        False,
    ),
    "a case hands over to itself": (CASE_1, case_step(1, "handover"), False),
    "an intake group while a case has it": (CASE_1, intake_step(1), False),
    "a later intake group while a case has it": (CASE_1, intake_step(3), False),
    "an intake group closes a case's mailbox": (CASE_1, intake_step(1, "closing"), False),
    "an intake group hands over in a case's mailbox": (CASE_1, intake_step(1, "handover"), False),
    "the next case, certified by this one": (CASE_1, case_step(2, "handover", "case 1"), True),
    "the next case, certified by an intake": (CASE_1, case_step(2, "handover", "intake 1"), True),
    "the next case, of a later epoch": (CASE_1, case_step(2, "handover", epoch=2), True),
    "the next case with words": (CASE_1, case_step(2, "reply", "case 1"), False),
    "the next case, closing": (CASE_1, case_step(2, "closing", "case 1"), False),
    "a case with the same number": (CASE_1, case_step(1, "handover", name=9), False),
    "a case that skips a number": (CASE_1, case_step(3, "handover", "case 1"), False),
    "a case certified by one that never was": (CASE_1, case_step(2, "handover", "case 5"), False),
    "a removed handler writes": (CASE_2, case_step(1, "reply"), False),
    "a removed handler closes": (CASE_2, case_step(1, "closing"), False),
    "a removed handler hands over again": (CASE_2, case_step(1, "handover"), False),
    "a removed handler certifies another second": (
        CASE_2,
        case_step(2, "handover", "case 1", name=9),
        False,
    ),
    "a removed handler certifies a third": (CASE_2, case_step(3, "handover", "case 1"), False),
    "the third, certified by the second": (CASE_2, case_step(3, "handover", "case 2"), True),
    "a case after its closing": ([*CASE_1, case_step(1, "closing")], case_step(1, "reply"), False),
    "a case closes twice": ([*CASE_1, case_step(1, "closing")], case_step(1, "closing"), False),
    "a case hands over after its closing": (
        [*CASE_1, case_step(1, "closing")],
        case_step(1, "handover"),
        False,
    ),
    "an intake group after a closing": ([*CASE_1, case_step(1, "closing")], intake_step(1), True),
    "a later intake group after a closing": (
        [*CASE_1, case_step(1, "closing")],
        intake_step(3),
        True,
    ),
    "an intake group older than the closed case": (
        [case_step(1, "handover", epoch=2), case_step(1, "closing", epoch=2)],
        intake_step(1),
        False,
    ),
    "the next case after a closing, by an intake": (
        [*CASE_1, case_step(1, "closing")],
        case_step(2, "handover"),
        True,
    ),
    "the next case after a closing, by the closed one": (
        [*CASE_1, case_step(1, "closing")],
        case_step(2, "handover", "case 1"),
        False,
    ),
    "number 1 again after a closing": (
        [*CASE_1, case_step(1, "closing"), intake_step(1)],
        case_step(1, "handover", name=9),
        False,
    ),
}


@pytest.mark.parametrize("row", TABLE.items(), ids=lambda row: row[0])
def test_authors_follow_each_other_as_the_table_says(
    row: tuple[str, tuple[list[Step], Step, bool]],
) -> None:
    """Author after closing, intake after a case, removed handlers, … (PROTOCOL §12)."""
    before, step, allowed = row[1]
    succession = Succession(DIRECTORY)
    for each in before:
        succession.admit(each.author, each.payload)
    was = succession.current
    if allowed:
        succession.check(step.author, step.payload)
        assert succession.current == was  # asking changes nothing
        succession.admit(step.author, step.payload)
        assert succession.current == (None if step.kind == "closing" else step.author)
        return
    for ask in (succession.check, succession.admit):
        with pytest.raises(ForeignAuthor):
            ask(step.author, step.payload)
    assert succession.current == was


def test_only_a_case_group_is_sealed_to_in_the_place_of_the_intake() -> None:
    succession = Succession(DIRECTORY)
    assert succession.case_card is None
    for step, expected in (
        (intake_step(1), None),
        (case_step(1, "handover"), _CARDS[1]),
        (case_step(1, "reply"), _CARDS[1]),
        (case_step(2, "handover", "case 1"), _CARDS[2]),
        (case_step(2, "closing", "case 1"), None),
        (intake_step(1), None),
    ):
        succession.admit(step.author, step.payload)
        assert succession.case_card == expected
    assert succession.groups == {_CARDS[1].id, _CARDS[2].id}


_KINDS = st.sampled_from(["reply", "receipt", "handover", "closing", "deleted"])
_INTAKE_STEPS = st.builds(intake_step, st.integers(1, 3), _KINDS)
_CASE_STEPS = st.builds(
    case_step,
    st.integers(1, 4),
    _KINDS,
    st.sampled_from(["intake 1", "intake 3", "case 1", "case 2", "case 3"]),
    st.integers(1, 3),
    st.sampled_from([0, 0, 0, 8, 9]),
)


class Successions(RuleBasedStateMachine):
    """Whatever anybody tries to write, what is admitted keeps the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.succession = Succession(DIRECTORY)
        self.admitted: list[Step] = []

    @rule(step=_INTAKE_STEPS | _CASE_STEPS)
    def write(self, step: Step) -> None:
        try:
            self.succession.admit(step.author, step.payload)
        except ForeignAuthor:
            return
        self.admitted.append(step)

    @rule(kind=_KINDS)
    def write_on(self, kind: str) -> None:
        if self.succession.current is not None:
            self.write(Step(self.succession.current, kind))

    @rule(kind=st.sampled_from(["handover", "handover", "reply"]), by_case=st.booleans())
    def take_over(self, kind: str, by_case: bool) -> None:
        numbers = [step.author.number for step in self.admitted]
        number = max(numbers, default=0) + 1
        if number in _CARDS:
            by = f"case {number - 1}" if by_case and number > 1 else "intake 3"
            self.write(case_step(number, kind, by, epoch=3))

    @invariant()
    def epochs_never_fall(self) -> None:
        epochs = [step.author.epoch for step in self.admitted]
        assert epochs == sorted(epochs)

    @invariant()
    def every_case_begins_with_its_only_handover(self) -> None:
        begun: list[int] = []
        for step in self.admitted:
            if step.kind == "handover":
                begun.append(step.author.number)
            elif step.author.number:
                assert begun[-1] == step.author.number
        assert begun == list(range(1, len(begun) + 1))

    @invariant()
    def intake_comes_back_after_a_closing_only(self) -> None:
        for step, after in zip(self.admitted, self.admitted[1:], strict=False):
            if step.author.number and not after.author.number:
                assert step.kind == "closing"
            if step.kind == "closing" and step.author.number:
                assert after.author.id != step.author.id

    @invariant()
    def a_case_is_certified_by_an_intake_or_by_the_one_before(self) -> None:
        for step, after in zip(self.admitted, self.admitted[1:], strict=False):
            if after.kind == "handover" and after.author.issuer in {c.id for c in _CARDS.values()}:
                assert after.author.issuer == step.author.id
                assert step.kind != "closing"

    @invariant()
    def the_last_author_has_the_mailbox(self) -> None:
        last = self.admitted[-1] if self.admitted else None
        closed = last is None or last.kind == "closing"
        assert self.succession.current == (None if closed or last is None else last.author)


TestSuccessions = Successions.TestCase
TestSuccessions.settings = settings(max_examples=60, stateful_step_count=25)


@given(st.lists(_INTAKE_STEPS | _CASE_STEPS, max_size=8))
def test_asking_never_changes_what_is_admitted(steps: list[Step]) -> None:
    asked, plain = Succession(DIRECTORY), Succession(DIRECTORY)
    for step in steps:
        verdicts = []
        for act in (asked.check, asked.admit, plain.admit):
            try:
                act(step.author, step.payload)
                verdicts.append(True)
            except ForeignAuthor:
                verdicts.append(False)
        assert len(set(verdicts)) == 1
    assert asked.current == plain.current
