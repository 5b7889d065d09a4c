"""How fast a new workstation of the team has everything: fetched, kept on its disk, and opened.

It has joined and has its keys; then it syncs with the real server, over HTTP. Against reading the
same bytes over HTTP into nothing, and then opening as many envelopes in the bare loop of
``opening``, one after the other.
"""

import asyncio
import http.client
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from statistics import median
from typing import Final

from bench.budgets import (
    CAUGHT_UP,
    CAUGHT_UP_BARE,
    CAUGHT_UP_RATIO,
    CAUGHT_UP_READ,
    CAUGHT_UP_SIZE,
    Result,
)
from bench.corpus import PASSPHRASE
from bench.crowd import log_in
from bench.filling import put
from bench.opening import lay_out, open_bare
from bench.rounds import compare
from bench.scale import Scale
from bench.servers import Server, dropbox, make_data, write_key
from bench.team import ORIGIN, Team, report, today
from crypto.chains import Stored
from crypto.directory import Directory
from crypto.envelope import body_hash
from crypto.keys import MailboxSecret
from crypto.outgoing import Outgoing
from dropbox.client.http import HttpTransport
from dropbox.client.origins import read_origin
from dropbox.client.retry import NO_PATIENCE
from dropbox.wire import KEEP_HEADER, SESSION_HEADER
from inbox_ui.folder import Folder
from inbox_ui.founding import settle
from inbox_ui.line import Line
from inbox_ui.settings import Settings
from inbox_ui.station import Station
from inbox_ui.sync import Outcome, Sync

_PAGE: Final = 200


def measure(scale: Scale, folder: Path) -> list[Result]:
    """How many envelopes, the rates of all three, and the ratio."""
    team, joined, key = Team.found(), Folder(folder / "joined"), write_key(folder)
    data = make_data(folder / "data", team)
    root = folder / "root"
    settle(team.founded, joined, root, Settings(ORIGIN, None), PASSPHRASE, secrets.token_bytes)
    with dropbox(data, key) as server:
        _sync(joined, server)
    with get_context("spawn").Pool(cpu_count()) as pool:
        sealed = pool.imap(partial(_seal, team.directory), range(scale.caught_up), _PAGE)
        put(data, sealed)
    with dropbox(data, key) as server:
        return _compare(scale, folder, team, joined, server)


def _compare(
    scale: Scale, folder: Path, team: Team, joined: Folder, server: Server
) -> list[Result]:
    sample = [_stored(_seal(team.directory, 0)) for _ in range(min(scale.opened, scale.caught_up))]
    [group] = team.founded.vault.intake_groups.values()
    laid_out = [lay_out(group.keys, team.directory.service, stored) for stored in sample]
    paths = asyncio.run(_pages(team, server))
    reads: list[float] = []

    def ours(number: int) -> float:
        new = Folder(folder / f"workstation-{number}")
        shutil.copytree(joined.path, new.path)
        seconds = _sync(new, server, scale.caught_up)
        shutil.rmtree(new.path)
        return scale.caught_up / seconds

    def bare(_: int) -> float:
        [token] = log_in(server.port, [team.analyst_caller()], 1)
        reading = _seconds(lambda: _read(server, token, paths))
        (public, private), kem = group.keys.box, group.keys.kem
        opening = _seconds(lambda: [open_bare(each, public, private, kem) for each in laid_out])
        opening *= scale.caught_up / len(laid_out)
        reads.append(scale.caught_up / reading)
        return scale.caught_up / (reading + opening)

    compared = compare(ours, bare, scale.rounds)
    return [
        Result(CAUGHT_UP_SIZE, scale.caught_up),
        Result(CAUGHT_UP, compared.ours),
        Result(CAUGHT_UP_READ, median(reads[1:])),
        Result(CAUGHT_UP_BARE, compared.other),
        Result(CAUGHT_UP_RATIO, compared.ratio),
    ]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _sync(folder: Folder, server: Server, expected: int = 0) -> float:
    """Seconds until all is fetched and folded, the vault being open already."""

    async def sync(station: Station) -> Outcome:
        transport = HttpTransport(read_origin(f"http://127.0.0.1:{server.port}"))
        try:
            return await Sync(station, Line(transport, ORIGIN, NO_PATIENCE)).run()
        finally:
            await transport.close()

    with Station.open(folder, PASSPHRASE, secrets.token_bytes, today) as station:
        began = time.perf_counter()
        outcome = asyncio.run(sync(station))
        station.refresh()
        seconds = time.perf_counter() - began
        assert not outcome.troubles, outcome.troubles
        assert len(station.casebook.cases()) == expected
    return seconds


def _read(server: Server, token: str, paths: Sequence[str]) -> None:
    """Every page of the feed, and nothing done with it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {SESSION_HEADER: token, KEEP_HEADER: "1"}
    for path in paths:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    connection.close()


async def _pages(team: Team, server: Server) -> list[str]:
    """Where the pages of the feed begin."""
    transport = HttpTransport(read_origin(f"http://127.0.0.1:{server.port}"))
    paths, after, more = [], 0, True
    try:
        async with Line(transport, ORIGIN, NO_PATIENCE).as_analyst(team.founded.vault) as service:
            while more:
                paths.append(f"/api/feed/{after}")
                page = await service.feed_page(after)
                after, more = page.entries[-1].position, page.more
    finally:
        await transport.close()
    return paths


def _seal(directory: Directory, _: int) -> Outgoing:
    return report(directory, MailboxSecret.generate(secrets.token_bytes))


def _stored(outgoing: Outgoing) -> Stored:
    header, body = outgoing.envelope.header.to_bytes(), outgoing.envelope.body
    return Stored(header, body_hash(body), body, dict(outgoing.wraps), today(), None)
