"""What a flood costs: a mailbox that is read meanwhile, and proofs of work that are none.

The server asks strangers for work all the time. A mailbox that has its report logs in and is read,
again and again: while nothing else happens, under a flood of first reports without a proof, and
under one of junk. Each flood is as fast as the server answers it, over 64 connections that stay.

A wrong proof is at its dearest with a token of the server's own that no other proof came with; so
each of the thousand has one, made before the clock runs. The clock is the processor time of this
process, which does what a worker does, with what it had before frozen as a worker's is. The least
of several rounds counts: a machine that is shared only ever makes one longer.
"""

import asyncio
import gc
import http.client
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from typing import Final

from bench import load
from bench.budgets import (
    FLOOD_JUNK,
    FLOOD_JUNK_RATIO,
    FLOOD_PROOFS,
    FLOOD_READ,
    FLOOD_UNSOLVED,
    FLOOD_UNSOLVED_RATIO,
    Result,
)
from bench.crowd import log_in, seal_reports
from bench.load import HOST, Request
from bench.scale import Scale
from bench.servers import ask_work, dropbox, make_data, write_key
from bench.team import ORIGIN, Team
from crypto.keys import MailboxSecret
from crypto.work import find_proof, is_proof, work_seed
from dropbox import limits
from dropbox.api.gate import Gate
from dropbox.api.tokens import Tokens
from dropbox.difficulty import Board, Difficulty
from dropbox.limits import Lane
from dropbox.settings import load_settings
from dropbox.store.ground import utc_now
from dropbox.store.jobs import Caller
from dropbox.store.refused import Refused
from dropbox.store.store import Store
from dropbox.wire import (
    KEEP_HEADER,
    SESSION_HEADER,
    Challenge,
    Proof,
    Purpose,
    Role,
    Session,
)

_BITS: Final = limits.FIRST_BITS
_PROOFS: Final = 1000
_ROUNDS: Final = 5


def measure(scale: Scale, folder: Path) -> list[Result]:
    """The medians, their ratios, and the cost of a thousand wrong proofs."""
    team = Team.found()
    data = ask_work(make_data(folder / "floods", team), _BITS)
    key = write_key(folder)
    tokens = Tokens(key.read_bytes())
    with dropbox(data, key) as server:
        known, attacker = seal_reports(team, 2)
        callers = [team.reporter_caller(each.secret) for each in (known, attacker)]
        sessions = log_in(server.port, callers, 2)
        proof = _solve(team, tokens, known.secret.keys.card.id)
        first = Request.make("POST", "/api/envelopes", known.body, sessions[0], proof)
        load.run(server.port, [first], 1).expect(200)
        unsolved = [Request.make("POST", "/api/envelopes", attacker.body, sessions[1])]
        floods: list[Sequence[Request]] = [(), unsolved, _junk(attacker.body, sessions[1], tokens)]
        medians: list[list[float]] = []
        for _ in range(scale.rounds + 1):
            medians.append([])
            for requests in floods:
                with _flooded(server.port, requests, scale.at_once):
                    times = [_read(server.port, team, known.secret) for _ in range(scale.reads)]
                medians[-1].append(median(times))
    idle, under, junk = (median(each) for each in zip(*medians[1:], strict=True))
    return [
        Result(FLOOD_READ, idle * 1000),
        Result(FLOOD_UNSOLVED, under * 1000),
        Result(FLOOD_UNSOLVED_RATIO, median(each[1] / each[0] for each in medians[1:])),
        Result(FLOOD_JUNK, junk * 1000),
        Result(FLOOD_JUNK_RATIO, median(each[2] / each[0] for each in medians[1:])),
        Result(FLOOD_PROOFS, _cost_of_junk(data, team, tokens)),
    ]


def _solve(team: Team, tokens: Tokens, address: bytes) -> Proof:
    token = tokens.make_work(Purpose.REPORT, _BITS, int(time.time()))
    tries = find_proof(work_seed(team.founded.vault.service, token, address), _BITS)
    return Proof(token, next(each for each in tries if each is not None), address)


def _junk(body: bytes, session: str, tokens: Tokens) -> list[Request]:
    """What is refused at every step: path, session, form of the proof, its token."""
    other = Tokens(secrets.token_bytes(32)).make_work(Purpose.REPORT, _BITS, int(time.time()))
    easy = tokens.make_work(Purpose.REPORT, 1, int(time.time()))
    proofs = [Proof(token, 1, bytes(32)) for token in (other, easy)]
    return [
        Request.make("GET", "/api/nothing"),
        Request.make("POST", "/api/envelopes", body),
        Request.make("GET", "/api/mailbox/0", b"", "x"),
        Request.make("POST", "/api/session", b"junk"),
        *(Request.make("POST", "/api/envelopes", body, session, proof) for proof in proofs),
    ]


@contextmanager
def _flooded(port: int, requests: Sequence[Request], at_once: int) -> Iterator[None]:
    """While another process sends these requests again and again."""
    if not requests:
        yield
        return
    context = get_context("spawn")
    begun, ending = context.Event(), context.Event()
    flood = context.Process(
        target=_send_on, args=(port, list(requests) * 50, at_once, begun, ending), daemon=True
    )
    flood.start()
    begun.wait()
    try:
        yield
    finally:
        ending.set()
        flood.join()
    if flood.exitcode:
        raise load.LoadFailed("the flood ended by itself")


def _send_on(port: int, requests: list[Request], at_once: int, begun: Event, ending: Event) -> None:
    while not ending.is_set():
        load.run(port, requests, at_once)
        begun.set()


def _read(port: int, team: Team, secret: MailboxSecret) -> float:
    """Seconds until somebody who comes with nothing but keys has read her mailbox."""
    began = time.perf_counter()
    line = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        challenge = Challenge.from_bytes(_ask(line, "POST", "/api/challenge")).challenge
        login = team.reporter_caller(secret).login(challenge, ORIGIN).to_bytes()
        session = Session.from_bytes(_ask(line, "POST", "/api/session", login)).session
        _ask(line, "GET", "/api/mailbox/0", None, {SESSION_HEADER: session})
        return time.perf_counter() - began
    finally:
        line.close()


def _ask(
    line: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    line.request(method, path, body, {KEEP_HEADER: "1", **(headers or {})})
    answer = line.getresponse()
    read = answer.read()
    if answer.status != 200:
        raise load.LoadFailed(f"answered with {answer.status} instead of 200")
    return read


def _cost_of_junk(data: Path, team: Team, tokens: Tokens) -> float:
    gc.collect()
    gc.freeze()
    try:
        return min(asyncio.run(_wrong_proofs(data, team, tokens)) for _ in range(_ROUNDS))
    finally:
        gc.unfreeze()


async def _wrong_proofs(data: Path, team: Team, tokens: Tokens) -> float:
    """Seconds of a processor that the gate of a worker takes to refuse a thousand of them."""
    settings = load_settings(data)
    store = Store(settings.locate(), data, utc_now)
    difficulty = Difficulty(Board(bytearray(1), 0), _BITS, limits.MOST_BITS, time.monotonic())
    root, now = team.founded.vault.service, int(time.time())
    gate = Gate(store, tokens, root, difficulty)
    caller = Caller(secrets.token_bytes(32), Role.MAILBOX, secrets.token_bytes(32))
    proofs = []
    while len(proofs) < _PROOFS:
        token = tokens.make_work(Purpose.REPORT, _BITS, now)
        if not is_proof(work_seed(root, token, caller.address), 1, _BITS):
            proofs.append(str(Proof(token, 1, caller.address)))
    refused = 0
    began = time.process_time()
    for proof in proofs:
        try:
            await gate.enter(caller, proof, Purpose.REPORT, now, Lane.STRANGER)
        except Refused:
            refused += 1
    seconds = time.process_time() - began
    await store.close()
    if refused != _PROOFS:
        raise load.LoadFailed("a wrong proof was taken")
    return seconds
