"""Who may come in: the one-time key of the printed address, and the cookie it is exchanged for.

Both are drawn once for each ``serve``. They outlive a lock: after it the same browser is asked for
the passphrase and for nothing else. Neither opens anything without the passphrase.
"""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from mmap import mmap
from typing import Final

_BYTES: Final = 32
_USED: Final = b"\x01"


@dataclass(frozen=True)
class Door:
    """The door of one ``serve`` at ``port``. ``_used`` is shared by all its processes."""

    port: int
    key: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)
    _used: mmap = field(default_factory=lambda: mmap(-1, 1), repr=False)

    @property
    def host(self) -> str:
        """The one ``Host`` there is.

        ``localhost`` is left out: a name is what a resolver says it is, an address is itself, and
        a second host would be a second place for the cookie.
        """
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """The one ``Origin`` that may change anything."""
        return f"http://{self.host}"

    @property
    def address(self) -> str:
        """What ``serve`` prints."""
        return f"{self.origin}/key/{self.key}"

    @property
    def cookie_name(self) -> str:
        """Browsers keep one set of cookies for all ports of a host: the name tells them apart."""
        return f"workstation-{self.port}"

    def exchange(self, key: str) -> bool:
        """Whether ``key`` is the right one and was not used before. It is used from now on."""
        if not _alike(key, self.key) or self._used[:] == _USED:
            return False
        self._used[:] = _USED
        return True

    def knows(self, cookie: str) -> bool:
        """Whether ``cookie`` is the one the key was exchanged for."""
        return _alike(cookie, self.cookie)


def _alike(given: str, right: str) -> bool:
    """In the same time wherever they differ; ``given`` may hold anything."""
    return compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
