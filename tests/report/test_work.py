"""``dropbox-report`` at a server that asks for work: it is done, said, and can be stopped."""

import asyncio
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto.envelope import Chain
from tests.client.wires import CuttingProxy
from tests.dropbox.server import Server, ask_work, free_port
from tests.report.conftest import PROGRAM, Place, refused

BITS = 13
"""Some seconds for each proof, so that it is said; not said with a chance of 1 in 33 each."""


def busy(folder: Path, bits: int) -> Iterator[Place]:
    """A server that asks strangers for work from its start."""
    with CuttingProxy(port := free_port()) as proxy:
        place = Place(folder, proxy, port)
        ask(place, bits)
        yield place
        place.server.stop()


def ask(place: Place, bits: int) -> None:
    place.server.stop()
    ask_work(place.data, bits)
    place.start()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    yield from busy(tmp_path_factory.mktemp("busy"), BITS)


@pytest.fixture
def hardest(tmp_path: Path) -> Iterator[Place]:
    yield from busy(tmp_path, 20)


async def test_a_report_with_files_is_worked_for_and_an_answer_is_not(
    place: Place, tmp_path: Path, words_file: Callable[[str], Path]
) -> None:
    (path := tmp_path / "rota.txt").write_bytes(b"r" * 20_000)
    more = ["--attach", str(path), "--attach", str(path)]
    ran = place.run("send", "--text-file", "-", *more, text="once")
    assert ran.code == 0, ran.err
    assert "The server is busy. Your computer is working for a place; about " in ran.err
    assert "Nothing is lost." in ran.err
    words = ran.out.strip()
    assert len((await place.case(words)).of(Chain.REPORTER)) == 1
    reply = ["reply", "--passphrase-file", str(words_file(words)), "--text-file", "-"]
    ran = place.run(*reply, "--attach", str(path), text="and this")
    assert ran.code == 0, ran.err
    assert "working" not in ran.err
    assert len((await place.case(words)).of(Chain.REPORTER)) == 2


async def test_an_answer_that_is_lost_costs_no_second_proof(place: Place) -> None:
    place.proxy.again(answer_to=b"Dropbox-Work")
    ran = place.run("send", "--text-file", "-", text="once")
    assert place.proxy.cuts == 1
    assert ran.code == 0, ran.err
    assert bytes(place.proxy.seen).count(b"POST /api/work") == 1
    assert len((await place.case(ran.out.strip())).of(Chain.REPORTER)) == 1
    place.proxy.again()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_stopped_while_it_works_nothing_was_sent(
    hardest: Place, tmp_path: Path, how: signal.Signals
) -> None:
    (text := tmp_path / "text").write_text("hello")
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        "send",
        *hardest.options,
        "--text-file",
        str(text),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    async with asyncio.timeout(40):
        while b"working for a place" not in (said := await process.stderr.readline()):
            assert said, "it ended by itself"
        process.send_signal(how)
        out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    assert b"error: Stopped. Nothing was sent.\n" in err
    assert b"Traceback" not in err
    assert await hardest.feed() == []


def test_a_full_server_says_so_and_nothing_was_sent(place: Place, tmp_path: Path) -> None:
    (clock := tmp_path / "clock").write_text("0")
    place.server.stop()
    full = {"LIMITS": "RESERVE_SHARE=1 RESERVE_MOST=1e18"}
    with Server(place.data, place.team, clock=clock, environment=full, port=place.port):
        ran = place.run("send", "--text-file", "-", text="once")
    place.start()
    refused(ran, 1, "full", "Nothing was sent")
