"""The options the commands of ``dropbox-inbox`` share, and what they are read into."""

import functools
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from crypto.envelope import Chain
from dropbox.client.errors import BadAddress, BadProxy
from dropbox.client.http import HttpTransport, read_proxy
from dropbox.client.origins import read_origin
from dropbox.client.retry import Tell
from dropbox.client.terminal import visible_line
from inbox_ui import console, words
from inbox_ui.errors import NoServer
from inbox_ui.folder import Folder
from inbox_ui.line import Line
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.settings import Settings, read_settings
from inbox_ui.station import Station

F = TypeVar("F", bound=Callable[..., Any])

FILE: Final = click.Path(path_type=Path)


@dataclass(frozen=True)
class Place:
    """What every command is given: which vault, which server, and whose passphrase."""

    folder: Folder
    server: str | None
    proxy: str | None
    passphrase_file: Path | None

    @property
    def silent(self) -> bool:
        """Whether nothing may be asked."""
        return self.passphrase_file is not None

    def open(self) -> Station:
        """The workstation. Raises as :meth:`Station.open` and ``read_passphrase``."""
        return self.open_with(self.read_passphrase())

    def read_passphrase(self) -> VaultPassphrase:
        """That of a vault that is there. Raises as ``Folder.check``, ``read_passphrase``."""
        self.folder.check()
        return console.read_passphrase(self.passphrase_file)

    def open_with(self, passphrase: VaultPassphrase) -> Station:
        """The workstation. Raises as :meth:`Station.open`."""
        return Station.open(self.folder, passphrase, secrets.token_bytes, today)

    @asynccontextmanager
    async def line(self, tell: Tell = console.tell) -> AsyncIterator[Line]:
        """The way to the server; ``tell`` is told how it goes.

        Raises ``NoServer``, ``BadAddress`` or ``BadProxy``.
        """
        settings = self._settings()
        if settings.server is None:
            raise NoServer
        proxy = read_proxy(settings.proxy) if settings.proxy is not None else None
        origin = read_origin(settings.server, through_proxy=proxy is not None)
        transport = HttpTransport(origin, proxy)
        try:
            yield Line(transport, str(origin), tell=tell)
        finally:
            await transport.close()

    def _settings(self) -> Settings:
        remembered = read_settings(self.folder.settings)
        return Settings(self.server or remembered.server, self.proxy or remembered.proxy)


def today() -> date:
    """The day, in UTC: the only time the protocol knows."""
    return datetime.now(UTC).date()


def place_options(command: F) -> F:
    """``--vault --server --proxy --passphrase-file``, given to the command as one ``place``."""

    @functools.wraps(command)
    def with_place(
        vault: Path,
        server: str | None,
        proxy: str | None,
        passphrase_file: Path | None,
        **rest: Any,
    ) -> Any:
        if server is not None:
            server = read_address(server, proxy is not None)
        place = Place(Folder(vault.absolute()), server, proxy, passphrase_file)
        return command(place=place, **rest)

    options = (
        click.option("--vault", required=True, type=FILE, metavar="DIR", help="The vault."),
        click.option("--server", metavar="URL", help="The server's address."),
        click.option(
            "--proxy",
            metavar="URL",
            callback=read_proxy_option,
            help="Go through Tor, e.g. socks5h://127.0.0.1:9050.",
        ),
        click.option(
            "--passphrase-file",
            type=FILE,
            metavar="FILE",
            help="A file with the passphrase. Then nothing is asked.",
        ),
    )
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), with_place)  # type: ignore[return-value]


def read_address(address: str, through_proxy: bool) -> str:
    """A server's address as a browser writes it; anything else is wrong usage."""
    try:
        return str(read_origin(address, through_proxy=through_proxy))
    except BadAddress as error:
        raise click.UsageError(str(error)) from None


def read_origins(
    _: click.Context, __: click.Parameter, origins: tuple[str, ...]
) -> tuple[str, ...]:
    """Addresses for the directory; an onion name may be among them."""
    return tuple(read_address(each, True) for each in origins)


def read_proxy_option(_: click.Context, __: click.Parameter, proxy: str | None) -> str | None:
    """A proxy that resolves names itself; anything else is wrong usage."""
    try:
        if proxy is not None:
            read_proxy(proxy)
    except BadProxy as error:
        raise click.UsageError(str(error)) from None
    return proxy


def read_chain(_: click.Context, __: click.Parameter, chain: str) -> Chain:
    """A chain by its name."""
    return next(each for each, name in words.CHAINS.items() if name == chain)


def read_day(_: click.Context, __: click.Parameter, day: str | None) -> date | None:
    """A day as it is written everywhere here, ``YYYY-MM-DD``."""
    if day is None:
        return None
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise click.UsageError(words.NO_DAY.format(day=visible_line(day))) from None


def origins(*, required: bool) -> Callable[[F], F]:
    """``--origin``, repeatable."""
    return click.option(
        "--origin",
        "origins",
        multiple=True,
        required=required,
        metavar="URL",
        callback=read_origins,
        help="An address reporters use. Repeatable.",
    )


case = click.argument("case_name", metavar="CASE")
text_file = click.option(
    "--text-file", required=True, metavar="FILE", help="The text, in UTF-8; - reads a pipe."
)
language = click.option(
    "--language",
    type=click.Choice(["en", "cy"]),
    default="en",
    show_default=True,
    help="The language it is written in.",
)
offline = click.option("--offline", is_flag=True, help="Do not go to the server.")
json_output = click.option("--json", "as_json", is_flag=True, help="For programs.")
yes = click.option("--yes", is_flag=True, help="Answer yes to what would be asked.")
