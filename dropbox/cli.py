"""``dropbox-server``: what the command line says becomes calls; all words are in ``words``.

Exit 0: done. 1: could not be done, refused, or not true (``error:`` and ``hint:`` on stderr).
2: wrong usage. Results are on stdout.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from sqlalchemy.exc import SQLAlchemyError

from crypto.directory import Directory, read_directory
from crypto.errors import ForeignOrigin, ForeignService, ProtocolError, RolledBack
from crypto.keys import fingerprint
from crypto.signed import split
from dropbox import words
from dropbox.settings import Impossible, Settings, load_settings
from dropbox.store import ground
from dropbox.store.database import DatabaseFailed
from dropbox.store.locations import SQLITE, Location, opened
from dropbox.wire import AHEAD

F = TypeVar("F", bound=Callable[..., Any])

MODE: Final = 0o700


def _common(command: F) -> F:
    """``--data`` and ``--database``, which every command takes."""
    data = click.option(
        "--data", type=click.Path(path_type=Path), required=True, help=words.HELP_DATA
    )
    database = click.option("--database", metavar="URL", help=words.HELP_DATABASE)
    return data(database(command))


_password = click.option(
    "--database-password-file",
    "password_file",
    type=click.Path(path_type=Path),
    help=words.HELP_DATABASE_FILE,
)
_json = click.option("--json", "as_json", is_flag=True, help=words.HELP_JSON)


@click.group(
    help=words.HELP,
    context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="sealed-dropbox", message="%(prog)s %(version)s")
def commands() -> None:
    """The group itself does nothing."""


@commands.command(help=words.HELP_INIT)
@_common
@click.option(
    "--directory", "file", type=click.Path(path_type=Path), required=True, help=words.HELP_DIRECTORY
)
@click.option("--origin", "origins", multiple=True, required=True, help=words.HELP_ORIGIN)
@_password
@_json
def init(
    data: Path,
    database: str | None,
    file: Path,
    origins: tuple[str, ...],
    password_file: Path | None,
    as_json: bool,
) -> None:
    """Make a server's data directory: all of it, or nothing."""
    signed = _read_file(file)
    directory = _read_directory(signed, None)
    _check_origins(directory, origins)
    settings = Settings(
        data.resolve(),
        directory.service,
        tuple(dict.fromkeys(origins)),
        database or SQLITE,
        None if password_file is None else password_file.resolve(),
    )
    location = settings.locate()
    made = _make_directory(data)
    try:
        _found(settings, location, signed, directory, file)
    except BaseException:
        _empty(data)
        for each in made:
            with suppress(OSError):
                each.rmdir()
        raise
    root = fingerprint(directory.service)
    result = {"data": str(settings.data), "root": root, "origins": list(settings.origins)}
    click.echo(json.dumps(result) if as_json else words.made(str(settings.data), root))


@commands.command(help=words.HELP_SERVE)
@_common
@click.option("--host", default="127.0.0.1", show_default=True, help=words.HELP_HOST)
@click.option(
    "--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help=words.HELP_PORT
)
@click.option("--unix", type=click.Path(path_type=Path), help=words.HELP_UNIX)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help=words.HELP_WORKERS
)
@click.option("--runtime-key", "key_file", type=click.Path(path_type=Path), help=words.HELP_KEY)
def serve(
    data: Path,
    database: str | None,
    host: str,
    port: int,
    unix: Path | None,
    workers: int,
    key_file: Path | None,
) -> None:
    """Serve until SIGTERM."""
    from dropbox.processes.serving import Address, read_runtime_key
    from dropbox.processes.serving import serve as run

    settings = _load(data, database)
    key = None if key_file is None else read_runtime_key(key_file, settings.data)
    _check_form(settings)
    directory, named = _check_served(settings)
    run(settings, directory, named, Address(host, port, unix), workers, key)


@commands.command(help=words.HELP_CHECK)
@_common
@_json
def check(data: Path, database: str | None, as_json: bool) -> None:
    """Name everything that is damaged; exit 1 where there is anything."""
    from dropbox.operation import commands as run

    settings = _load(data, database)
    _check_form(settings)
    run.check(settings, as_json=as_json)


@commands.command(help=words.HELP_PUBLISH)
@_common
@click.argument("file", type=click.Path(path_type=Path))
def publish(data: Path, database: str | None, file: Path) -> None:
    """Take a newer directory by hand."""
    from dropbox.operation.site import compare_site
    from dropbox.store.making import take_directory

    settings = _load(data, database)
    _check_form(settings)
    signed = _read_file(file)
    directory = _read_directory(signed, settings.service)
    _check_origins(directory, settings.origins)
    if directory.issued > ground.utc_now().date() + AHEAD:
        raise Impossible(words.DIRECTORY_AHEAD)
    try:
        take_directory(settings.locate(), signed, directory)
    except RolledBack:
        raise Impossible(words.DIRECTORY_OLD) from None
    except ProtocolError:  # not the file, which was verified
        raise Impossible(words.DIRECTORY_DAMAGED) from None
    except DatabaseFailed:
        raise Impossible(words.DATA_UNUSABLE) from None
    click.echo(words.published(directory.seq))
    trouble = compare_site(settings.data, directory, file)
    if trouble is not None:
        click.echo(words.warning(trouble), err=True)


@commands.command(help=words.HELP_STATUS)
@_common
@_json
def status(data: Path, database: str | None, as_json: bool) -> None:
    """Say what needs attention."""
    from dropbox.operation import commands as run

    run.status(_load(data, database), as_json=as_json)


@commands.command(help=words.HELP_BACKUP)
@_common
@click.option("--yes", is_flag=True, help=words.HELP_YES_BACKUP)
@click.argument("file", type=click.Path(path_type=Path))
def backup(data: Path, database: str | None, yes: bool, file: Path) -> None:
    """Write everything into one file."""
    from dropbox.operation import commands as run

    run.backup(_load(data, database), file, yes=yes)


@commands.command(help=words.HELP_UPGRADE)
@_common
@click.option("--backup", "goal", type=click.Path(path_type=Path), help=words.HELP_UPGRADE_BACKUP)
def upgrade(data: Path, database: str | None, goal: Path | None) -> None:
    """Bring an older database to the form of this version."""
    from dropbox.operation import commands as run

    run.upgrade(_load(data, database), goal)


@commands.command(help=words.HELP_RESTORE)
@_common
@_password
@click.argument("file", type=click.Path(path_type=Path))
def restore(data: Path, database: str | None, password_file: Path | None, file: Path) -> None:
    """Make a server from such a file."""
    from dropbox.operation import commands as run

    run.restore(file, data, database, password_file)


@commands.command(help=words.HELP_PURGE)
@_common
@click.option("--dry-run", is_flag=True, help=words.HELP_DRY_RUN)
@click.option("--rewrite", is_flag=True, help=words.HELP_REWRITE)
@click.option("--yes", is_flag=True, help=words.HELP_YES_PURGE)
def purge(data: Path, database: str | None, dry_run: bool, rewrite: bool, yes: bool) -> None:
    """Apply retention now."""
    from dropbox.operation import commands as run

    run.purge(_load(data, database), dry_run=dry_run, yes=yes, rewrite=rewrite)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: troubles become two lines on stderr, exit 1, or 2 for wrong usage."""
    name = "dropbox-server"
    try:
        sys.exit(commands.main(arguments, name, standalone_mode=False))
    except Impossible as impossible:
        _fail(impossible.trouble)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(1)
    except click.exceptions.NoArgsIsHelpError as nothing:
        click.echo(nothing.format_message(), err=True)
        sys.exit(nothing.exit_code)
    except click.UsageError as wrong:
        sentence = " ".join(wrong.format_message().split())
        where = wrong.ctx.command_path if wrong.ctx else name
        _fail(words.Trouble(sentence, words.USAGE_HINT.format(command=where)), wrong.exit_code)
    except Exception:  # noqa: BLE001 - the outermost one; its text could quote a row
        _fail(words.UNEXPECTED)


def _fail(trouble: words.Trouble, status: int = 1) -> None:
    click.echo(f"error: {trouble.error}\nhint: {trouble.hint}", err=True)
    sys.exit(status)


def _load(data: Path, database: str | None) -> Settings:
    """The settings that ``init`` wrote; ``--database`` goes before what it was told."""
    settings = load_settings(data)
    return settings if database is None else replace(settings, database=database)


def _found(
    settings: Settings, location: Location, signed: bytes, directory: Directory, file: Path
) -> None:
    """Fill the empty directory of a new server, and its database."""
    from dropbox.operation.site import make_site
    from dropbox.store.making import Occupied, Unsafe, make_store

    try:
        make_site(settings.data, directory, file)
        make_store(location, settings.data, signed, directory)
        settings.write()
    except Occupied:
        raise Impossible(words.DATABASE_OCCUPIED) from None
    except Unsafe:
        raise Impossible(words.DATABASE_UNSAFE) from None
    except (OSError, SQLAlchemyError, DatabaseFailed) as error:
        away = isinstance(error, DatabaseFailed) and location.url != SQLITE
        raise Impossible(words.DATABASE_AWAY if away else words.DATA_UNUSABLE) from None


def _check_form(settings: Settings) -> None:
    """Refuse a database that is not there, not one, or of another version."""
    from dropbox.store.forms import Form, form_of

    location = settings.locate()
    try:
        with opened(location) as opening:
            form = opening.read(form_of)
    except DatabaseFailed:
        away = location.url != SQLITE
        raise Impossible(words.DATABASE_AWAY if away else words.DATABASE_WRONG) from None
    troubles = {
        Form.NONE: words.DATABASE_NONE,
        Form.OLDER: words.DATABASE_OLDER,
        Form.NEWER: words.DATABASE_NEWER,
        Form.UNSAFE: words.DATABASE_UNSAFE,
    }
    if form in troubles:
        raise Impossible(troubles[form])


def _check_served(settings: Settings) -> tuple[Directory, frozenset[bytes]]:
    """The newest directory, and the sites that any named; refuses to serve without a directory, or
    a place for the parts of files."""
    from dropbox.store.ground import Shelf, read_sites
    from dropbox.store.parts import Parts
    from dropbox.store.store import PARTS_NAME

    if not Parts(settings.data / PARTS_NAME).usable():
        raise Impossible(words.PARTS_UNUSABLE)
    try:
        with opened(settings.locate()) as opening:
            return opening.read(Shelf().newest).directory, opening.read(read_sites)
    except ProtocolError:
        raise Impossible(words.DIRECTORY_DAMAGED) from None
    except DatabaseFailed:
        raise Impossible(words.DATABASE_WRONG) from None


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Impossible(words.DIRECTORY_UNREADABLE) from None


def _read_directory(signed: bytes, service: bytes | None) -> Directory:
    """A verified directory; of the service it names itself where none is known yet."""
    try:
        root = service or Directory.from_bytes(split(signed)[1]).service
        return read_directory(signed, root)
    except ForeignService:
        raise Impossible(words.DIRECTORY_FOREIGN) from None
    except ProtocolError:
        raise Impossible(words.DIRECTORY_WRONG) from None


def _check_origins(directory: Directory, origins: tuple[str, ...]) -> None:
    try:
        for origin in origins:
            directory.check_origin(origin)
    except ForeignOrigin:
        raise Impossible(words.ORIGIN_FOREIGN) from None


def _make_directory(data: Path) -> list[Path]:
    """An empty directory of ours. One that is there and empty is taken.

    Gives the folders that were made for it, the innermost first.
    """
    missing = [each for each in (data, *data.absolute().parents) if not each.exists()]
    try:
        if data.is_dir() and any(data.iterdir()):
            raise Impossible(words.DATA_EXISTS)
        data.mkdir(mode=MODE, parents=True, exist_ok=True)
        os.chmod(data, MODE)
    except OSError:
        raise Impossible(words.DATA_UNUSABLE) from None
    return missing


def _empty(data: Path) -> None:
    """Take back what ``init`` has put into its directory, so that it can be tried again."""
    for each in data.iterdir():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
