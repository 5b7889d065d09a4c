"""``dropbox-inbox serve``: the process that holds the socket, and knows nothing else.

It opens no vault, reads no passphrase and no request, and has neither a loop nor a thread. It
starts one process after another (:mod:`inbox_ui.pages.sitting`), each of which is killed when this
one is gone, however it went.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from dropbox.site.assets import Asset, read_assets
from inbox_ui import console, words
from inbox_ui.errors import CannotServe, KeepsEnding
from inbox_ui.pages.app import make_app
from inbox_ui.pages.door import Door
from inbox_ui.pages.sitting import Plan, Sitting
from inbox_ui.process import die_with, hide
from inbox_ui.running import run

_HOST: Final = "127.0.0.1"
_BACKLOG: Final = 64
_LOCKED: Final = 0
_FAILED: Final = 1
_STOPPED: Final = 3
_TOO_SOON: Final = 1.0
"""Seconds: a process that fails sooner than this, and the next ones too, would fail for ever."""
_TOO_OFTEN: Final = 3


@dataclass(frozen=True)
class Post:
    """What every process of one ``serve`` is given."""

    plan: Plan
    door: Door
    assets: Mapping[str, Asset]
    listener: socket.socket


def serve(plan: Plan, port: int) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP, which raise ``KeyboardInterrupt``.

    Raises ``NoVault``, ``OpenToOthers``, ``BadPassphraseFile``, ``NotBuilt`` or ``CannotServe``
    before anything is served, ``KeepsEnding`` where it would go on for ever.
    """
    hide()
    plan.place.folder.check()
    assets = read_assets()
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.default_int_handler)
    with _bind(port) as listener:
        _start_one_after_another(Post(plan, Door(listener.getsockname()[1]), assets, listener))


def _bind(port: int) -> socket.socket:
    try:
        listener = socket.create_server((_HOST, port), backlog=_BACKLOG)
    except (OSError, OverflowError):
        raise CannotServe(f"{_HOST}:{port}") from None
    listener.setblocking(False)
    return listener


def _start_one_after_another(post: Post) -> None:
    first, failed = True, 0
    while True:
        began = time.monotonic()
        code = _wait(_start(post, first))
        if code == _STOPPED:
            raise KeyboardInterrupt
        if code == _FAILED and first:
            raise SystemExit(_FAILED)  # it has said why
        too_soon = code != _LOCKED and time.monotonic() - began < _TOO_SOON
        failed = failed + 1 if too_soon else 0
        if failed == _TOO_OFTEN:
            raise KeepsEnding(post.door.host)
        first = False


def _wait(process: int) -> int:
    """Its exit code, or minus the signal that ended it."""
    try:
        _, status = os.waitpid(process, 0)
    except KeyboardInterrupt:
        _end(process)
        raise
    return os.waitstatus_to_exitcode(status)


def _end(process: int) -> None:
    """Ask it to end, and wait until it has. Ctrl-C at a terminal has reached it already."""
    try:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def _start(post: Post, first: bool) -> int:
    """A new process that serves until its vault locks; its id. ``first`` may read the passphrase
    from a file; after a lock it is typed."""
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        _sit(post, parent, first)
    return process


def _sit(post: Post, parent: int, first: bool) -> NoReturn:
    """The child: it never returns into what the parent was doing."""
    status = _FAILED
    try:
        die_with(parent)
        run(_serve_one(post, first))
        status = _LOCKED
    except KeyboardInterrupt:
        status = _STOPPED
    except Exception as error:  # noqa: BLE001 - the outermost one of this process
        console.fail(words.explain(error))
    finally:
        sys.stderr.flush()
        os._exit(status)  # threads that wait for the disk or the server are not waited for


async def _serve_one(post: Post, first: bool) -> None:
    """One sitting. Only the first unlocks itself, and says where it is; Raises as ``unlock``."""
    sitting, file = Sitting(post.plan, post.door), post.plan.place.passphrase_file
    if first and file is not None:
        await sitting.unlock(console.read_passphrase(file))
    if first:
        console.print_result(f"ready {post.door.address}")
    await sitting.run(post.listener, make_app(sitting, post.assets))
