"""The commands as processes, the way a person or a script would call them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_BIN = Path(sys.executable).parent
_SECONDS = 600
_AT_ONCE = max(2, os.cpu_count() or 2)


class Failed(Exception):
    """A command did not do what it should; the message is what it said."""


def run(program: str, *arguments: str, text: str = "") -> str:
    """What ``program`` prints on stdout; ``text`` is piped into it.

    Raises ``Failed`` with what it says on stderr.
    """
    try:
        done = subprocess.run(
            [_BIN / program, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
            input=text,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stderr or b"").decode(errors="replace").strip()
        raise Failed(f"{program} {arguments[0]} takes too long: {said}") from None
    if done.returncode != 0:
        raise Failed(f"{program} {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def together(calls: Iterable[Callable[[], T]]) -> list[T]:
    """What each call gives, in their order; as many run at once as there are processors.

    Where one fails or somebody ends it all, what has not begun does not begin.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun = [pool.submit(each) for each in calls]
        try:
            return [each.result() for each in begun]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def running(*commands: Sequence[str]) -> Iterator[list[str]]:
    """Programs that serve: the addresses they are ready at. Afterwards they have ended."""
    begun: list[subprocess.Popen[str]] = []
    try:
        for program, *arguments in commands:
            begun.append(_begin(program, *arguments))
        yield [_ready(process) for process in begun]
    finally:
        for process in begun:
            process.terminate()
        for process in begun:
            with process:  # waits, and closes its pipe
                pass


def _begin(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [_BIN / program, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )


def _ready(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said = process.stdout.readline()
    if not said.startswith("ready "):
        raise Failed("a program that serves did not start")
    return said.removeprefix("ready ").strip()
