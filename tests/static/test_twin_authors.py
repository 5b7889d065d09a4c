"""Who may write in the ``team`` chain: the twin says what Python says, row by row."""

from dataclasses import replace
from typing import Any

import pytest

from crypto.authors import find_author
from crypto.certificates import certify_case
from crypto.documents import GroupProof
from crypto.errors import ProtocolError
from crypto.keys import Card
from tests.crypto.test_authors import ANN, BEN, DIRECTORY, SERVICE, TABLE, Step, cases
from tests.crypto.world import reply
from tests.static.pipe import Refused, Twin
from tests.vectors.case import b64

GIVEN = {"directory": b64(SERVICE.signed(3)), "root": b64(SERVICE.id)}

ONE, TWO, THREE = cases(3)
OTHER = SERVICE.case(ANN, name="other")
CARD, FOREIGN = ONE.group.keys.card, OTHER.group.keys.card
_LAST = THREE.proof.certificates


def _listed(card: Card) -> GroupProof:
    signed = certify_case(card, ANN, 1, SERVICE.intake[2].keys, SERVICE.id)
    return GroupProof(card.to_bytes(), (signed,))


PROOFS: dict[str, tuple[bytes, GroupProof]] = {
    "a case group": (CARD.id, ONE.proof),
    "the third": (THREE.group.keys.card.id, THREE.proof),
    "another than it proves": (FOREIGN.id, ONE.proof),
    "an intake group's name": (SERVICE.intake[2].keys.card.id, ONE.proof),
    "no certificate": (CARD.id, replace(ONE.proof, certificates=())),
    "of another mailbox": (CARD.id, SERVICE.case(BEN).proof),
    "another's card": (FOREIGN.id, replace(ONE.proof, card=FOREIGN.to_bytes())),
    "another's box": (
        CARD.id,
        replace(ONE.proof, card=Card(CARD.auth, CARD.sign, FOREIGN.box, CARD.kem).to_bytes()),
    ),
    "the contact group": (SERVICE.contact.keys.card.id, _listed(SERVICE.contact.keys.card)),
    "the root": (SERVICE.id, _listed(SERVICE.root.keys.card)),
    "a past intake group": (
        SERVICE.intake[1].keys.card.id,
        _listed(SERVICE.intake[1].keys.card),
    ),
    "certified by the root": (CARD.id, SERVICE.case(ANN, issuer=SERVICE.root).proof),
    "certified by an unlisted group": (CARD.id, SERVICE.case(ANN, issuer=SERVICE.intake[4]).proof),
    **{
        f"{name}, of three": (
            THREE.group.keys.card.id,
            replace(THREE.proof, certificates=tuple(_LAST[each] for each in order)),
        )
        for name, order in {
            "the first missing": (1, 2),
            "the second missing": (0, 2),
            "the last missing": (0, 1),
            "swapped": (1, 0, 2),
            "repeated": (0, 0, 1, 2),
        }.items()
    },
    **{
        f"number {number} after 2": (
            SERVICE.case(ANN, number, TWO.group).group.keys.card.id,
            SERVICE.case(ANN, number, TWO.group, TWO.proof.certificates).proof,
        )
        for number in (1, 2, 3, 4)
    },
}


@pytest.mark.parametrize("name", PROOFS)
def test_both_find_the_same_author_or_refuse_for_the_same_reason(twin: Twin, name: str) -> None:
    named, proof = PROOFS[name]
    try:
        author = find_author(reply(named, proof), ANN, DIRECTORY)
        expected: Any = [b64(author.id), author.epoch, author.number]
    except ProtocolError as error:
        expected = type(error).__name__
    try:
        found = twin.ask(
            "author",
            mailbox=b64(ANN),
            author=b64(named),
            card=b64(proof.card),
            certificates=[b64(each) for each in proof.certificates],
            **GIVEN,
        )
    except Refused as refused:
        found = refused.name
    assert found == expected


def _step(step: Step) -> dict[str, Any]:
    author = step.author
    return {
        "kind": step.kind,
        "author": {
            "id": b64(author.id),
            "sign": b64(author.sign),
            "epoch": author.epoch,
            "number": author.number,
            "card": None if author.card is None else b64(author.card.to_bytes()),
            "issuer": None if author.issuer is None else b64(author.issuer),
        },
    }


@pytest.mark.parametrize("name", TABLE)
def test_authors_follow_each_other_as_the_table_says(twin: Twin, name: str) -> None:
    before, step, admitted = TABLE[name]
    steps = [_step(each) for each in (*before, step)]
    assert twin.ask("succession", steps=steps, **GIVEN) is admitted
