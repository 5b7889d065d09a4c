"""A server whose clock is years wrong: what is there is read and answered, nothing is lost, and
nobody is told to look at a clock that is right.

The clock is turned by tests/dropbox/timeshift.py; the clients' clocks are right.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.client.wires import CuttingProxy
from tests.dropbox.server import Server, free_port, run_process
from tests.report.conftest import Place, refused

YEARS = 10 * 365 * 24 * 3600
WORDS = Callable[[str], Path]


class Turned(Place):
    """A place whose server has a clock that can be turned."""

    def start(self) -> Server:
        self.clock = self.folder / "clock"
        self.clock.write_text("0")
        self.server = Server(self.data, self.team, port=self.port, clock=self.clock)
        return self.server.__enter__()

    def turn(self, seconds: int) -> None:
        self.clock.write_text(str(seconds))


@pytest.fixture
def turned(tmp_path: Path) -> Iterator[Turned]:
    with CuttingProxy(port := free_port()) as proxy:
        place = Turned(tmp_path, proxy, port)
        yield place
        place.server.stop()


both = pytest.mark.parametrize("years", [YEARS, -YEARS], ids=["ahead", "behind"])


@both
def test_a_new_report_is_refused_and_her_own_clock_is_not_blamed(
    turned: Turned, years: int
) -> None:
    turned.turn(years)
    ran = turned.run("send", "--text-file", "-", text="Something is wrong.")
    refused(ran, 1, "The server says", "the server's may be wrong", "Nothing was sent")
    assert "Check this device" not in ran.err
    turned.turn(0)
    turned.send()


@both
async def test_a_mailbox_is_read_and_answered_where_a_case_group_has_it(
    turned: Turned, years: int, words_file: WORDS
) -> None:
    words = turned.send()
    await turned.post(turned.correspondent(words).assign())
    turned.turn(years)
    known = ("--passphrase-file", words_file(words))
    ran = turned.run("check", *known)
    assert ran.code == 0, ran.err
    assert "has taken over your case" in ran.out
    ran = turned.run("reply", *known, "--text-file", "-", text="And more.")
    assert ran.code == 0, ran.err
    turned.turn(0)
    assert len(await turned.feed()) == 4


@both
async def test_nothing_is_lost_and_no_directory_lasts_longer(turned: Turned, years: int) -> None:
    """Sweeps run every fifth of a second here; they take away what was not finished, no more."""
    kept = [turned.send() for _ in range(2)]
    before = turned.server.wire().ask("GET", "/api/directory").body
    turned.turn(years)
    for _ in range(10):
        assert turned.server.wire().ask("GET", "/api/directory").body == before
        await asyncio.sleep(0.1)
    assert turned.run("send", "--text-file", "-", text="Something is wrong.").code == 1
    turned.turn(0)
    assert {entry.mailbox for entry in await turned.feed()} == {
        turned.correspondent(words).card.id for words in kept
    }
    done = run_process("check", "--data", turned.data)
    assert done.returncode == 0, done.stdout
