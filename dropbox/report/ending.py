"""The commands of ``dropbox-report`` that take something away: ``delete``, ``withdraw``, ``close``.

None can be undone, so each asks before it connects anywhere; the last one asks twice.
"""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from crypto.opening import State
from crypto.passphrase import Passphrase
from dropbox.client.errors import NotDeleted
from dropbox.client.visit import Stage, Visit
from dropbox.report import options, words
from dropbox.report.console import Console, print_result
from dropbox.report.explaining import explain_unsent
from dropbox.report.failures import Explained, NotConfirmed, Stopped
from dropbox.report.opening import open_mailbox
from dropbox.report.places import Server, read_words
from dropbox.report.running import run


@click.command()
@options.server_options
@options.passphrase_file
@options.yes
def delete(server: Server, passphrase_file: Path | None, yes: bool) -> None:
    """Delete the team's messages from the mailbox."""
    with Console() as console:
        _confirm(passphrase_file, yes, words.ASK_DELETE)
        passphrase = read_words(passphrase_file)
        try:
            count = run(_delete(server.visit(console.tell), passphrase))
        except KeyboardInterrupt:
            raise Stopped(words.STOPPED_DELETING) from None
        print_result(words.DELETED_NOW.format(count=count) if count else words.NOTHING_DELETED)


async def _delete(visit: Visit, passphrase: Passphrase) -> int:
    """How many messages were deleted."""
    async with visit:
        before = await open_mailbox(visit, passphrase)
        after = await visit.delete(before)
        old, new = (
            sum(item.state is State.DELETED for item in each.items) for each in (before, after)
        )
        return new - old


@click.command()
@options.server_options
@options.passphrase_file
@options.yes
def withdraw(server: Server, passphrase_file: Path | None, yes: bool) -> None:
    """Take contact details back."""
    with Console() as console:
        _confirm(passphrase_file, yes, words.ASK_WITHDRAW)
        passphrase = read_words(passphrase_file)
        visit = server.visit(console.tell)
        _send(visit, _withdraw(visit, passphrase), words.UNKNOWN_MESSAGE)
        print_result(words.WITHDRAWN)


async def _withdraw(visit: Visit, passphrase: Passphrase) -> None:
    async with visit:
        await visit.withdraw_contact(await open_mailbox(visit, passphrase))


@click.command()
@options.server_options
@options.passphrase_file
@options.yes
def close(server: Server, passphrase_file: Path | None, yes: bool) -> None:
    """Close the mailbox for good."""
    with Console() as console:
        _confirm(passphrase_file, yes, words.ASK_CLOSE, words.ASK_CLOSE_AGAIN)
        passphrase = read_words(passphrase_file)
        visit = server.visit(console.tell)
        _send(visit, _close(visit, passphrase), words.UNKNOWN_CLOSING)
        print_result(words.CLOSED)


async def _close(visit: Visit, passphrase: Passphrase) -> None:
    async with visit:
        await visit.close_for_good(await open_mailbox(visit, passphrase))


def _confirm(passphrase_file: Path | None, yes: bool, *questions: str) -> None:
    """Ask what has to be asked. Raises ``NotConfirmed`` where nobody can be, ``Stopped`` for no."""
    if yes:
        return
    if passphrase_file is not None:
        raise NotConfirmed
    if not all(click.confirm(question, err=True) for question in questions):
        raise Stopped(words.STOPPED_UNCHANGED)


def _send(visit: Visit, work: Coroutine[Any, Any, None], unknown: Explained) -> None:
    try:
        run(work)
    except NotDeleted:
        raise
    except BaseException as error:
        if visit.stage is Stage.SENDING:
            raise Stopped(unknown) from error
        if visit.receipt is None:  # else only the leaving failed
            raise explain_unsent(error, visit.stage) from error
