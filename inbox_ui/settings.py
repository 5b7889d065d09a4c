"""What ``init`` remembers, in a file of mode 0600: one typed object, unknown keys refused."""

from dataclasses import dataclass
from pathlib import Path

from crypto.encoding import Document, Nullable, Text, member
from crypto.errors import Malformed
from inbox_ui import durable
from inbox_ui.errors import BadSettings


@dataclass(frozen=True)
class Settings(Document):
    """``server`` and ``proxy`` are addresses, as they were given."""

    server: str | None = member(Nullable(Text(300)))
    proxy: str | None = member(Nullable(Text(300)))

    def save(self, path: Path) -> None:
        """Write the file. Raises ``CannotWrite`` or ``NoSpace``."""
        durable.replace(path, self.to_bytes() + b"\n")


def read_settings(path: Path) -> Settings:
    """The settings in ``path``; none where there is no such file. Raises ``BadSettings``."""
    try:
        return Settings.from_bytes(path.read_bytes().rstrip(b"\n"))
    except FileNotFoundError:
        return Settings(None, None)
    except (OSError, Malformed):
        raise BadSettings(path) from None
