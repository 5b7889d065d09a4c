"""Broken connections, restarts, interruptions: one report or none, and the person knows which."""

import asyncio
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.envelope import Chain
from crypto.reporter import Draft
from dropbox.client.http import HttpTransport, Timeouts
from dropbox.client.origins import read_origin
from dropbox.client.retry import Patience
from dropbox.client.source import Source
from dropbox.client.visit import Visit
from dropbox.client.wordlist import word_list
from tests.client.wires import Socks5
from tests.report.conftest import ONION, PROGRAM, Place, Ran, refused, run

WORDS = re.compile(r"[a-z]+( [a-z]+){6}\n")
QUICK = Patience((0.01, 0.05, 0.2, 0.5), asyncio.sleep)
OFFSETS = {"up": range(1, 50_000, 1_950), "down": range(1, 3_000, 170)}
"""All over what one report with a small file takes on the wire."""


def visit(place: Place) -> Visit:
    return Visit(
        HttpTransport(read_origin(place.proxy.url), timeouts=Timeouts(2, 2, 10)),
        place.proxy.url,
        place.team.service,
        random_bytes=secrets.token_bytes,
        today=lambda: datetime.now(UTC).date(),
        patience=QUICK,
    )


@pytest.mark.parametrize("way", ["up", "down"])
async def test_cut_at_many_places_exactly_one_report_is_stored(
    place: Place, way: str, tmp_path: Path
) -> None:
    """Every cut somewhere else: in headers, bodies, between requests, while a file goes up."""
    (path := tmp_path / "a").write_bytes(b"a" * 30_000)
    cuts, sent = 0, []
    for offset in OFFSETS[way]:
        place.proxy.again(**{way: offset})
        words = word_list().generate(secrets.token_bytes)
        async with visit(place) as one:
            await one.enter(words)
            with Source(path) as source:
                await one.report(Draft("once"), [source])
        cuts += place.proxy.cuts
        sent.append(words.expose())
    assert cuts >= len(OFFSETS[way]) - 3, "the connections really were cut"
    stored = [each for each in await place.feed() if each.header[1] == Chain.REPORTER]
    for words_sent in sent:
        mailbox = place.correspondent(words_sent).card.id
        assert sum(each.mailbox == mailbox for each in stored) == 1


@pytest.mark.parametrize(
    ("way", "offset"), [("up", 900), ("up", 18_000), ("down", 700), ("down", 2_200)]
)
async def test_the_command_goes_on_after_a_cut(place: Place, way: str, offset: int) -> None:
    place.proxy.again(**{way: offset})
    ran = place.run("send", "--text-file", "-", text="once")
    assert place.proxy.cuts == 1
    assert ran.code == 0, ran.err
    assert WORDS.fullmatch(ran.out)
    assert "Trying again" in ran.err
    assert len((await place.case(ran.out.strip())).of(Chain.REPORTER)) == 1


async def test_an_outcome_nobody_can_know_prints_the_words_all_the_same(place: Place) -> None:
    place.proxy.again(answer_to=b"POST /api/envelopes", dead=True)
    ran = place.run("send", "--text-file", "-", "--wait", "1", text="once")
    assert ran.code == 1
    assert WORDS.fullmatch(ran.out), ran.out
    assert "not known" in ran.error
    assert "Nothing is lost" in ran.hint
    place.proxy.again()
    assert len((await place.case(ran.out.strip())).of(Chain.REPORTER)) == 1


async def test_an_answer_nobody_can_know(place: Place, words_file: Callable[[str], Path]) -> None:
    file = words_file(place.send())
    place.proxy.again(answer_to=b"POST /api/envelopes", dead=True)
    answer = ["reply", "--passphrase-file", file, "--text-file", "-", "--wait", "1"]
    refused(place.run(*map(str, answer), text="more"), 1, "not known", "days of your messages")


def test_a_connection_that_never_comes_back_says_that_nothing_was_sent(place: Place) -> None:
    place.proxy.again(up=600, dead=True)
    ran = place.run("send", "--text-file", "-", "--wait", "1", text="once")
    refused(ran, 1, "Nothing was sent. Try again later")


async def test_the_server_is_stopped_and_comes_back_while_a_file_goes_up(
    fresh: Place, tmp_path: Path
) -> None:
    (path := tmp_path / "film").write_bytes(secrets.token_bytes(12_000_000))
    fresh.proxy.again(delay=0.002)
    process = start(fresh, tmp_path, "--attach", str(path))
    await until(lambda: fresh.proxy.carried["up"] > 3_000_000)
    fresh.server.stop(signal.SIGKILL)
    await asyncio.sleep(0.3)
    fresh.start()
    fresh.proxy.delay = 0
    ran = await finish(process)
    assert ran.code == 0, ran.err
    case = await fresh.case(ran.out.strip())
    [entry] = case.of(Chain.REPORTER)
    assert entry.payload.files[0].size == 12_000_000  # type: ignore[union-attr]


async def test_one_envelope_sent_twice_at_once_is_stored_once(place: Place) -> None:
    words = word_list().generate(secrets.token_bytes)
    async with visit(place) as one, visit(place) as two:
        await one.enter(words)
        await two.enter(words)
        outgoing = one._reporter.report(Draft("once"), one._today())
        receipts = await asyncio.gather(
            *(each._service.submit((outgoing,)) for each in (one, two, one, two))
        )
    assert {receipt.ids for receipt in receipts} == {(outgoing.envelope.id,)}
    assert len((await place.case(words.expose())).of(Chain.REPORTER)) == 1


# -- ended by the person ------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_stopped_while_a_file_goes_up(
    place: Place, tmp_path: Path, how: signal.Signals
) -> None:
    (path := tmp_path / "film").write_bytes(bytes(30_000_000))
    before = parts(place)
    place.proxy.again(delay=0.001)
    process = start(place, tmp_path, "--attach", str(path))
    await until(lambda: parts(place) > before)
    place.proxy.delay = 0
    process.send_signal(how)
    ran = await finish(process)
    refused(ran, 1, "What you wrote was not sent", "taken back")
    await until(lambda: parts(place) == before)


async def test_stopped_while_the_report_itself_goes_prints_the_words(
    place: Place, tmp_path: Path
) -> None:
    place.proxy.again()
    process = start(place, tmp_path)
    place.proxy.delay = 0.15
    await until(lambda: b"POST /api/envelopes" in place.proxy.seen)
    process.send_signal(signal.SIGINT)
    place.proxy.delay = 0
    ran = await finish(process)
    assert ran.code == 1
    assert WORDS.fullmatch(ran.out)
    assert "not known" in ran.error


async def test_stopped_before_anything_was_sent(place: Place, tmp_path: Path) -> None:
    place.proxy.again(delay=0.5)
    process = start(place, tmp_path)
    await until(lambda: b"GET /api/directory" in place.proxy.seen)  # bytes may be another test's
    process.send_signal(signal.SIGINT)
    refused(await finish(process), 1, "Stopped. Nothing was sent")


# -- through Tor --------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["socks5h", "socks5"])
def test_a_report_to_an_onion_name(
    place: Place, words_file: Callable[[str], Path], scheme: str
) -> None:
    with Socks5(place.port) as socks:
        proxy = ["--proxy", f"{scheme}://127.0.0.1:{socks.port}", "--root", place.root]
        ran = run("send", "--server", ONION, *proxy, "--text-file", "-", text="hello")
        assert ran.code == 0, ran.err
        file = words_file(ran.out.strip())
        ran = run("check", "--server", ONION, *proxy, "--passphrase-file", file)
        assert ran.code == 0, ran.err
    assert {(each.host, each.by_name) for each in socks.dialled} == {("a" * 56 + ".onion", True)}
    assert len({each.user for each in socks.dialled}) == 2, "each visit has its own circuit"


def test_tor_is_not_running(place: Place) -> None:
    proxy = ["--proxy", "socks5h://127.0.0.1:1", "--root", place.root, "--wait", "0"]
    ran = run("send", "--server", ONION, *proxy, "--text-file", "-", text="hello")
    refused(ran, 1, "through the proxy", "Nothing was sent")


# -- how ----------------------------------------------------------------------------------------


def parts(place: Place) -> set[Path]:
    return {each for each in (place.data / "parts").rglob("*") if each.is_file()}


def start(place: Place, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """``send``, on its way."""
    (text := folder / "text").write_text("hello")
    return subprocess.Popen(
        [*PROGRAM, "send", *place.options, "--text-file", str(text), *more],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


async def finish(process: subprocess.Popen[bytes]) -> Ran:
    out, err = await asyncio.to_thread(process.communicate, timeout=120)
    ran = Ran(process.returncode, out.decode(), err.decode())
    assert "Traceback" not in ran.err
    return ran


async def until(true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)
