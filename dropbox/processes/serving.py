"""From settings to a running server: the socket, the runtime key, the pages, the supervisor.

Everything is made here, before anything is forked: so that no child has to, and so that what is
forked has never held what somebody sent.
"""

import mmap
import os
import secrets
import socket
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crypto.directory import Directory
from dropbox import limits
from dropbox.api.tokens import RUNTIME_KEY
from dropbox.client.wordlist import word_list
from dropbox.plain.call import Plan as LanePlan
from dropbox.plain.rehearsal import rehearse
from dropbox.plain.rendering import busy_page, load_pages
from dropbox.plain.seals import Seals
from dropbox.plain.serving import run_once
from dropbox.processes.handing import Channel
from dropbox.processes.looking import Way
from dropbox.processes.pool import Pool
from dropbox.processes.supervisor import Supervisor
from dropbox.processes.worker import Plan, run_worker
from dropbox.settings import Impossible, Settings
from dropbox.site.assets import Asset, NotBuilt, read_assets
from dropbox.site.choice import Choice, State, choose
from dropbox.site.storage import SiteFolder
from dropbox.store.ground import utc_now
from dropbox.store.store import Clock
from dropbox.window import keep
from dropbox.words import (
    KEY_INSIDE,
    KEY_WRONG,
    NOT_BUILT,
    SITE_UNSIGNED,
    SOCKET_WRONG,
    ready,
    say,
    site_is_older,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: a unix socket, or a host and a port (0: a free one)."""

    host: str = "127.0.0.1"
    port: int = 8700
    unix: Path | None = None

    def bind(self) -> socket.socket:
        """A listening socket. Raises ``Impossible``."""
        try:
            return self._bind_unix(self.unix) if self.unix else self._bind_tcp()
        except (OSError, OverflowError):
            raise Impossible(SOCKET_WRONG) from None

    def url(self, listener: socket.socket) -> str:
        """What ``serve`` prints."""
        if self.unix:
            return f"unix:{self.unix}"
        host, port = listener.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def _bind_tcp(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server(
            (self.host, self.port), family=family, backlog=limits.BACKLOG
        )
        listener.setblocking(False)
        return listener

    def _bind_unix(self, path: Path) -> socket.socket:
        """Takes the place of a socket that a server which is gone has left."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if path.is_socket() and listener.connect_ex(str(path)) != 0:
            path.unlink()
        old_mask = os.umask(0o117)
        try:
            listener.bind(str(path))
        finally:
            os.umask(old_mask)
        listener.listen(limits.BACKLOG)
        listener.setblocking(False)
        return listener


def read_runtime_key(path: Path, data: Path) -> bytes:
    """The 32 bytes of a key file that only we can read. Raises ``Impossible``."""
    if path.resolve().is_relative_to(data):
        raise Impossible(KEY_INSIDE)
    try:
        mode = path.stat().st_mode
        key = path.read_bytes() if stat.S_ISREG(mode) else b""
    except OSError:
        raise Impossible(KEY_WRONG) from None
    if len(key) != RUNTIME_KEY or mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Impossible(KEY_WRONG)
    return key


def serve(
    settings: Settings,
    directory: Directory,
    named: Collection[bytes],
    address: Address,
    workers: int,
    key: bytes | None,
    clock: Clock = utc_now,
    sweep_seconds: float = limits.SWEEP_SECONDS,
) -> None:
    """Serve until SIGTERM or SIGINT, with the newest ``directory`` to begin with.

    ``named``: the hashes of the sites that directories named until now.

    Raises ``Impossible`` before anything is served.
    """
    key = key or secrets.token_bytes(RUNTIME_KEY)
    lane = _plan_lane(settings, key, clock)
    reading, writing = Channel.make(), Channel.make()
    channels = {Way.READING: reading, Way.WRITING: writing}
    retiring = mmap.mmap(-1, workers)
    assets = _read_assets()
    choice = _choose_site(settings, directory, named, assets)
    plan = Plan(
        settings,
        key,
        clock,
        mmap.mmap(-1, workers),  # of all workers, as long as any of them lives
        channels,
        _busy_answer(lane),
        retiring,
        assets,
        choice.site,
        directory.site,
        sweep_seconds,
    )
    pools = (
        Pool(
            partial(run_once, lane, reading, (writing,), limits.PAGE_SECONDS),
            limits.SEALERS_FREE,
            limits.PAGES,
            limits.PAGE_AGE,
        ),
        Pool(
            partial(run_once, lane, writing, (reading,), limits.SEALER_SECONDS),
            limits.SEALERS_FREE,
            limits.SEALERS,
            limits.SEALER_AGE,
        ),
    )
    listener = address.bind()
    try:
        Supervisor(listener, retiring, partial(run_worker, plan), pools).run(
            lambda: print(ready(address.url(listener)), flush=True)  # noqa: T201 - the one result
        )
    finally:
        listener.close()
        if address.unix:
            address.unix.unlink(missing_ok=True)


def _plan_lane(settings: Settings, key: bytes, clock: Clock) -> LanePlan:
    """What the processes of the lane without scripts are given."""
    seals = Seals(key, word_list(), secrets.token_bytes)
    exit_url, origins = settings.exit_url, settings.origins
    plan = LanePlan(settings.service, origins, exit_url, seals, clock, load_pages())
    rehearse(plan)
    return plan


def _busy_answer(lane: LanePlan) -> bytes:
    """The bytes of the answer to somebody for whom no process became free."""
    page = busy_page(lane.pages)
    assert isinstance(page.body, bytes)
    headers = {**page.headers, "Content-Length": str(len(page.body)), "Connection": "close"}
    lines = ["HTTP/1.1 503 Service Unavailable", *(f"{each}: {headers[each]}" for each in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + page.body


def _choose_site(
    settings: Settings,
    directory: Directory,
    named: Collection[bytes],
    assets: Mapping[str, Asset],
) -> Choice:
    """What is shown at first, written into the data directory where it is new; says what of it
    an operator has to know."""
    folder = SiteFolder(settings.data)
    choice = choose(directory, assets, folder, named=named)
    if choice.site is not None and choice.is_new:
        keep(folder, choice.site)
    if choice.state is State.KEPT:
        say(site_is_older(choice.differs))
    elif choice.state is State.UNSIGNED:
        say(SITE_UNSIGNED)
    return choice


def _read_assets() -> Mapping[str, Asset]:
    try:
        return read_assets()
    except NotBuilt:
        raise Impossible(NOT_BUILT) from None
