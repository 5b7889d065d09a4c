"""Logging in to the server (docs/protocol.md §9).

    Sign(auth, "dbx1/login", origin, address, challenge)

The ``auth`` key signs nothing else, so a challenge can never be a message (P17); origin and
service are inside, so an answer cannot be relayed to another place (P5, P18).
"""

from crypto.constants import Tag
from crypto.keys import Keys, LoginSecret, card_id, verify
from crypto.primitives import check_ed25519_point


def answer(keys: Keys, service: bytes, origin: str, challenge: str) -> bytes:
    """The 64-byte signature that answers ``challenge`` at ``origin``."""
    return answer_for(keys.login, keys.card.id, service, origin, challenge)


def answer_for(
    secret: LoginSecret, address: bytes, service: bytes, origin: str, challenge: str
) -> bytes:
    """The same from the ``auth`` key alone, of the principal whose card id is ``address``."""
    return secret.sign_login(service, origin.encode(), address, challenge.encode())


def verify_answer(
    auth: bytes, keys_hash: bytes, service: bytes, origin: str, challenge: str, signature: bytes
) -> bytes:
    """The address of whoever answered, computed and not believed.

    The server calls this with an origin of its own settings and a challenge it made itself. Raises
    ``WrongPoint`` or ``WrongSignature``.
    """
    check_ed25519_point(auth)
    address = card_id(auth, keys_hash)
    verify(auth, signature, Tag.SIGN_LOGIN, service, origin.encode(), address, challenge.encode())
    return address
