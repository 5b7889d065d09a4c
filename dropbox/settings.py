"""The server's settings: one frozen object, checked when it is made.

They are remembered in ``DATA/settings.toml`` (0600, in a directory of 0700). A key this version
does not know is refused: a misspelt setting must not be taken for its default.
"""

import json
import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crypto.directory import ORIGIN
from dropbox.limits import MOST_BITS
from dropbox.store.locations import SQLITE, Location, NoLocation, PasswordInUrl, read_location
from dropbox.words import (
    DATA_OPEN,
    DATABASE_FOREIGN,
    DATABASE_PASSWORD,
    EXIT_WRONG,
    NO_DATA,
    PASSWORD_FILE_WRONG,
    SETTINGS_UNKNOWN,
    SETTINGS_WRONG,
    Trouble,
)

FILE_NAME: Final = "settings.toml"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_WORK: Final = {"least_work", "most_work"}
_KEYS: Final = _WORK | {
    "service",
    "origins",
    "exit_url",
    "database",
    "database_password_file",
    "database_password",
}
EXIT_URL: Final = "https://www.bbc.co.uk/weather"
"""Where "Exit this page" leads if the operator says nothing else: nobody is surprised to see it."""
_URL: Final = re.compile(r"https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*)?", re.ASCII)
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Impossible(Exception):
    """A command cannot be done."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.error)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``init`` was told. ``service`` is the root's card id, 32 bytes; ``data`` is absolute.

    ``database`` is a URL without a password; the password is in ``password_file``, or an operator
    has written it into the settings' file.
    """

    data: Path
    service: bytes
    origins: tuple[str, ...]
    database: str = SQLITE
    password_file: Path | None = None
    password: str | None = field(default=None, repr=False)
    least_work: int = 0
    most_work: int = MOST_BITS
    """Between these zero bits is the proof of work of strangers. An operator who knows that a flood
    is coming can ask for some before it is there; 0 for both asks for none, ever."""
    exit_url: str = EXIT_URL
    """Where who leaves the pages in a hurry is led: a page of somebody else that says nothing."""

    def __post_init__(self) -> None:
        """Refuse, with ``Impossible``, what no server can work with."""
        if len(self.service) != 32 or not self.origins:
            raise Impossible(SETTINGS_WRONG)
        if not all(re.fullmatch(ORIGIN, origin, re.ASCII) for origin in self.origins):
            raise Impossible(SETTINGS_WRONG)
        if not 0 <= self.least_work <= self.most_work <= MOST_BITS:
            raise Impossible(SETTINGS_WRONG)
        if not _URL.fullmatch(self.exit_url):
            raise Impossible(EXIT_WRONG)
        self._locate(None)

    def locate(self) -> Location:
        """Where the database is, with the password to it. Raises ``Impossible``."""
        password = self.password
        if self.password_file is not None:
            password = _read_password(self.password_file)
        return self._locate(password)

    def _locate(self, password: str | None) -> Location:
        try:
            return read_location(self.database, self.data, password)
        except PasswordInUrl:
            raise Impossible(DATABASE_PASSWORD) from None
        except NoLocation:
            raise Impossible(DATABASE_FOREIGN) from None

    def write(self) -> None:
        """Remember them beside the data. Raises ``OSError``."""
        lines = [
            "# Written by dropbox-server init.",
            f'service = "{self.service.hex()}"',
            f"origins = {json.dumps(list(self.origins))}",
        ]
        url = self._locate(None).url
        if url != SQLITE:
            lines.append(f"database = {json.dumps(url)}")
        if self.password_file is not None:
            lines.append(f"database_password_file = {json.dumps(str(self.password_file))}")
        descriptor = os.open(self.data / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, ""]))
            file.flush()
            os.fsync(file.fileno())


def load_settings(data: Path) -> Settings:
    """The settings of the server in ``data``. Raises ``Impossible``."""
    path = data / FILE_NAME
    try:
        if (data.stat().st_mode | path.stat().st_mode) & _OTHERS:
            raise Impossible(DATA_OPEN)
        text = path.read_text("utf-8")
    except OSError:
        raise Impossible(NO_DATA) from None
    except UnicodeDecodeError:
        raise Impossible(SETTINGS_WRONG) from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise Impossible(SETTINGS_WRONG) from None
    if set(found) - _KEYS:
        raise Impossible(SETTINGS_UNKNOWN)
    service, origins = found.get("service"), found.get("origins")
    if not isinstance(service, str) or not _FINGERPRINT.fullmatch(service):
        raise Impossible(SETTINGS_WRONG)
    if not isinstance(origins, list) or not all(isinstance(each, str) for each in origins):
        raise Impossible(SETTINGS_WRONG)
    given = {name: found[name] for name in _KEYS - {"service", "origins"} if name in found}
    work = {name: given.pop(name) for name in _WORK & set(given)}
    if not all(isinstance(each, str) for each in given.values()):
        raise Impossible(SETTINGS_WRONG)
    if not all(type(each) is int for each in work.values()):
        raise Impossible(SETTINGS_WRONG)
    file = given.get("database_password_file")
    return Settings(
        data.resolve(),
        bytes.fromhex(service),
        tuple(origins),
        given.get("database", SQLITE),
        None if file is None else Path(file),
        given.get("database_password"),
        **work,
        exit_url=given.get("exit_url", EXIT_URL),
    )


def _read_password(path: Path) -> str:
    """The one line of a file that only we can read."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise Impossible(PASSWORD_FILE_WRONG)
        password = path.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError):
        raise Impossible(PASSWORD_FILE_WRONG) from None
    if not password or "\n" in password:
        raise Impossible(PASSWORD_FILE_WRONG)
    return password
