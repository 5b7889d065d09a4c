"""Challenges and session tokens: signed, dated, and in no database (docs/protocol.md §9).

    challenge = base64url( random(32) ‖ expires(8, LE) ) . HMAC
    session   = base64url( random(32) ‖ expires(8, LE) ‖ role(1) ‖ address(32) ) . HMAC
    work      = base64url( random(32) ‖ expires(8, LE) ‖ purpose(1) ‖ difficulty(1) ) . HMAC

The key is made when the server starts, or given by ``--runtime-key``; each kind has its own salt,
so that one is never taken for the other. What is remembered of a used or ended token is its random
part: the spelling of a token can vary, its content cannot.
"""

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from typing import Any, Final

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from dropbox import limits
from dropbox.store.jobs import Caller
from dropbox.store.refused import Refused
from dropbox.wire import Fault, Purpose, Role

RUNTIME_KEY: Final = 32
"""Bytes of the key."""

_ROLES: Final = (Role.MAILBOX, Role.ANALYST, Role.PUBLISHER)
_PURPOSES: Final = (Purpose.REPORT, Purpose.FILE)
_CHALLENGE: Final = struct.Struct("<32sQ")
_SESSION: Final = struct.Struct("<32sQB32s")
_WORK: Final = struct.Struct("<32sQBB")


@dataclass(frozen=True, slots=True)
class WorkToken:
    """What a work token says: its random part, its expiry, what it is for, the zero bits asked."""

    random: bytes
    expires: int
    purpose: Purpose
    difficulty: int


class Tokens:
    """Makes and reads the tokens of one runtime key. ``now`` is in unix seconds everywhere."""

    def __init__(self, key: bytes) -> None:
        self._challenges = _signer(key, b"dropbox/challenge")
        self._sessions = _signer(key, b"dropbox/session")
        self._work = _signer(key, b"dropbox/work")

    def make_challenge(self, now: int) -> str:
        """A new challenge."""
        packed = _CHALLENGE.pack(secrets.token_bytes(32), now + limits.CHALLENGE_SECONDS)
        return _write(self._challenges, packed)

    def read_challenge(self, token: str, now: int) -> tuple[bytes, int]:
        """A challenge's random part and expiry. Raises ``Refused`` when it is not ours or late."""
        random, expires = _read(self._challenges, token, _CHALLENGE)
        if expires < now:
            raise Refused(Fault.NO_SESSION)
        return random, expires

    def make_session(self, address: bytes, role: Role, now: int) -> str:
        """A new session's token."""
        number = _ROLES.index(role)
        expires = now + limits.SESSION_SECONDS
        packed = _SESSION.pack(secrets.token_bytes(32), expires, number, address)
        return _write(self._sessions, packed)

    def read_session(self, token: str, now: int) -> Caller:
        """Whose session it is. Raises ``Refused`` when it is not ours or has expired.

        Whether it was ended is asked in the transaction that does what the caller wants.
        """
        random, expires, number, address = _read(self._sessions, token, _SESSION)
        if expires < now:
            raise Refused(Fault.NO_SESSION)
        return Caller(address, _ROLES[number], hashlib.sha256(random).digest())

    def make_work(self, purpose: Purpose, difficulty: int, now: int) -> str:
        """A new work token."""
        expires = now + limits.WORK_SECONDS
        number = _PURPOSES.index(purpose)
        return _write(self._work, _WORK.pack(secrets.token_bytes(32), expires, number, difficulty))

    def read_work(self, token: str, now: int) -> WorkToken:
        """What a work token says. Raises ``Refused`` when it is not ours or has expired."""
        random, expires, number, difficulty = _read(self._work, token, _WORK, Fault.WORK_NEEDED)
        if expires < now:
            raise Refused(Fault.WORK_NEEDED)
        return WorkToken(random, expires, _PURPOSES[number], difficulty)


def _signer(key: bytes, salt: bytes) -> Signer:
    """A signer with a key of its own, derived once: a flood asks for it thousands of times."""
    derived = hmac.new(key, salt, hashlib.sha256).digest()
    return Signer(derived, salt, key_derivation="none", digest_method=hashlib.sha256)


def _write(signer: Signer, packed: bytes) -> str:
    return signer.sign(base64_encode(packed)).decode("ascii")


def _read(
    signer: Signer, token: str, form: struct.Struct, fault: Fault = Fault.NO_SESSION
) -> tuple[Any, ...]:
    try:
        return form.unpack(base64_decode(signer.unsign(token)))
    except (BadData, UnicodeError, struct.error):
        raise Refused(fault) from None
