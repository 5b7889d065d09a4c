from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from crypto.constants import Tag
from crypto.encoding import Document
from crypto.errors import (
    DoesNotOpen,
    ForeignAuthor,
    Locked,
    NotCanonical,
    ProtocolError,
    WrongId,
    WrongLength,
    WrongPoint,
    WrongSignature,
)
from crypto.groups import (
    Erased,
    Grant,
    Receiving,
    ReceivingSecret,
    named_grant,
    open_grant,
    read_erased,
    read_receiving,
    sign_erased,
    sign_grant,
    sign_receiving,
)
from crypto.keys import AnalystSecret, GroupSecret
from crypto.signed import sign_document
from crypto.wrapping import WrapKind, wrap
from tests.crypto.points import BAD_X25519, unreduced
from tests.crypto.second_forms import second_forms
from tests.crypto.world import EPOCH, TODAY, Service, flipped, stream

GROUP = GroupSecret(stream("a group to be granted")(32))


def receiving_secret(number: int = 1) -> ReceivingSecret:
    return ReceivingSecret(stream(f"receiving key {number}")(32))


def told(service: Service, number: int = 1, person: AnalystSecret | None = None) -> bytes:
    keys = (person or service.colleague).keys
    return sign_receiving(receiving_secret(number), number, keys, service.id)


def heard(service: Service, number: int = 1) -> Receiving:
    card = service.colleague.keys.card
    return read_receiving(told(service, number), card.id, card.sign, service.id)


def granted(service: Service, number: int = 1) -> bytes:
    """The group's secret, from the analyst to her colleague's pair of this number."""
    to = heard(service, number)
    return sign_grant(GROUP, to, service.analyst.keys, service.id, stream("granting"))


def opened(
    service: Service, signed: bytes, number: int = 1, granter: AnalystSecret | None = None
) -> GroupSecret:
    sign = (granter or service.analyst).keys.card.sign
    me = service.colleague.keys.card.id
    return open_grant(signed, sign, me, receiving_secret(number), service.id)


# -- receiving keys -----------------------------------------------------------------------------


def test_a_receiving_key_is_told_and_heard(service: Service) -> None:
    receiving = heard(service, 3)
    assert receiving.number == 3
    assert receiving.analyst == service.colleague.keys.card.id
    assert receiving.key == receiving_secret(3).card
    assert receiving.key.id == receiving_secret(3).card.id
    assert len(receiving.key.to_bytes()) == 32 + 1184


def test_two_receiving_keys_of_one_analyst_share_nothing(service: Service) -> None:
    one, other = heard(service, 1).key, heard(service, 2).key
    assert len({one.id, other.id, one.box, other.box, one.kem, other.kem}) == 6
    assert one.box != service.colleague.keys.card.box


def test_a_receiving_key_that_somebody_else_signed_is_refused(
    service: Service, elsewhere: Service
) -> None:
    """A server that puts its own pair in the place of a member's would be granted to (P8)."""
    card = service.colleague.keys.card
    own = Receiving(card.id, 9, receiving_secret(9).card.box, receiving_secret(9).card.kem)
    forged = sign_document(own, Tag.SIGN_RECEIVING, service.analyst.keys, service.id)
    foreign = sign_receiving(receiving_secret(), 1, service.colleague.keys, elsewhere.id)
    for signed in (forged, foreign, told(service)[:64] + own.to_bytes()):
        with pytest.raises(WrongSignature):
            read_receiving(signed, card.id, card.sign, service.id)
    with pytest.raises(ForeignAuthor):  # her own, brought as a colleague's
        read_receiving(told(service, person=service.analyst), card.id, card.sign, service.id)


def test_a_receiving_key_that_no_honest_program_makes_is_refused(service: Service) -> None:
    """Aliased, of small order, unreduced: even signed by its analyst (P13)."""
    card, good = service.colleague.keys.card, heard(service)
    bad = [replace(good, box=box) for box in BAD_X25519.values()]
    bad.append(replace(good, kem=unreduced(good.kem)))
    for document in bad:
        signed = sign_document(document, Tag.SIGN_RECEIVING, service.colleague.keys, service.id)
        with pytest.raises(WrongPoint):
            read_receiving(signed, card.id, card.sign, service.id)


@pytest.mark.parametrize("number", [0, -1, 2**53])
def test_a_receiving_key_is_numbered_from_one(service: Service, number: int) -> None:
    with pytest.raises(NotCanonical):
        told(service, number)


# -- grants -------------------------------------------------------------------------------------


def test_a_granted_group_is_opened_by_its_member(service: Service) -> None:
    signed = granted(service)
    grant = named_grant(signed)
    assert grant.granter == service.analyst.keys.card.id
    assert grant.analyst == service.colleague.keys.card.id
    assert (grant.group, grant.receiving) == (GROUP.keys.card.id, receiving_secret().card.id)
    assert opened(service, signed) == GROUP


def test_a_grant_does_not_open_with_an_erased_receiving_key(service: Service) -> None:
    """Nor with any key the analyst still has: not the newer pair, not her card's (PROTOCOL §12)."""
    signed = granted(service, 1)
    with pytest.raises(Locked):
        opened(service, signed, 2)
    posing = replace(named_grant(signed), receiving=receiving_secret(2).card.id)
    resigned = sign_document(posing, Tag.SIGN_GRANT, service.analyst.keys, service.id)
    with pytest.raises(DoesNotOpen):
        opened(service, resigned, 2)


def test_a_grant_to_another_member_is_refused(service: Service) -> None:
    """Also where its wrap was moved into one that names us (P3)."""
    card = service.supervisor.keys.card
    theirs = read_receiving(
        sign_receiving(receiving_secret(), 1, service.supervisor.keys, service.id),
        card.id,
        card.sign,
        service.id,
    )
    signed = sign_grant(GROUP, theirs, service.analyst.keys, service.id, stream("granting"))
    with pytest.raises(ForeignAuthor):
        opened(service, signed)
    moved = replace(named_grant(signed), analyst=service.colleague.keys.card.id)
    with pytest.raises(DoesNotOpen):
        opened(service, sign_document(moved, Tag.SIGN_GRANT, service.analyst.keys, service.id))


def test_a_grant_the_granter_did_not_sign_is_refused(service: Service, elsewhere: Service) -> None:
    """A server makes a group of its own and grants it (P8)."""
    signed = granted(service)
    with pytest.raises(WrongSignature):
        opened(service, signed, granter=service.supervisor)
    foreign = sign_grant(
        GROUP, heard(service), service.analyst.keys, elsewhere.id, stream("granting")
    )
    with pytest.raises(WrongSignature):
        opened(service, foreign)
    data = named_grant(signed).to_bytes()
    for tag in (tag for tag in Tag if tag is not Tag.SIGN_GRANT):
        with pytest.raises(WrongSignature):
            opened(service, service.analyst.keys.sign(tag, service.id, data) + data)


def test_a_grant_of_another_secret_than_it_names_is_refused(service: Service) -> None:
    """A colleague gives a secret of her own under the name of the intake group (P1)."""
    intake, me = service.intake[EPOCH].keys.card.id, service.colleague.keys.card.id
    pair = heard(service).key
    for secret in (GROUP.expose(), bytes(32), service.intake[1].expose()):
        wrapped = wrap(secret, WrapKind.GRANT, (intake, me), pair, stream("posing"))
        posing = Grant(service.analyst.keys.card.id, intake, me, pair.id, wrapped)
        signed = sign_document(posing, Tag.SIGN_GRANT, service.analyst.keys, service.id)
        with pytest.raises(WrongId):
            opened(service, signed)


def test_a_wrap_of_another_kind_or_group_grants_nothing(service: Service) -> None:
    """A custodian's half, or a content key, brought as a group's secret (P3)."""
    me, pair, group = service.colleague.keys.card.id, heard(service).key, GROUP.keys.card.id
    for kind, names in (
        (WrapKind.ENVELOPE, (group,)),
        (WrapKind.ENVELOPE, (group, me)),
        (WrapKind.HALF, (group, me)),
        (WrapKind.GRANT, (me, group)),
        (WrapKind.GRANT, (bytes(32), me)),
        (WrapKind.GRANT, (group,)),
    ):
        wrapped = wrap(GROUP.expose(), kind, names, pair, stream("moved"))
        posing = Grant(service.analyst.keys.card.id, group, me, pair.id, wrapped)
        signed = sign_document(posing, Tag.SIGN_GRANT, service.analyst.keys, service.id)
        with pytest.raises(DoesNotOpen):
            opened(service, signed)


def test_a_stolen_card_opens_no_grant(service: Service) -> None:
    """The certified card's keys are not those that grants are wrapped to (P9)."""
    card = service.colleague.keys.card
    pair = heard(service).key
    assert pair.box != card.box
    assert pair.kem != card.kem
    stolen = ReceivingSecret(service.colleague.expose())  # the same secret, if somebody mixed them
    assert stolen.card.id != pair.id
    with pytest.raises(Locked):
        open_grant(granted(service), service.analyst.keys.card.sign, card.id, stolen, service.id)


def test_no_two_grants_are_alike(service: Service) -> None:
    to = heard(service)
    made = {
        sign_grant(GROUP, to, service.analyst.keys, service.id, stream(f"granting {n}"))
        for n in range(20)
    }
    assert len({named_grant(each).wrapped for each in made}) == 20


# -- erasures -----------------------------------------------------------------------------------


def test_an_erasure_is_told_and_heard(service: Service) -> None:
    signed = sign_erased(GROUP.keys.card.id, TODAY, service.analyst.keys, service.id)
    card = service.analyst.keys.card
    erased = read_erased(signed, card.id, card.sign, service.id)
    assert erased.analyst == service.analyst.keys.card.id
    assert (erased.group, erased.day) == (GROUP.keys.card.id, TODAY)


def test_an_erasure_somebody_else_signed_is_refused(service: Service, elsewhere: Service) -> None:
    """A key that is still there would be counted as gone."""
    sign = service.analyst.keys.card.sign
    group = GROUP.keys.card.id
    honest = sign_erased(group, TODAY, service.analyst.keys, service.id)
    for signed in (
        sign_erased(group, TODAY, service.colleague.keys, service.id),
        sign_erased(group, TODAY, service.analyst.keys, elsewhere.id),
        honest[:64] + sign_erased(group, TODAY - timedelta(days=1), service.analyst.keys, b"")[64:],
    ):
        with pytest.raises(WrongSignature):
            read_erased(signed, service.analyst.keys.card.id, sign, service.id)


def test_an_erasure_in_another_analysts_name_is_refused(service: Service) -> None:
    """Signed with a key that the roster has, and not that analyst's."""
    card, other = service.analyst.keys.card, service.colleague.keys.card
    document = Erased(other.id, GROUP.keys.card.id, TODAY)
    posing = sign_document(document, Tag.SIGN_ERASED, service.analyst.keys, service.id)
    honest = sign_erased(GROUP.keys.card.id, TODAY, service.analyst.keys, service.id)
    for signed, analyst in ((posing, card.id), (honest, other.id)):
        with pytest.raises(ForeignAuthor):
            read_erased(signed, analyst, card.sign, service.id)


# -- every byte, and one form -------------------------------------------------------------------


def papers(service: Service) -> dict[str, tuple[bytes, Tag, AnalystSecret]]:
    """One of each, with its tag and signer."""
    erased = sign_erased(GROUP.keys.card.id, TODAY, service.analyst.keys, service.id)
    return {
        "receiving": (told(service), Tag.SIGN_RECEIVING, service.colleague),
        "grant": (granted(service), Tag.SIGN_GRANT, service.analyst),
        "erased": (erased, Tag.SIGN_ERASED, service.analyst),
    }


def taken(service: Service, kind: str, signed: bytes) -> Document | GroupSecret:
    """What a reader of ``kind`` makes of ``signed``; raises."""
    card = service.colleague.keys.card
    if kind == "receiving":
        return read_receiving(signed, card.id, card.sign, service.id)
    if kind == "erased":
        analyst = service.analyst.keys.card
        return read_erased(signed, analyst.id, analyst.sign, service.id)
    return opened(service, signed)


KINDS = ("receiving", "grant", "erased")


@pytest.mark.parametrize("kind", KINDS)
def test_each_byte_of_a_paper_counts(service: Service, kind: str) -> None:
    """One bit of each; ``test_every_bit`` takes all eight (P24)."""
    signed, _, _ = papers(service)[kind]
    taken(service, kind, signed)
    for i in range(len(signed)):
        with pytest.raises(ProtocolError):
            taken(service, kind, flipped(signed, i, i * 5 % 8))


@pytest.mark.parametrize("kind", KINDS)
def test_no_second_form_of_a_paper_is_read(service: Service, kind: str) -> None:
    """Even well signed (PROTOCOL §12)."""
    signed, tag, signer = papers(service)[kind]
    for _, form in second_forms(signed[64:]):
        again = signer.keys.sign(tag, service.id, form) + form
        with pytest.raises((NotCanonical, WrongLength)):
            taken(service, kind, again)


@pytest.mark.parametrize(
    ("made", "read"), [pair for pair in product(KINDS, KINDS) if pair[0] != pair[1]]
)
def test_a_paper_is_never_taken_for_another(service: Service, made: str, read: str) -> None:
    """By its form, and by the tag of its signature (P1)."""
    with pytest.raises((NotCanonical, WrongSignature)):
        taken(service, read, papers(service)[made][0])
