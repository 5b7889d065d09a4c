import inspect

import pytest

from crypto import errors
from crypto.errors import Forged, Malformed, NotForUs, ProtocolError, Unfit, UserError

FAULTS = (UserError, Malformed, Forged, NotForUs, Unfit)
LEAVES = [
    leaf
    for _, leaf in inspect.getmembers(errors, inspect.isclass)
    if issubclass(leaf, ProtocolError) and leaf not in (*FAULTS, ProtocolError)
]


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_error_is_somebodys_fault_and_only_one_partys(leaf: type[ProtocolError]) -> None:
    assert sum(issubclass(leaf, fault) for fault in FAULTS) == 1


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_error_says_what_it_means(leaf: type[ProtocolError]) -> None:
    assert leaf.__doc__
    assert leaf.sentence.endswith(".")


def test_a_detail_follows_the_sentence() -> None:
    assert str(errors.RolledBack()) == errors.RolledBack.sentence
    assert str(errors.RolledBack("More.")) == errors.RolledBack.sentence + " More."


def test_a_wrong_word_is_told_to_its_owner_and_not_to_a_log() -> None:
    error = errors.UnknownWord("sekret", ("secret",))
    assert error.word == "sekret"
    assert error.nearest == ("secret",)
    assert "sekret" not in str(error) + repr(error)


def test_the_number_of_words_is_told() -> None:
    error = errors.WrongNumberOfWords(6)
    assert error.count == 6
    assert str(error) == "The passphrase has seven words. There are 6 here."
