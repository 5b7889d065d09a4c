"""Working for a place at a server that is flooded: when, how much, and how it is stopped."""

import asyncio
import secrets
import time
from pathlib import Path

import pytest

from crypto.errors import NotCanonical
from crypto.reporter import Draft
from crypto.work import HARDEST, check_proof, work_seed
from dropbox.client.errors import ClientError, Lost, Refused, TooMuchWork
from dropbox.client.retry import Event, Patience, Waiting, Working, patiently
from dropbox.client.source import Source
from dropbox.client.transport import Answer
from dropbox.client.visit import Stage
from dropbox.client.working import solve
from dropbox.wire import WORK_HEADER, Fault, Proof, Purpose, Work
from tests.client.simulator import Asked, Simulator
from tests.client.team import Team
from tests.client.test_visit import visiting


@pytest.fixture(scope="module")
def team() -> Team:
    return Team()


@pytest.fixture
def server(team: Team) -> Simulator:
    server = Simulator(team)
    server.difficulty = 3
    return server


def paths(server: Simulator) -> list[str]:
    return [asked.path for asked in server.log]


async def test_a_report_and_its_files_are_worked_for(server: Simulator, tmp_path: Path) -> None:
    (path := tmp_path / "plan.txt").write_bytes(b"x" * 3_000_000)
    async with visiting(server) as visit:
        with Source(path) as source:
            await visit.report(Draft("once"), [source])
        conversation = await visit.read()
        before = paths(server).count("/api/work")
        await visit.answer(Draft("and this"), conversation)
    assert [purpose for purpose, _ in server.work.values()] == [Purpose.FILE, Purpose.REPORT]
    assert len(server.spent) == 2
    assert paths(server).count("/api/work") == before, "who is known does not work"


async def test_who_is_not_asked_does_not_work(server: Simulator) -> None:
    server.difficulty = 0
    async with visiting(server) as visit:
        await visit.report(Draft("once"))
    assert "/api/work" not in paths(server)
    assert not any(WORK_HEADER in asked.headers for asked in server.log)


async def test_the_same_envelope_is_sent_again_with_its_proof(server: Simulator) -> None:
    async with visiting(server) as visit:
        await visit.report(Draft("once"))
    first, second = [asked for asked in server.log if asked.path == "/api/envelopes"]
    assert first.body == second.body
    assert (WORK_HEADER in first.headers, WORK_HEADER in second.headers) == (False, True)


async def test_a_lost_answer_costs_no_second_proof(server: Simulator) -> None:
    lost = 0

    def cut(_: int, asked: Asked) -> ClientError | None:
        nonlocal lost
        if WORK_HEADER in asked.headers and not lost:
            lost += 1
            return Lost()
        return None

    server.cut_after = cut
    async with visiting(server) as visit:
        await visit.report(Draft("once"))
    assert lost == 1
    assert paths(server).count("/api/work") == 1
    assert len(server.rows) == 1


async def test_work_that_became_too_little_is_done_again(server: Simulator) -> None:
    def harder(asked: Asked, answer: Answer) -> Answer:
        if asked.path == "/api/work" and server.difficulty < 5:
            server.difficulty += 1
        return answer

    server.spoil = harder
    async with visiting(server) as visit:
        await visit.report(Draft("once"))
    assert paths(server).count("/api/work") == 3


async def test_a_server_that_always_wants_more_is_left(server: Simulator) -> None:
    def harder(asked: Asked, answer: Answer) -> Answer:
        if asked.path == "/api/work":
            server.difficulty = 7 - server.difficulty
        return answer

    server.spoil = harder
    async with visiting(server) as visit:
        with pytest.raises(Refused) as raised:
            await visit.report(Draft("once"))
        assert visit.stage is Stage.NOTHING_SENT
    assert raised.value.fault is Fault.WORK_NEEDED
    assert paths(server).count("/api/work") == 5


@pytest.mark.parametrize("difficulty", [HARDEST + 1, 256])
async def test_more_work_than_any_server_asks_is_refused(
    server: Simulator, difficulty: int
) -> None:
    server.difficulty = difficulty
    async with visiting(server) as visit:
        with pytest.raises(TooMuchWork):
            await visit.report(Draft("once"))
        assert visit.stage is Stage.NOTHING_SENT


async def test_a_found_proof_is_right_and_progress_is_told() -> None:
    told: list[Event] = []
    work, subject = Work("token", 11), secrets.token_bytes(32)
    proof = await solve(work, bytes(32), subject, told.append)
    check_proof(work_seed(bytes(32), "token", subject), proof.counter, 11)
    assert (proof.token, proof.subject) == ("token", subject)
    if proof.counter >= 250:
        assert [type(event) for event in told] == [Working]


async def test_the_estimate_is_about_right() -> None:
    told: asyncio.Queue[Event] = asyncio.Queue()
    work = Work("token", HARDEST)
    began = time.monotonic()
    solving = asyncio.create_task(solve(work, bytes(32), bytes(32), told.put_nowait))
    event = await told.get()
    took = time.monotonic() - began
    solving.cancel()
    assert isinstance(event, Working)
    assert took * 100 < event.seconds < took * 2**HARDEST


async def test_it_stops_at_once_and_then_nothing_was_sent(server: Simulator) -> None:
    server.difficulty = HARDEST
    asked_for_work = asyncio.Event()

    def spoil(asked: Asked, answer: Answer) -> Answer:
        if asked.path == "/api/work":
            asked_for_work.set()
        return answer

    server.spoil = spoil
    async with visiting(server) as visit:
        sending = asyncio.create_task(visit.report(Draft("once")))
        await asked_for_work.wait()
        await asyncio.sleep(0.1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(60):  # the work itself would go on for minutes
                await sending
        assert visit.stage is Stage.NOTHING_SENT
    assert server.rows == []


# -- a server that says how long to wait --------------------------------------------------------


async def test_a_wait_the_server_asks_for_is_kept_within_ones_patience() -> None:
    taken: list[float] = []

    async def sleep(seconds: float) -> None:
        taken.append(seconds)

    async def call() -> None:
        raise Refused(Fault.BUSY, 10)

    told: list[Event] = []
    with pytest.raises(Refused):
        await patiently(call, Patience((1, 2, 4, 8, 15), sleep), told.append)
    assert taken == [10, 10, 10]
    assert [event.seconds for event in told if isinstance(event, Waiting)] == taken
    taken.clear()
    with pytest.raises(Refused):
        await patiently(call, Patience((1, 2), sleep), told.append)
    assert taken == [3]


@pytest.mark.parametrize("text", ["", "a 1", "a 1 b", "a 01 " + "A" * 43, "a -1 " + "A" * 43,
                                  "a 1 " + "B" * 43, "a NaN " + "A" * 43, "a 1  " + "A" * 43,
                                  f"a {2**53} " + "A" * 43, "a 1 " + "A" * 43 + " "])  # fmt: skip
def test_a_proof_has_one_spelling(text: str) -> None:
    with pytest.raises(NotCanonical):
        Proof.read(text)


def test_a_proof_reads_what_it_writes() -> None:
    proof = Proof("a.b-c_d", 2**53 - 1, bytes(range(32)))
    assert Proof.read(str(proof)) == proof
