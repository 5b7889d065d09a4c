"""An invented team, made by the workstation's own code."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final

from crypto.analyst import Analyst
from crypto.directory import Directory, read_directory
from crypto.keys import MailboxSecret
from crypto.outgoing import Outgoing
from crypto.reporter import Draft, Reporter
from dropbox.client.service import Caller
from inbox_ui.founding import Team as Founded
from inbox_ui.founding import found

ORIGIN: Final = "http://127.0.0.1:8700"
"""Named in the directory and in every log-in. The port a server really has is another."""
TEXT: Final = ("What I saw was not right, and somebody should know of it. " * 20)[:1000]
"""About what a report holds. Sealed it has 16 KiB, as all but the longest ones do."""
DRAFT: Final = Draft(TEXT)


def today() -> date:
    """The server's day."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Team:
    """A root, one analyst who is also the publisher, and the directory."""

    founded: Founded

    @classmethod
    def found(cls) -> "Team":
        """A new one."""
        return cls(found("Invented Team", [ORIGIN], today(), secrets.token_bytes))

    @property
    def signed(self) -> bytes:
        """The signed directory."""
        return self.founded.directory

    @cached_property
    def directory(self) -> Directory:
        """The verified directory."""
        return read_directory(self.signed, self.founded.vault.service)

    def analyst(self) -> Analyst:
        """The analyst as a protocol core."""
        vault = self.founded.vault
        return Analyst(
            vault.analyst_secret,
            self.directory,
            tuple(vault.intake_groups.values()),
            vault.colleagues,
            secrets.token_bytes,
        )

    def analyst_caller(self) -> Caller:
        """The analyst as somebody who logs in."""
        vault = self.founded.vault
        return Caller(vault.analyst_secret.keys, vault.service, vault.certificate)

    def reporter_caller(self, secret: MailboxSecret) -> Caller:
        """A reporter as somebody who logs in."""
        return Caller(secret.keys, self.founded.vault.service)


def report(directory: Directory, secret: MailboxSecret, draft: Draft = DRAFT) -> Outgoing:
    """A sealed first report of the mailbox that ``secret`` opens."""
    return Reporter(secret, directory, secrets.token_bytes).report(draft, today())
