"""The address of a server: an origin, written as a browser writes it (docs/protocol.md §9).

A log-in signs the origin and the directory names it, so one server has one spelling.
"""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from dropbox.client.errors import BadAddress

_PORTS: Final = {"https": 443, "http": 80}
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII)


class AddressRule(StrEnum):
    """Why an address is refused."""

    FORM = "It is written like https://example.org, with nothing behind the name."
    PLAIN = "Only https is private. Plain http is for this machine and for .onion names."
    ONION = "A .onion address is reached through Tor: give --proxy socks5h://127.0.0.1:9050."


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port. ``str()`` is the serialised origin."""

    scheme: str
    host: str
    port: int

    @property
    def is_onion(self) -> bool:
        """Whether only Tor knows this name. Such a name is never given to a resolver."""
        return self.host.endswith(".onion")

    @property
    def is_loopback(self) -> bool:
        """Whether this is the machine the program runs on."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def read_origin(address: str, *, through_proxy: bool = False) -> Origin:
    """The origin of ``address``, if it may be spoken to.

    ``https`` to anywhere; ``http`` only to a loopback address or, through a proxy, to an onion
    name. Raises ``BadAddress``.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise BadAddress(AddressRule.FORM) from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _PORTS or not parts.hostname or extra:
        raise BadAddress(AddressRule.FORM)
    origin = Origin(parts.scheme, _host(parts.hostname), port or _PORTS[parts.scheme])
    if origin.is_onion and not through_proxy:
        raise BadAddress(AddressRule.ONION)
    if origin.scheme == "http" and not (origin.is_loopback or origin.is_onion):
        raise BadAddress(AddressRule.PLAIN)
    return origin


def _host(host: str) -> str:
    """``host`` as a browser writes it; names beyond ASCII are given in their ``xn--`` form."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if not _NAME.fullmatch(host) or host.rpartition(".")[2].isdigit():
            raise BadAddress(AddressRule.FORM) from None
        return host
    return f"[{address.compressed}]" if address.version == 6 else str(address)
