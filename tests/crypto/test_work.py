from hashlib import pbkdf2_hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.constants import LARGEST_INTEGER, Tag
from crypto.errors import WrongProof
from crypto.primitives import H
from crypto.work import HARDEST, check_proof, find_proof, is_proof, work_seed

SERVICE, SUBJECT = b"\x01" * 32, b"\x02" * 32
SEED = work_seed(SERVICE, "token.of_the-server", SUBJECT)


def found(seed: bytes, difficulty: int, start: int = 0) -> int:
    *tries, counter = find_proof(seed, difficulty, start)
    assert set(tries) <= {None}
    assert counter is not None
    assert counter == start + len(tries)
    return counter


@settings(max_examples=15)
@given(st.integers(0, 6), st.binary(min_size=32, max_size=32))
def test_a_proof_that_was_found_is_one(difficulty: int, seed: bytes) -> None:
    counter = found(seed, difficulty)
    check_proof(seed, counter, difficulty)
    digest = pbkdf2_hmac("sha256", seed, counter.to_bytes(8, "little"), 100)
    assert not difficulty or f"{int.from_bytes(digest, 'big'):0256b}"[:difficulty].count("1") == 0


def test_the_first_proof_is_found() -> None:
    counter = found(SEED, 5)
    assert not any(is_proof(SEED, each, 5) for each in range(counter))
    assert found(SEED, 5, counter + 1) > counter


def test_a_wrong_proof_is_refused() -> None:
    """Wrong bits, and the bits of an easier question (T58)."""
    counter = found(SEED, 4)
    assert not is_proof(SEED, counter, 40)
    for seed, difficulty in ((SEED, 40), (SEED, 256), (H(Tag.WORK), 40)):
        with pytest.raises(WrongProof):
            check_proof(seed, counter, difficulty)


@pytest.mark.parametrize("counter", [-1, LARGEST_INTEGER + 1, 2**64, -(2**64)])
def test_a_counter_outside_of_the_integers_is_refused(counter: int) -> None:
    """Also where nothing is asked for (T58)."""
    for difficulty in (0, 1):
        with pytest.raises(WrongProof):
            check_proof(SEED, counter, difficulty)


def test_nothing_is_asked_for_when_idle() -> None:
    for counter in (0, LARGEST_INTEGER):
        check_proof(SEED, counter, 0)
    assert found(SEED, 0) == 0
    assert found(SEED, 0, 7) == 7


@pytest.mark.parametrize("difficulty", [-1, HARDEST + 1, 256])
def test_a_server_cannot_make_a_client_work_for_ever(difficulty: int) -> None:
    with pytest.raises(WrongProof):
        next(find_proof(SEED, difficulty))
    next(find_proof(SEED, HARDEST))


def test_a_proof_is_for_one_service_token_and_subject() -> None:
    """A proof for another route has another token (T58)."""
    assert H(Tag.WORK, SERVICE, b"token.of_the-server", SUBJECT) == SEED
    others = {
        work_seed(bytes(32), "token.of_the-server", SUBJECT),
        work_seed(SERVICE, "token.of_the-serves", SUBJECT),
        work_seed(SERVICE, "token.of_the-server", bytes(32)),
        SEED,
    }
    assert len(others) == 4
