"""What can go wrong in a command besides what the client library and the protocol know."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Explained:
    """What happened, and what to do next: one line each."""

    error: str
    hint: str


class Stopped(Exception):
    """It ended before its end; ``explained`` says what was and was not sent."""

    def __init__(self, explained: Explained) -> None:
        super().__init__()
        self.explained: Final = explained


class NotWhole(Exception):
    """Everything that can be shown was shown, and something is wrong with the rest."""


class NoMailbox(Exception):
    """The words open nothing: never used, closed and removed look the same."""


class NotAsked(Exception):
    """Something would have been asked, and nothing may be."""


class SaysTooMuch(Exception):
    """A file holds more than it shows, and nobody can be asked. ``args[0]``: its name."""


class CannotStrip(Exception):
    """What a file holds besides what it shows cannot be taken out. ``args[0]``: its name."""


class NotConfirmed(Exception):
    """Something that cannot be undone would have been asked about, and nothing may be asked."""


class NoTerminal(Exception):
    """There is nobody to ask for the words."""


class BadWords(Exception):
    """The passphrase file cannot be read."""


class BadText(Exception):
    """The text cannot be read or is no text. ``args[0]``: the name of its file."""


class FolderMissing(Exception):
    """The folder for files cannot be used. ``args[0]``: its name."""


class OtherPages(Exception):
    """The server gives pages, scripts or headers that the team has not signed."""


class ExpiredPages(Exception):
    """The pages are those of a directory that is not valid today."""


class FilesNotSaved(Exception):
    """At least one file could not be kept."""
