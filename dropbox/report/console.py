"""What is said while a command runs: on stderr, with a bar where somebody watches."""

import sys
import time
from types import TracebackType
from typing import Any, Final, Self

import click

from crypto.passphrase import Passphrase
from dropbox.client.errors import Refused
from dropbox.client.retry import Event, Moving, Waiting, Working
from dropbox.client.terminal import visible_line
from dropbox.report import words
from dropbox.report.failures import Explained

_SAME_NEWS: Final = 0.4
"""Seconds in which several parts of one file that wait are said once."""


class Console:
    """stderr, for one command."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._name = ""
        self._shown = 0
        self._said_waiting = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._end_bar()

    def say(self, text: str) -> None:
        """One or more lines."""
        self._end_bar()
        click.echo(text, err=True)

    def fail(self, explained: Explained) -> None:
        """The two lines of an error."""
        self.say(f"error: {explained.error}\nhint: {explained.hint}")

    def tell(self, event: Event) -> None:
        """A ``Tell`` for the client library."""
        if isinstance(event, Waiting):
            self._waiting(event)
        elif isinstance(event, Working):
            self.say(words.WORKING.format(seconds=words.seconds(event.seconds)))
        else:
            self._moving(event)

    def _waiting(self, event: Waiting) -> None:
        now = time.monotonic()
        if now - self._said_waiting > _SAME_NEWS:
            sentence = words.BUSY if isinstance(event.error, Refused) else words.WAITING
            self.say(sentence.format(seconds=words.seconds(event.seconds)))
        self._said_waiting = now

    def _moving(self, event: Moving) -> None:
        name = visible_line(event.name)
        if not sys.stderr.isatty():
            if event.done == event.total:
                self.say(words.FILE_DONE.format(name=name))
            return
        if self._bar is None or self._name != name:
            self._end_bar()
            self._name, self._shown = name, 0
            self._bar = click.progressbar(length=event.total, label=name, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(event.done - self._shown)
        self._shown = event.done
        if event.done == event.total:
            self._end_bar()

    def _end_bar(self) -> None:
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.__exit__(None, None, None)


def print_result(text: str) -> None:
    """A result, on stdout, delivered before the command goes on."""
    click.echo(text)
    sys.stdout.flush()


def print_words(passphrase: Passphrase) -> None:
    """The seven words alone on stdout; on stderr if nobody takes them there.

    They are the only key to a mailbox that exists by now: a full disk or a closed pipe must not
    swallow them.
    """
    try:
        print_result(passphrase.expose())
    except OSError:
        click.echo(passphrase.expose(), err=True)
