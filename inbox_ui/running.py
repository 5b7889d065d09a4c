"""Running a command: what protects the process, what ends it, and its exit status.

0 done · 1 could not be done, refused or not true · 2 wrong usage
"""

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

import click

from inbox_ui import words
from inbox_ui.console import fail
from inbox_ui.words import Explained

T = TypeVar("T")

_DONE: Final = 0
_FAILED: Final = 1
_WRONG_USAGE: Final = 2
_ENDINGS: Final = (signal.SIGTERM, signal.SIGHUP)


def run(main: Coroutine[Any, Any, T]) -> T:
    """What ``main`` gives. Raises ``KeyboardInterrupt`` after Ctrl-C, SIGTERM or SIGHUP, when
    everything ``main`` had to put in order is done."""

    async def guarded() -> T:
        task = asyncio.current_task()
        assert task is not None
        for each in _ENDINGS:
            asyncio.get_running_loop().add_signal_handler(each, task.cancel)
        return await main

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def run_command(command: click.Command, arguments: Sequence[str], name: str) -> int:
    """Run ``command``: its exit status. An error is two lines on stderr and never a traceback,
    which could hold what a person wrote."""
    _protect()
    try:
        status = command.main(list(arguments), prog_name=name, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return _WRONG_USAGE
    except click.UsageError as error:
        hint = words.USAGE_HINT.format(command=error.ctx.command_path if error.ctx else name)
        return _fail(Explained(" ".join(error.format_message().split()), hint), _WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _fail(words.STOPPED)
    except BrokenPipeError:
        return _leave_pipe()
    except Exception as error:  # noqa: BLE001 - the outermost one; `explain` knows all but bugs
        return _fail(words.explain(error))
    return status if isinstance(status, int) else _DONE


def _fail(explained: Explained, status: int = _FAILED) -> int:
    fail(explained)
    return status


def _leave_pipe() -> int:
    """Nobody reads stdout any more; Python would complain about it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _FAILED


def _protect() -> None:
    """No core dump, no file others can read, no log line of a library, and no character that a
    terminal cannot show."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    logging.disable(logging.CRITICAL)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
