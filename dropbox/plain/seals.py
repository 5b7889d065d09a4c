"""What a browser keeps for us, sealed with a key of the running server (docs/protocol.md §10).

    ticket = base64url( n(24) ‖ XChaCha20-Poly1305( the seven words ) )
    cookie = base64url( n(24) ‖ XChaCha20-Poly1305( expires(8, LE) ‖ ends(8, LE) ‖ secret(32) ) )
    news   = base64url( n(24) ‖ XChaCha20-Poly1305( expires(8, LE) ‖ text ) )

Each has a key of its own, which comes from the runtime key. That is made at every start: after a
restart none opens. A ticket does not age, so that a form that lay open for hours can still be sent.
"""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from crypto.constants import NONCE
from crypto.errors import ProtocolError
from crypto.keys import MailboxSecret
from crypto.passphrase import Passphrase, WordList
from crypto.primitives import RandomBytes, aead_open, aead_seal
from dropbox import limits

_COOKIE: Final = struct.Struct("<QQ32s")
_NEWS: Final = struct.Struct("<Q")
_TICKET_KEY: Final = b"dropbox/plain/ticket"
_COOKIE_KEY: Final = b"dropbox/plain/cookie"
_NEWS_KEY: Final = b"dropbox/plain/news"


class NotOurs(Exception):
    """A ticket or cookie of another start of the server, too old, or of nobody's making."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A mailbox that was opened with its words, and when that ends for good (unix seconds)."""

    secret: MailboxSecret
    ends: int


class Seals:
    """Seals and opens tickets, cookies and news under one runtime key of 32 bytes."""

    def __init__(self, key: bytes, words: WordList, random_bytes: RandomBytes) -> None:
        self._ticket = hmac.new(key, _TICKET_KEY, hashlib.sha256).digest()
        self._cookie = hmac.new(key, _COOKIE_KEY, hashlib.sha256).digest()
        self._news = hmac.new(key, _NEWS_KEY, hashlib.sha256).digest()
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

    def begin(self, secret: MailboxSecret, now: int) -> Sitting:
        """A sitting that begins now. However busy it is, it ends after two hours."""
        return Sitting(secret, now + limits.SITTING_SECONDS)

    def seal_cookie(self, sitting: Sitting, now: int) -> str:
        """A cookie that holds a sitting, for 15 minutes from ``now`` (unix seconds)."""
        expires = min(now + limits.SESSION_SECONDS, sitting.ends)
        return self._seal(
            self._cookie, _COOKIE.pack(expires, sitting.ends, sitting.secret.expose())
        )

    def open_cookie(self, cookie: str, now: int) -> Sitting:
        """The sitting of a cookie. Raises ``NotOurs``, also after its time."""
        try:
            expires, ends, secret = _COOKIE.unpack(_open(self._cookie, cookie))
        except struct.error:
            raise NotOurs from None
        if expires < now:
            raise NotOurs
        return Sitting(MailboxSecret(secret), ends)

    def seal_news(self, text: str, now: int) -> str:
        """What the page behind a form shall say, for ten minutes."""
        return self._seal(self._news, _NEWS.pack(now + limits.NEWS_SECONDS) + text.encode())

    def open_news(self, news: str, now: int) -> str:
        """What was sealed. Raises ``NotOurs``, also after its time."""
        packed = _open(self._news, news)
        if len(packed) < _NEWS.size or _NEWS.unpack_from(packed)[0] < now:
            raise NotOurs
        return packed[_NEWS.size :].decode()

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
