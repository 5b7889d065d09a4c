"""The options the commands of ``dropbox-report`` share, and what they are read into."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from crypto.documents import SLUG, Category
from crypto.errors import NotCanonical
from crypto.keys import read_fingerprint
from dropbox.client.errors import BadAddress, BadProxy
from dropbox.client.http import read_proxy
from dropbox.client.origins import read_origin
from dropbox.client.retry import Patience
from dropbox.report import words
from dropbox.report.attaching import Handling
from dropbox.report.places import Server

F = TypeVar("F", bound=Callable[..., Any])

_FILE: Final = click.Path(path_type=Path)
_WAIT: Final = 60.0


def server_options(command: F) -> F:
    """``--server --root --proxy --wait``, given to the command as one ``server``."""

    @functools.wraps(command)
    def with_server(server: str, root: str, proxy: str | None, wait: float, **rest: Any) -> Any:
        return command(server=_read_server(server, root, proxy, wait), **rest)

    options = (
        click.option("--server", required=True, metavar="URL", help="The server's address."),
        click.option(
            "--root",
            required=True,
            metavar="FINGERPRINT",
            help="The team's fingerprint, as on its posters.",
        ),
        click.option(
            "--proxy", metavar="URL", help="Go through Tor, e.g. socks5h://127.0.0.1:9050."
        ),
        click.option(
            "--wait",
            type=click.FloatRange(min=0),
            default=_WAIT,
            show_default=True,
            metavar="SECONDS",
            help="How long to go on trying over a bad connection.",
        ),
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), with_server)  # type: ignore[return-value]


def _read_server(server: str, root: str, proxy: str | None, wait: float) -> Server:
    try:
        through = read_proxy(proxy) if proxy is not None else None
        origin = read_origin(server, through_proxy=through is not None)
        return Server(origin, read_fingerprint(root), through, Patience.lasting(wait))
    except (BadAddress, BadProxy) as error:
        raise click.UsageError(str(error)) from None
    except NotCanonical:
        raise click.UsageError(words.BAD_ROOT) from None


def attach_options(command: F) -> F:
    """``--attach --strip-metadata --keep-metadata``, the last two given as one ``handling``."""

    @functools.wraps(command)
    def with_handling(strip_metadata: bool, keep_metadata: bool, **rest: Any) -> Any:
        if strip_metadata and keep_metadata:
            raise click.UsageError(words.BOTH_HANDLINGS)
        handling = Handling.ASK
        if strip_metadata or keep_metadata:
            handling = Handling.STRIP if strip_metadata else Handling.KEEP
        return command(handling=handling, **rest)

    options = (
        click.option(
            "--attach",
            multiple=True,
            type=_FILE,
            metavar="FILE",
            help="A file to send too. Repeatable.",
        ),
        click.option(
            "--strip-metadata",
            is_flag=True,
            help="Send files without what they hold besides what they show, or not at all.",
        ),
        click.option("--keep-metadata", is_flag=True, help="Send files as they are."),
    )
    return functools.reduce(
        lambda wrapped, option: option(wrapped), reversed(options), with_handling
    )  # type: ignore[return-value]


def _read_forces(_: click.Context, __: click.Parameter, forces: tuple[str, ...]) -> tuple[str, ...]:
    if not all(re.fullmatch(SLUG, force, re.ASCII) for force in forces):
        raise click.UsageError(words.BAD_FORCE)
    return tuple(sorted(set(forces)))


def _read_categories(
    _: click.Context, __: click.Parameter, categories: tuple[str, ...]
) -> tuple[Category, ...]:
    return tuple(Category(each) for each in sorted(set(categories)))


text_file = click.option(
    "--text-file",
    metavar="FILE",
    help="What you want to say; - takes it from the terminal or a pipe.",
)
language = click.option(
    "--language",
    type=click.Choice(["en", "cy"]),
    default="en",
    show_default=True,
    help="The language you write in.",
)
category = click.option(
    "--category",
    "categories",
    multiple=True,
    type=click.Choice([each.value for each in Category]),
    callback=_read_categories,
    help="What it is about. Repeatable.",
)
force = click.option(
    "--force",
    "forces",
    multiple=True,
    metavar="ID",
    callback=_read_forces,
    help="The police force it is about, e.g. west-mercia. Repeatable.",
)
passphrase_file = click.option(
    "--passphrase-file",
    type=_FILE,
    metavar="FILE",
    help="A file with the seven words. Without it they are asked for.",
)
save_files = click.option(
    "--save-files", type=_FILE, metavar="FOLDER", help="Save the team's files there."
)
json_output = click.option("--json", "json_output", is_flag=True, help="For programs.")
yes = click.option("--yes", is_flag=True, help="Answer yes to what would be asked.")
