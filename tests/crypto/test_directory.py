from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest

from crypto.certificates import CertificateRole, certify_case
from crypto.constants import Tag
from crypto.directory import (
    LIMITS,
    NO_SITE,
    Directory,
    Limits,
    PastGroup,
    directory_hash,
    read_directory,
    read_successor,
    sign_directory,
)
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
from crypto.primitives import H
from crypto.signed import sign_document
from tests.crypto.points import BAD_ED25519, BAD_X25519, unreduced
from tests.crypto.second_forms import second_forms
from tests.crypto.world import EPOCH, ORIGIN, TODAY, Service, flipped, mailbox

DAY = timedelta(days=1)


def test_a_directory_of_this_service_is_read(service: Service) -> None:
    directory = read_directory(service.signed(), service.id)
    assert directory == service.document()
    assert directory.root_card.id == service.id
    assert directory.intake_card == service.intake[EPOCH].keys.card
    assert directory.contact_card == service.contact.keys.card
    assert read_directory(service.signed(), service.id[:20]) == directory


def test_every_intake_group_that_ever_was_is_listed(service: Service) -> None:
    directory = service.directory(4)
    cards = {epoch: service.intake[epoch].keys.card for epoch in range(1, 5)}
    assert directory.intake_groups == {card.id: (n, card.sign) for n, card in cards.items()}


# -- whose it is --------------------------------------------------------------------------------


def test_a_directory_of_another_service_is_refused(service: Service, elsewhere: Service) -> None:
    """Fully valid, at the wrong place (P5)."""
    for root in (service.id, service.id[:20]):
        with pytest.raises(ForeignService):
            read_directory(elsewhere.signed(), root)


@pytest.mark.parametrize("length", [0, 1, 19, 21, 31])
def test_a_part_of_a_fingerprint_pins_nothing(service: Service, length: int) -> None:
    with pytest.raises(ForeignService):
        read_directory(service.signed(), service.id[:length])


def test_a_directory_that_names_another_service_is_refused(
    service: Service, elsewhere: Service
) -> None:
    """Our root's card, and signatures made for somebody else's service."""
    document = service.document(service=elsewhere.id)
    with pytest.raises(WrongId):
        read_directory(sign_directory(document, service.publisher.keys), service.id)


def test_a_directory_under_a_publisher_of_another_service_is_refused(
    service: Service, elsewhere: Service
) -> None:
    """Our root's card beside a publisher somebody else's root certified (P5)."""
    document = service.document(publisher=elsewhere.certificate(elsewhere.publisher))
    with pytest.raises(ForeignAuthor):
        read_directory(sign_directory(document, elsewhere.publisher.keys), service.id)


def test_only_a_publisher_signs_directories(service: Service) -> None:
    """An analyst, a case group and the root itself do not (PROTOCOL §12)."""
    analyst = service.certificate(service.analyst, CertificateRole.ANALYST)
    card = service.analyst.keys.card
    case = certify_case(card, mailbox("ann").keys.card.id, 1, service.root.keys, service.id)
    for certificate in (analyst, case):
        document = service.document(publisher=certificate)
        with pytest.raises(WrongRole):
            read_directory(sign_directory(document, service.analyst.keys), service.id)
    for signer in (service.root, service.analyst, service.intake[EPOCH], service.contact):
        signed = sign_directory(service.document(), signer.keys)
        with pytest.raises(WrongSignature):
            read_directory(signed, service.id)


def test_a_publisher_is_certified_by_the_root_alone(service: Service) -> None:
    """A publisher cannot make another one."""
    by_publisher = service.publisher.keys
    forged = sign_document(
        service.directory().publisher_certificate, Tag.SIGN_CERTIFICATE, by_publisher, service.id
    )
    document = service.document(publisher=forged)
    with pytest.raises(WrongSignature):
        read_directory(sign_directory(document, by_publisher), service.id)


def test_a_signature_of_another_purpose_is_none_of_a_directory(service: Service) -> None:
    """Every tag there is (P1)."""
    for tag in (tag for tag in Tag if tag is not Tag.SIGN_DIRECTORY):
        signed = sign_document(service.document(), tag, service.publisher.keys, service.id)
        with pytest.raises(WrongSignature):
            read_directory(signed, service.id)


# -- keys ---------------------------------------------------------------------------------------


def test_a_key_slipped_into_the_directory_is_refused(service: Service) -> None:
    """A server that wants to read puts its own card in the place of ours (P8)."""
    own = mailbox("the server's own").keys.card
    signature = service.signed()[:64]
    for change in (
        {"intake": service.intake_group(EPOCH, own.to_bytes())},
        {"contact": own.to_bytes()},
        {"past": (PastGroup(1, own.id, own.sign),)},
        {"past": ()},
    ):
        with pytest.raises(WrongSignature):
            read_directory(signature + service.document(**change).to_bytes(), service.id)


def test_cards_that_change_places_are_noticed(service: Service) -> None:
    """n² swaps of cards that are all validly signed (P1)."""
    cards = {
        "root": service.root.keys.card.to_bytes(),
        "intake": service.intake[EPOCH].keys.card.to_bytes(),
        "contact": service.contact.keys.card.to_bytes(),
    }
    signed = service.signed()
    for one, other in combinations(cards, 2):
        swapped = dict(cards) | {one: cards[other], other: cards[one]}
        intake = service.intake_group(EPOCH, swapped["intake"])
        document = service.document(root=swapped["root"], contact=swapped["contact"], intake=intake)
        with pytest.raises(ProtocolError):
            read_directory(signed[:64] + document.to_bytes(), service.id)
        if "root" not in (one, other):
            continue
        with pytest.raises(ForeignService):  # even signed by the publisher
            read_directory(sign_directory(document, service.publisher.keys), service.id)


def _alike(service: Service) -> dict[str, dict[str, Any]]:
    """Directories in which one key or id stands twice."""
    root, intake = service.root.keys.card, service.intake[EPOCH].keys.card
    publisher = service.publisher.keys.card
    other = mailbox("somebody").keys.card

    def group(card: Card) -> dict[str, Any]:
        return {"intake": service.intake_group(EPOCH, card.to_bytes())}

    def mixed(**keys: bytes) -> Card:
        members = {name: getattr(other, name) for name in ("auth", "sign", "box", "kem")}
        return Card(**members | keys)

    changes: dict[str, dict[str, Any]] = {
        "intake and contact": {"contact": intake.to_bytes()},
        "intake and root": group(root),
        "contact and root": {"contact": root.to_bytes()},
        "intake listed as a past group": {"past": (PastGroup(1, intake.id, intake.sign),)},
        "a past group's id": {"past": (PastGroup(1, intake.id, other.sign),)},
        "a past group's key": {"past": (PastGroup(1, other.id, intake.sign),)},
        "the root as a past group": {"past": (PastGroup(1, root.id, root.sign),)},
        "the publisher as a past group": {"past": (PastGroup(1, other.id, publisher.sign),)},
        "auth and sign of one card": group(mixed(auth=other.sign)),
    }
    for name in ("auth", "sign", "box", "kem"):
        changes[f"contact with the intake's {name}"] = {
            "contact": mixed(**{name: getattr(intake, name)}).to_bytes()
        }
    changes["intake with the publisher's sign"] = group(mixed(sign=publisher.sign))
    changes["contact with the root's auth as its sign"] = {
        "contact": mixed(sign=root.auth).to_bytes()
    }
    return changes


ALIKE = list(_alike(Service("drop")).items())


@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case[0])
def test_a_directory_with_two_keys_alike_is_refused(
    service: Service, case: tuple[str, dict[str, Any]]
) -> None:
    """One reader under two names would be asked twice, or stand for two (P4)."""
    with pytest.raises(KeysAlike):
        read_directory(service.signed(**case[1]), service.id)


def test_two_past_groups_alike_are_refused(service: Service) -> None:
    one = service.past(1)[0]
    past = (one, PastGroup(2, one.id, one.sign))
    with pytest.raises(KeysAlike):
        read_directory(service.signed(3, past=past), service.id)


@pytest.mark.parametrize("where", ["root", "intake", "contact"])
def test_a_directory_with_a_bad_key_is_refused(service: Service, where: str) -> None:
    """Small order, aliased, unreduced, in every card (P13, P14)."""
    good = getattr(service.directory(), f"{where}_card")
    bad = [
        Card(next(iter(BAD_ED25519.values())), good.sign, good.box, good.kem),
        Card(good.auth, BAD_ED25519["order 8"], good.box, good.kem),
        Card(good.auth, good.sign, BAD_X25519["base point with the top bit"], good.kem),
        Card(good.auth, good.sign, good.box, unreduced(good.kem)),
    ]
    for card in bad:
        change: dict[str, Any] = {where: card.to_bytes()}
        if where == "intake":
            change = {"intake": service.intake_group(EPOCH, card.to_bytes())}
        with pytest.raises(WrongPoint):
            read_directory(service.signed(**change), service.id)


# -- its one form -------------------------------------------------------------------------------


def test_no_second_form_of_a_directory_is_read(service: Service) -> None:
    """Even signed by the publisher (PROTOCOL §12)."""
    for _, form in second_forms(service.document().to_bytes()):
        signed = service.publisher.keys.sign(Tag.SIGN_DIRECTORY, service.id, form) + form
        with pytest.raises((NotCanonical, WrongLength)):
            read_directory(signed, service.id)


def test_each_byte_of_a_directory_counts(service: Service) -> None:
    """One bit of each; ``test_flips`` takes all eight (P24)."""
    signed = service.signed()
    for i in range(len(signed)):
        with pytest.raises(ProtocolError):
            read_directory(flipped(signed, i, (i * 5) % 8), service.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": TODAY + 15 * DAY},
        {"expires": TODAY - DAY},
        {"issued": date.max - 15 * DAY, "expires": date.max},
        {"issued": date.min, "expires": date.max},
        {"issued": date.max, "expires": date.min},
        {"name": ""},
        {"name": "n" * 101},
        {"seq": 0},
        {"past": "the current epoch"},
        {"past": "a later epoch"},
        {"past": "in the wrong order"},
    ],
    ids=lambda changes: " ".join(f"{name} {value}"[:30] for name, value in changes.items()),
)
def test_a_directory_that_breaks_a_rule_cannot_be_made_or_signed(
    service: Service, changes: dict[str, Any]
) -> None:
    card = mailbox("somebody").keys.card
    past = {
        "the current epoch": (PastGroup(3, card.id, card.sign),),
        "a later epoch": (PastGroup(4, card.id, card.sign),),
        "in the wrong order": service.past(2, 1),
    }
    changes = {name: past.get(str(value), value) for name, value in changes.items()}
    with pytest.raises(NotCanonical):
        service.document(3, **changes)


def test_a_directory_without_an_origin_cannot_be_made(service: Service) -> None:
    members = {name: getattr(service.document(), name) for name, _ in Directory.codecs()}
    with pytest.raises(NotCanonical):
        Directory(**members | {"origins": ()})


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "drop.example",
        "https://Drop.example",
        ORIGIN + "/",
        "ftp://a",
        "https://",
        "https://a:0",
    ],
)
def test_an_origin_is_as_a_browser_writes_it(service: Service, origin: str) -> None:
    with pytest.raises(NotCanonical):
        service.document(origins=(origin,))


def test_days_at_the_ends_of_the_calendar_are_no_accident(service: Service) -> None:
    """Hostile bytes from before a signature was checked."""
    for first, last in ((date.min, date.min), (date.max, date.max), (date.max - DAY, date.max)):
        directory = service.directory(issued=first, expires=last)
        for today in (date.min, TODAY, date.max):
            if not first - min(DAY, first - date.min) <= today <= last:
                with pytest.raises(Expired):
                    directory.check_day(today)


# -- here and now -------------------------------------------------------------------------------


def test_a_directory_is_used_at_the_origins_it_names(service: Service) -> None:
    directory = service.directory()
    for origin in directory.origins:
        directory.check_origin(origin)
    for origin in (
        "https://evil.example",
        ORIGIN + ":443",
        ORIGIN + "/",
        "http://drop.example",
        "",
    ):
        with pytest.raises(ForeignOrigin):
            directory.check_origin(origin)


def test_an_expired_or_early_directory_is_not_sealed_with(service: Service) -> None:
    """And read all the same (P6)."""
    directory = service.directory()
    for today in (TODAY - DAY, TODAY, TODAY + 14 * DAY):
        directory.check_day(today)
    for today in (date.min, TODAY - 2 * DAY, TODAY + 15 * DAY, date.max):
        with pytest.raises(Expired):
            directory.check_day(today)


@pytest.mark.parametrize(
    ("first", "last", "good"),
    [
        (TODAY - 100 * DAY, TODAY, True),
        (TODAY - 100 * DAY, TODAY - DAY, False),
        (TODAY + DAY, TODAY + 100 * DAY, True),
        (TODAY + 2 * DAY, TODAY + 100 * DAY, False),
    ],
)
def test_the_publishers_days_count_as_well(
    service: Service, first: date, last: date, good: bool
) -> None:
    """A directory that is valid, signed by a publisher who is not any more (P6)."""
    certificate = service.certificate(service.publisher, days=(first, last))
    directory = service.directory(publisher=certificate)
    if good:
        directory.check_day(TODAY)
        return
    with pytest.raises(Expired):
        directory.check_day(TODAY)


@pytest.mark.parametrize("days", [0, 3, 400])
def test_the_last_day_is_the_last_on_which_it_is_sealed_with(service: Service, days: int) -> None:
    until = (TODAY - DAY, TODAY + min(days, 300) * DAY)
    directory = service.directory(publisher=service.certificate(service.publisher, days=until))
    assert directory.last_day == min(directory.expires, until[1])
    directory.check_day(directory.last_day)
    with pytest.raises(Expired):
        directory.check_day(directory.last_day + DAY)


# -- one after another --------------------------------------------------------------------------


def _follow(service: Service, **changes: Any) -> Directory:
    """What a workstation does that has seen the directory of epoch 2."""
    seen = service.signed()
    changes = {"seq": EPOCH + 1, "previous": directory_hash(seen)} | changes
    return read_successor(service.directory(), seen, service.signed(3, **changes))


def test_the_next_directory_is_taken(service: Service) -> None:
    assert _follow(service).seq == 3


def test_a_renewed_directory_of_the_same_epoch_is_taken(service: Service) -> None:
    seen = service.signed()
    renewed = service.signed(seq=3, previous=directory_hash(seen), expires=TODAY + 7 * DAY)
    assert read_successor(service.directory(), seen, renewed).seq == 3


def test_the_same_directory_again_is_taken(service: Service) -> None:
    seen = service.directory()
    assert read_successor(seen, service.signed(), service.signed()) == seen


def test_one_that_skips_some_is_taken(service: Service) -> None:
    assert _follow(service, seq=9, previous=bytes(32)).seq == 9


@pytest.mark.parametrize("seq", [1, 2])
def test_a_directory_rolled_back_is_refused(service: Service, seq: int) -> None:
    """An older one, or another with the same number (P6)."""
    with pytest.raises(RolledBack):
        _follow(service, seq=seq)


def test_a_frozen_directory_expires(service: Service) -> None:
    """The same one for ever is never refused as old, so its days have to end it (P6)."""
    seen = read_successor(service.directory(), service.signed(), service.signed())
    with pytest.raises(Expired):
        seen.check_day(TODAY + 15 * DAY)


def test_a_directory_that_does_not_follow_is_refused(service: Service) -> None:
    for previous in (bytes(32), directory_hash(service.signed(3))):
        with pytest.raises(RolledBack):
            _follow(service, previous=previous)


def test_a_directory_that_forgets_a_group_is_refused(service: Service) -> None:
    """What it signed could not be verified any more, as with one that never was (PROTOCOL §12)."""
    other = mailbox("somebody").keys.card
    one, two = service.past(1, 2)
    for past in (
        (),
        (one,),
        (two,),
        (PastGroup(1, other.id, other.sign), two),
        (one, PastGroup(2, two.id, other.sign)),
    ):
        with pytest.raises(RolledBack):
            _follow(service, past=past)
        with pytest.raises(RolledBack):
            _follow(service, past=past, seq=9)


def test_a_group_does_not_change_its_epoch(service: Service) -> None:
    one, two = service.past(1, 2)
    changed = (PastGroup(1, two.id, two.sign), PastGroup(2, one.id, one.sign))
    with pytest.raises(RolledBack):
        _follow(service, past=changed)


def test_a_successor_is_verified_like_any_directory(service: Service, elsewhere: Service) -> None:
    seen = service.signed()
    with pytest.raises(ForeignService):
        read_successor(service.directory(), seen, elsewhere.signed(3))
    with pytest.raises(WrongSignature):
        read_successor(service.directory(), seen, seen[:64] + service.document(3).to_bytes())
    with pytest.raises(WrongSignature):
        read_successor(service.directory(), seen, flipped(seen, 0, 0))


def test_the_hash_of_a_directory_covers_its_signature(service: Service) -> None:
    signed = service.signed()
    assert directory_hash(signed) == H(Tag.DIRECTORY_HASH, signed)
    assert directory_hash(flipped(signed, 0, 0)) != directory_hash(signed)


# -- limits -------------------------------------------------------------------------------------


def test_limits_are_within_the_protocols() -> None:
    assert Limits.from_bytes(LIMITS.to_bytes()) == LIMITS
    for name, codec in Limits.codecs():
        most = codec.most  # type: ignore[attr-defined]
        with pytest.raises(NotCanonical):
            Limits(
                **{each: getattr(LIMITS, each) for each, _ in Limits.codecs()} | {name: most + 1}
            )


def test_there_is_no_site_yet() -> None:
    assert H(Tag.FILE) == NO_SITE
