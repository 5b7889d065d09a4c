"""One request, as a handler sees it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from crypto.errors import ProtocolError
from dropbox.site.assets import Asset
from inbox_ui.errors import InboxError
from inbox_ui.pages.forms import Form
from inbox_ui.pages.sitting import Sitting, Unlocked
from inbox_ui.station import Station

T = TypeVar("T")

_OURS: Final = re.compile(
    r"/|/queue/[a-z]+/[0-9]{1,6}|/case/[a-z2-7]{4,52}(/do/[a-z-]+|/draft/[a-z2-7]{32}"
    r"|/history|/contact|/export|/assess|/risk|/questions|/marks|/links|/reports)?"
    r"|/search(/[0-9]{1,4})?"
    r"|/people(/add|/[a-z2-7]{32})?|/bundles|/audit|/figures(/oversight(/[0-9-]{7}/[0-9-]{7})?)?|/retention|/ready|/subject-access|/interests|/team|/keys|/phone",
    re.ASCII,
)
"""Pages that may be come back to."""


class Locked(Exception):
    """The vault is locked: the passphrase is asked for."""


@dataclass(frozen=True)
class Call:
    """``path`` are the parts of the path that vary, ``assets`` what pages load."""

    sitting: Sitting
    path: Mapping[str, str]
    assets: Mapping[str, Asset]
    form: Form = field(repr=False)

    @property
    def unlocked(self) -> Unlocked:
        """What is there while the vault is unlocked. Raises ``Locked``."""
        if self.sitting.unlocked is None:
            raise Locked
        return self.sitting.unlocked

    async def at_desk(self, action: Callable[[Station], T]) -> T:
        """What ``action`` gives, done at the desk. Raises ``Locked``."""
        return await self.unlocked.desk.do(action)

    async def write_once(self, action: Callable[[Station], None]) -> None:
        """Do ``action`` at the desk unless this form did so before, and send what it wrote as soon
        as the server is there; nobody waits for that. Raises ``Locked``, and what it raises."""
        unlocked, ticket = self.unlocked, self.form.line("ticket")
        if not unlocked.spend(ticket):
            return
        try:
            await self.at_desk(action)
        except (InboxError, ProtocolError):
            unlocked.give_back(ticket)
            raise
        unlocked.go_on(unlocked.courier.fetch())

    @property
    def back(self) -> str:
        """Where the form says it was; the inbox if that is no page of ours."""
        return our_page(self.form.line("back"))


def our_page(path: str) -> str:
    """``path`` if it is a page of ours, else the inbox: nobody is ever sent elsewhere."""
    return path if _OURS.fullmatch(path) else "/"
