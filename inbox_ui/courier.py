"""The courier pass: what a networked machine needs to carry, and nothing that opens or signs.

It logs in as the analyst with her ``auth`` key, which does nothing else (docs/protocol.md §3), and
has one side of the way that bundles go. It lies sealed under a passphrase of its own.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from crypto import bundle, login
from crypto.certificates import SIGNED_CERTIFICATE
from crypto.constants import CARD, ID, LARGEST_INTEGER, SECRET
from crypto.encoding import Bytes, Document, Integer, Nullable, Text, member
from crypto.errors import ProtocolError
from crypto.keys import Card, LoginSecret, SideSecret, card_id
from crypto.primitives import RandomBytes
from dropbox.wire import Login, Role
from inbox_ui.errors import DamagedFile, NoPass
from inbox_ui.passphrase import VaultPassphrase
from inbox_ui.sealed import Kind, open_file, seal_file
from inbox_ui.vault import Vault

_NUMBER_BYTES: Final = 6
_LARGEST: Final = 1 << 20


@dataclass(frozen=True)
class CourierPass(Document):
    """An opened pass. ``number`` is random: it names the pass in every bundle.

    ``keys`` is the inner hash of the analyst's card; ``station`` the workstation's side, public.
    """

    service: bytes = member(Bytes(ID))
    number: int = member(Integer(1, LARGEST_INTEGER))
    origin: str = member(Text(300))
    auth: bytes = member(Bytes(SECRET))
    keys: bytes = member(Bytes(ID))
    certificate: bytes = member(Bytes(most=SIGNED_CERTIFICATE))
    publisher: bytes | None = member(Nullable(Bytes(most=SIGNED_CERTIFICATE)))
    courier: bytes = member(Bytes(SECRET))
    station: bytes = member(Bytes(CARD))

    def __repr__(self) -> str:
        return "<CourierPass>"

    @cached_property
    def side(self) -> SideSecret:
        """The courier's side of the way."""
        return SideSecret(self.courier)

    @cached_property
    def station_card(self) -> Card:
        """The workstation's side. Raises ``WrongPoint``."""
        return Card.from_bytes(self.station)

    @cached_property
    def secret(self) -> LoginSecret:
        """What logs in."""
        return LoginSecret(self.auth)

    @property
    def analyst(self) -> bytes:
        """The analyst's card id."""
        return card_id(self.secret.auth, self.keys)

    def logs_in(self, role: Role) -> "PassCaller":
        """The analyst in this role. Without a certificate for it, the server lets nobody in."""
        return PassCaller(self, self.publisher if role is Role.PUBLISHER else self.certificate)


@dataclass(frozen=True)
class PassCaller:
    """Whose session it is: the analyst's, by the pass."""

    courier_pass: CourierPass
    certificate: bytes | None

    @property
    def service(self) -> bytes:
        """The root's card id."""
        return self.courier_pass.service

    def login(self, challenge: str, origin: str) -> Login:
        """The answer to a challenge."""
        held = self.courier_pass
        signature = login.answer_for(held.secret, held.analyst, held.service, origin, challenge)
        return Login(held.secret.auth, held.keys, challenge, origin, signature, self.certificate)


def make_pass(vault: Vault, origin: str, random_bytes: RandomBytes) -> CourierPass:
    """A new pass of the vault's analyst, for the server at ``origin``, with new keys."""
    number = int.from_bytes(random_bytes(_NUMBER_BYTES)) + 1
    station, courier = bundle.sides(vault.analyst_secret, number)
    keys = vault.analyst_secret.keys
    return CourierPass(
        vault.service,
        number,
        origin,
        keys.login.expose(),
        keys.card.keys_hash,
        vault.certificate,
        vault.publisher,
        courier.expose(),
        station.keys.card.to_bytes(),
    )


def seal_pass(
    courier_pass: CourierPass, passphrase: VaultPassphrase, random_bytes: RandomBytes
) -> bytes:
    """The bytes of a pass's file."""
    return seal_file(Kind.COURIER, passphrase, courier_pass.to_bytes(), random_bytes)


def read_pass(path: Path, passphrase: VaultPassphrase) -> CourierPass:
    """The pass in ``path``.

    Raises ``NoPass``, ``NotThisKind``, ``DamagedFile`` or ``WrongPassphrase``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except OSError:
        raise NoPass(path) from None
    content = open_file(Kind.COURIER, passphrase, data, str(path))
    try:
        held = CourierPass.from_bytes(content)
        held.station_card.to_bytes()
    except ProtocolError:
        raise DamagedFile(path) from None
    return held
