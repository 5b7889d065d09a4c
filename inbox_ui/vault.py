"""The vault: an analyst's secret and those of the groups, in one file (docs/protocol.md §3).

The root's secret is never in it: ``init`` writes that to a file of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crypto.certificates import SIGNED_CERTIFICATE
from crypto.constants import ID, SECRET
from crypto.encoding import Bytes, Document, Inner, Integer, List, Nullable, member
from crypto.errors import Malformed
from crypto.keys import AnalystSecret, GroupSecret, RootSecret
from crypto.primitives import RandomBytes
from inbox_ui import durable
from inbox_ui.errors import DamagedFile, NoVault
from inbox_ui.folder import FILE_MODE, check_mode
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.sealed import Kind, open_file, seal_file


@dataclass(frozen=True)
class IntakeSecret(Document):
    """The secret of one epoch's intake group."""

    epoch: int = member(Integer(1))
    secret: bytes = member(Bytes(SECRET))

    def __repr__(self) -> str:
        return "<IntakeSecret>"


@dataclass(frozen=True)
class Vault(Document):
    """An opened vault.

    ``service`` is the pinned root's card id. ``publisher`` is the certificate that lets this
    analyst sign directories, if there is one.
    """

    service: bytes = member(Bytes(ID))
    analyst: bytes = member(Bytes(SECRET))
    certificate: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    publisher: bytes | None = member(Nullable(Bytes(most=SIGNED_CERTIFICATE)))
    intake: tuple[IntakeSecret, ...] = member(List(Inner(IntakeSecret), 1000))
    contact: bytes | None = member(Nullable(Bytes(SECRET)))

    def __repr__(self) -> str:
        return "<Vault>"

    @cached_property
    def analyst_secret(self) -> AnalystSecret:
        """Whose vault it is."""
        return AnalystSecret(self.analyst)

    @cached_property
    def intake_groups(self) -> Mapping[bytes, GroupSecret]:
        """The intake groups this analyst holds, by card id, in the order they were given."""
        secrets = (GroupSecret(each.secret) for each in self.intake)
        return {secret.keys.card.id: secret for secret in secrets}

    @property
    def colleagues(self) -> Mapping[bytes, bytes]:
        """The analysts whose signatures count: card id → signing key."""
        card = self.analyst_secret.keys.card
        return {card.id: card.sign}


def write_vault(
    path: Path, vault: Vault, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal ``vault`` into ``path``, in the place of what is there.

    Raises ``CannotWrite`` or ``NoSpace``; then what was there is unchanged.
    """
    durable.replace(path, seal_file(Kind.VAULT, passphrase, vault.to_bytes(), random_bytes))


def read_vault(path: Path, passphrase: VaultPassphrase) -> Vault:
    """The vault in ``path``.

    Raises ``NoVault``, ``OpenToOthers``, ``NotThisKind``, ``DamagedFile`` or ``WrongPassphrase``.
    """
    return open_vault(_read(path), passphrase, str(path))


def open_vault(data: bytes, passphrase: VaultPassphrase, name: str) -> Vault:
    """The vault in the bytes of a file called ``name``. Raises as :func:`read_vault`."""
    content = open_file(Kind.VAULT, passphrase, data, name)
    try:
        return Vault.from_bytes(content)
    except Malformed:
        raise DamagedFile(name) from None


def write_root(
    path: Path, root: RootSecret, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal the root's secret into a new file. Raises ``AlreadyThere``, ``CannotWrite``."""
    durable.create(path, seal_file(Kind.ROOT, passphrase, root.expose(), random_bytes))


def reseal_root(
    path: Path, root: RootSecret, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> None:
    """Seal the root's secret under another passphrase. Raises ``CannotWrite`` or ``NoSpace``."""
    durable.replace(path, seal_file(Kind.ROOT, passphrase, root.expose(), random_bytes))


def read_root(path: Path, passphrase: VaultPassphrase) -> RootSecret:
    """The root's secret in ``path``. Raises as :func:`read_vault`."""
    content = open_file(Kind.ROOT, passphrase, _read(path), str(path))
    try:
        return RootSecret(content)
    except Malformed:
        raise DamagedFile(path) from None


def _read(path: Path) -> bytes:
    try:
        check_mode(path, FILE_MODE)
        return path.read_bytes()
    except OSError:
        raise NoVault(path) from None
