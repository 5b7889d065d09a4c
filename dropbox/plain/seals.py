"""What a browser keeps for us, sealed with a key of the running server (docs/protocol.md §10).

    ticket = base64url( n(24) ‖ XChaCha20-Poly1305( the seven words ) )
    cookie = base64url( n(24) ‖ XChaCha20-Poly1305( expires(8, LE) ‖ mailbox secret(32) ) )

Both keys come from the runtime key, which is made at every start: after a restart neither opens. A
ticket does not age, so that a form that lay open for hours can still be sent.
"""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from crypto.constants import NONCE
from crypto.errors import ProtocolError
from crypto.keys import MailboxSecret
from crypto.passphrase import Passphrase, WordList
from crypto.primitives import RandomBytes, aead_open, aead_seal
from dropbox import limits

_COOKIE: Final = struct.Struct("<Q32s")
_TICKET_KEY: Final = b"dropbox/plain/ticket"
_COOKIE_KEY: Final = b"dropbox/plain/cookie"


class NotOurs(Exception):
    """A ticket or cookie of another start of the server, too old, or of nobody's making."""


class Seals:
    """Seals and opens tickets and cookies under one runtime key of 32 bytes."""

    def __init__(self, key: bytes, words: WordList, random_bytes: RandomBytes) -> None:
        self._ticket = hmac.new(key, _TICKET_KEY, hashlib.sha256).digest()
        self._cookie = hmac.new(key, _COOKIE_KEY, hashlib.sha256).digest()
        self._words = words
        self._random_bytes = random_bytes

    def seal_ticket(self, passphrase: Passphrase) -> str:
        """A ticket that holds the words."""
        return self._seal(self._ticket, passphrase.expose().encode("ascii"))

    def open_ticket(self, ticket: str) -> Passphrase:
        """The words of a ticket. Raises ``NotOurs``."""
        plain = _open(self._ticket, ticket)
        try:
            return self._words.read(plain.decode("ascii"))
        except (ProtocolError, UnicodeDecodeError):
            raise NotOurs from None

    def seal_cookie(self, secret: MailboxSecret, now: int) -> str:
        """A cookie that holds a mailbox's secret, for 15 minutes from ``now`` (unix seconds)."""
        return self._seal(self._cookie, _COOKIE.pack(now + limits.SESSION_SECONDS, secret.expose()))

    def open_cookie(self, cookie: str, now: int) -> MailboxSecret:
        """The mailbox's secret. Raises ``NotOurs``, also after its time."""
        try:
            expires, secret = _COOKIE.unpack(_open(self._cookie, cookie))
        except struct.error:
            raise NotOurs from None
        if expires < now:
            raise NotOurs
        return MailboxSecret(secret)

    def _seal(self, key: bytes, plain: bytes) -> str:
        nonce = self._random_bytes(NONCE)
        return urlsafe_b64encode(nonce + aead_seal(key, nonce, plain)).decode("ascii")


def _open(key: bytes, text: str) -> bytes:
    try:
        packed = urlsafe_b64decode(text.encode("ascii"))
        if urlsafe_b64encode(packed).decode("ascii") != text:
            raise NotOurs  # each has one spelling
        return aead_open(key, packed[:NONCE], packed[NONCE:])
    except (ProtocolError, ValueError):
        raise NotOurs from None
