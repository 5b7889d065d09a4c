"""What the operator's commands do and print, once ``cli`` has read the command line."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection

from crypto.errors import ProtocolError
from dropbox import words
from dropbox.operation.backup import new_file, write_backup
from dropbox.operation.place import Place, place_of
from dropbox.operation.restore import opened_backup, restore_into
from dropbox.operation.site import check_site
from dropbox.settings import Impossible, Settings
from dropbox.store import ground
from dropbox.store.database import DatabaseFailed, Failure
from dropbox.store.forms import Form, form_of
from dropbox.store.locations import SQLITE
from dropbox.store.room import Room

_POLITE: Final = 10
"""How much less of the processor a backup asks for than the server does (nice(2))."""
_STEPS: Final = 10
"""Times that progress is said."""
_FAILURES: Final = {
    Failure.FULL: words.DATABASE_FULL,
    Failure.BUSY: words.DATABASE_BUSY,
}


def status(settings: Settings, *, as_json: bool) -> None:
    """Print the state; exit 1 where something needs a person now."""
    from dropbox.operation.status import look

    with _place(settings) as place:
        room = Room.of(settings.data)
        usable = place.parts.usable()
        found = place.database.read(
            lambda each: look(each, room, _now().date(), parts_usable=usable)
        )
    click.echo(json.dumps(found.to_json()) if as_json else "\n".join(found.lines()))
    if found.troubles:
        raise Impossible(found.troubles[0])


def check(settings: Settings, *, as_json: bool) -> None:
    """Print everything that is damaged; exit 1 where there is anything."""
    from dropbox.store import check as checking
    from dropbox.store.damage import Damage

    def look(connection: Connection) -> tuple[list[Damage], dict[str, int], list[str]]:
        found = list(checking.check(connection, place.parts))
        return found, checking.count(connection), checking.find_orphans(connection, *there)

    with _place(settings, words.DATABASE_UNREADABLE) as place, place.alone():
        there = place.parts, list(place.parts.all())
        found, counts, orphans = place.database.read(look)
        if found:  # the bytes of what is deleted meanwhile go before this moment is over
            later, _, _ = place.database.read(look)
            found = [each for each in found if each in later]
        found += check_site(settings.data, lambda: place.database.read(ground.read_sites))
    if as_json:
        damaged = [
            {"kind": each.kind, "number": each.number, "wrong": each.wrong} for each in found
        ]
        click.echo(json.dumps({"checked": counts, "damaged": damaged, "orphans": orphans}))
    else:
        lines = list(map(str, found)) or [words.sound(counts)]
        click.echo("\n".join([*lines, *map(words.orphan, orphans)]))
    if found:
        raise Impossible(words.DAMAGE_FOUND)


def backup(settings: Settings, goal: Path, *, yes: bool) -> None:
    """Write a backup; leave nothing where it cannot be finished."""
    with _place(settings) as place, place.alone():
        counts = save_backup(place, goal, replace=yes)
    click.echo(words.backed_up(str(goal), counts))


def save_backup(place: Place, goal: Path, *, replace: bool) -> dict[str, int]:
    """A backup of the server, of any form this version knows, in the file ``goal``.

    What is not whole is looked at once more, from a later moment: the bytes of what a mailbox
    deletes meanwhile go before the first is over.

    Gives the number of rows of each table. Raises ``Impossible``, ``DatabaseFailed``.
    """
    form = place.database.read(form_of)
    if form not in {Form.CURRENT, Form.OLDER}:
        raise Impossible(words.FORMS[form.name])
    with new_file(goal, replace=replace) as file:

        def write(connection: Connection) -> dict[str, int]:
            with _politely():
                return write_backup(connection, place.parts, place.settings, file, Said())

        try:
            return place.database.read(write)
        except Impossible:
            return place.database.read(write)


def restore(file: Path, data: Path, database: str | None, password_file: Path | None) -> None:
    """Make a server from a backup."""
    with opened_backup(file) as backup:
        settings = Settings(
            data.resolve(),
            backup.head.service,
            backup.head.origins,
            database or SQLITE,
            None if password_file is None else password_file.resolve(),
        )
        with _telling(settings):
            counts = restore_into(settings, backup, _now(), Said())
    click.echo(words.restored(str(settings.data), counts))


def upgrade(settings: Settings, goal: Path | None) -> None:
    """Migrate, after a backup."""
    from dropbox.operation.upgrade import BACKUP_NAME
    from dropbox.operation.upgrade import upgrade as run

    with _place(settings) as place, place.alone():
        counts = run(place, goal)
        own = place.data / BACKUP_NAME
    if counts is None:
        click.echo(words.UPGRADE_NOTHING)
    else:
        click.echo(words.upgraded(counts, str(goal or own)))


def purge(settings: Settings, *, dry_run: bool, yes: bool, rewrite: bool) -> None:
    """Apply retention now; exit 1 where something that is due was kept."""
    from dropbox.operation.purge import count_due
    from dropbox.operation.purge import purge as run

    with _place(settings) as place:
        _check_form(place)
        if dry_run:
            found = count_due(place, _now())
            click.echo(words.due(found.mailboxes, found.unfetched, found.files))
            return
        done = run(place, _now(), yes=yes, rewrite=rewrite)
    click.echo(words.purged(done.mailboxes, done.files))
    if done.unfetched:
        raise Impossible(words.PURGE_KEPT)


class Said:
    """Progress, on stderr, each time a tenth is done."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self, done: int, of: int) -> None:
        """Told after every row."""
        if done * _STEPS >= self._next * of:
            self._next = done * _STEPS // max(of, 1) + 1
            words.say(words.progress(done, of))


@contextmanager
def _politely() -> Iterator[None]:
    """Let others, above all a server that runs, go first on this thread's processor."""
    thread = threading.get_native_id()
    before = os.getpriority(os.PRIO_PROCESS, thread)
    os.setpriority(os.PRIO_PROCESS, thread, max(before, _POLITE))
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, thread, before)


def _now() -> datetime:
    return ground.utc_now()


def _check_form(place: Place) -> None:
    form = place.database.read(form_of)
    if form is not Form.CURRENT:
        raise Impossible(words.FORMS[form.name])


@contextmanager
def _place(settings: Settings, unreadable: words.Trouble = words.DATABASE_WRONG) -> Iterator[Place]:
    with _telling(settings, unreadable), place_of(settings) as place:
        yield place


@contextmanager
def _telling(
    settings: Settings, unreadable: words.Trouble = words.DATABASE_WRONG
) -> Iterator[None]:
    """What the database or the disk did becomes ``Impossible``."""
    try:
        yield
    except DatabaseFailed as failed:
        trouble = words.DATABASE_AWAY if failed.failure is Failure.AWAY else unreadable
        raise Impossible(_FAILURES.get(failed.failure, trouble)) from None
    except ProtocolError:
        raise Impossible(words.DIRECTORY_DAMAGED) from None
    except ValueError:  # a value that its column cannot hold
        raise Impossible(words.DATABASE_UNREADABLE) from None
    except OSError:
        raise Impossible(words.DATA_UNUSABLE) from None
