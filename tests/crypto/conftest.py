"""Bounds for Hypothesis, so that the tests of the protocol stay a matter of seconds."""

import pytest
from hypothesis import HealthCheck, settings

from crypto.passphrase import WordList
from tests.crypto.world import Service, word_list

settings.register_profile(
    "crypto",
    max_examples=40,
    deadline=None,  # Argon2 and a busy machine are not flakiness
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("crypto")


@pytest.fixture(scope="session")
def service() -> Service:
    """The service everything happens at. Nothing in it changes."""
    return Service("drop")


@pytest.fixture(scope="session")
def elsewhere() -> Service:
    """Another service, run by somebody else with the same program."""
    return Service("elsewhere")


@pytest.fixture(scope="session")
def words() -> WordList:
    """The seven words' list."""
    return word_list()
