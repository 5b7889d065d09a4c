"""What has to be before a reply goes out, as the team has decided it (docs/casework.md, "Ask").

It lies in a file of the workstation. It protects against haste and habit, not against a colleague
who wants to break it: whoever handles a case holds the key that signs in it.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from crypto.encoding import Choice, Document, Integer, member
from crypto.errors import Malformed
from inbox_ui import durable
from inbox_ui.errors import BadSettings


class Second(StrEnum):
    """When somebody else reads a reply before it goes out."""

    NEVER = "never"
    TURNS = "turns"
    """What asks, once the reporter has brought something new so often that it may be tasking."""
    ALWAYS = "always"


@dataclass(frozen=True)
class Policy(Document):
    """``turns``: from this many on, asking again may have become tasking."""

    second_reader: Second = member(Choice(Second))
    turns: int = member(Integer(1, 100))

    def save(self, path: Path) -> None:
        """Write the file. Raises ``CannotWrite`` or ``NoSpace``."""
        durable.replace(path, self.to_bytes() + b"\n")


DEFAULT: Final = Policy(Second.TURNS, 3)


def read_policy(path: Path) -> Policy:
    """The policy in ``path``; :data:`DEFAULT` where there is none. Raises ``BadSettings``."""
    try:
        return Policy.from_bytes(path.read_bytes().rstrip(b"\n"))
    except FileNotFoundError:
        return DEFAULT
    except (OSError, Malformed):
        raise BadSettings(path) from None
