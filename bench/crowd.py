"""Reporters in numbers: sealed, logged in for real, and ready to send.

Argon2id is left out: a mailbox's secret is drawn at random in place of being derived from words,
which the server cannot tell.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from bench import load
from bench.load import Request
from bench.team import ORIGIN, Team, report
from crypto.directory import Directory
from crypto.keys import MailboxSecret
from dropbox.client.service import Caller
from dropbox.client.submission import pack_submission
from dropbox.wire import Challenge, Session


@dataclass(frozen=True, slots=True)
class Ready:
    """A reporter's secret and the body of the request that stores the first report."""

    secret: MailboxSecret
    body: bytes


def seal_reports(team: Team, count: int) -> list[Ready]:
    """``count`` first reports, each of another mailbox, sealed by all processors."""
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        sealed = pool.map(partial(_seal, team.directory), range(count), chunksize=100)
    return [Ready(MailboxSecret(secret), body) for secret, body in sealed]


def _seal(directory: Directory, _: int) -> tuple[bytes, bytes]:
    secret = MailboxSecret.generate(secrets.token_bytes)
    return secret.expose(), pack_submission((report(directory, secret),))


def log_in(port: int, callers: Sequence[Caller], at_once: int) -> list[str]:
    """A session's token for each caller, by the two requests a client makes."""
    asked = [Request.make("POST", "/api/challenge") for _ in callers]
    challenges = load.run(port, asked, at_once, keep=True).expect(200)
    answered = [
        Request.make(
            "POST",
            "/api/session",
            caller.login(Challenge.from_bytes(answer.body).challenge, ORIGIN).to_bytes(),
        )
        for caller, answer in zip(callers, challenges.answers, strict=True)
    ]
    sessions = load.run(port, answered, at_once, keep=True).expect(200)
    return [Session.from_bytes(answer.body).session for answer in sessions.answers]


def prepare(team: Team, port: int, rounds: int, count: int, at_once: int) -> list[list[Request]]:
    """For each round (the one that warms up included) ``count`` requests to store a report.

    The sessions are good at every server with the same runtime key, for 15 minutes.
    """
    ready = seal_reports(team, (rounds + 1) * count)
    requests: list[Request] = []
    for start in range(0, len(ready), count):  # a challenge is good for 60 seconds
        some = ready[start : start + count]
        tokens = log_in(port, [team.reporter_caller(each.secret) for each in some], at_once)
        requests += [
            Request.make("POST", "/api/envelopes", each.body, token)
            for each, token in zip(some, tokens, strict=True)
        ]
    return [requests[start : start + count] for start in range(0, len(requests), count)]
