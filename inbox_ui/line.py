"""The way to the server: a transport, the origin it leads to, and sessions over it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from dropbox.client.retry import Patience, Tell, say_nothing
from dropbox.client.service import Caller, Service
from dropbox.client.transport import Transport
from inbox_ui.vault import Vault

PATIENCE: Final = Patience((0.5, 1.5))
"""A server that is away is said quickly: the archive is here."""


@dataclass(frozen=True)
class Line:
    """``origin`` is the server's, as a browser writes it."""

    transport: Transport
    origin: str
    patience: Patience = PATIENCE
    tell: Tell = say_nothing

    @asynccontextmanager
    async def as_analyst(self, vault: Vault) -> AsyncIterator[Service]:
        """A session of the vault's analyst, ended afterwards."""
        service = self._service(vault, vault.certificate)
        try:
            yield service
        finally:
            await service.log_out()

    @asynccontextmanager
    async def as_publisher(self, vault: Vault) -> AsyncIterator[Service]:
        """A session of the vault's analyst as publisher, ended afterwards."""
        service = self._service(vault, vault.publisher)
        try:
            yield service
        finally:
            await service.log_out()

    def _service(self, vault: Vault, certificate: bytes | None) -> Service:
        caller = Caller(vault.analyst_secret.keys, vault.service, certificate)
        return Service(self.transport, self.origin, caller, patience=self.patience, tell=self.tell)
