"""A transport without a network: it answers with what a bundle brought, and notes what is asked.

So a sync over a bundle is the same sync. What has no answer yet raises ``Deferred``; the next
bundle asks for it. Sessions are opened here, where nobody has to be convinced of anything.
"""

from collections.abc import Mapping
from typing import Final

from crypto.certificates import Certificate, CertificateRole
from crypto.signed import split
from dropbox.client.errors import AnswerTooLong, Deferred
from dropbox.client.transport import Answer
from dropbox.wire import SESSION_HEADER, Challenge, Login, Role, Session
from inbox_ui.bundles import Asked, Method, Request
from inbox_ui.carried import Carried

_OK: Final = 200
_DONE: Final = 204
_CHALLENGE: Final = Challenge("bundle").to_bytes()


class Replay:
    """A :class:`~dropbox.client.transport.Transport` that answers from ``carried``.

    ``final``: a refusal counts. Where the next bundle is made it does not: what was refused, and is
    still wanted, is tried again.
    """

    def __init__(self, carried: Carried, *, final: bool) -> None:
        self._carried = carried
        self._final = final
        self.asked: Final[dict[bytes, Asked]] = {}
        """Every request of the sync, in its order, by its key."""

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, limit: int
    ) -> Answer:
        """The answer that was brought. Raises ``Deferred``, or ``AnswerTooLong``."""
        if path == "/api/challenge":
            return Answer(_OK, _CHALLENGE)
        if path == "/api/session":
            return Answer(_OK, _open_session(body)) if method == "POST" else Answer(_DONE, b"")
        role = Role(headers.get(SESSION_HEADER, Role.ANALYST))
        asked = Asked(Request(role, Method(method), path), body)
        self.asked[asked.key] = asked
        answer = self._carried.answer(asked.key)
        refused = answer is not None and method == "POST" and answer.status not in (_OK, _DONE)
        if answer is None or (refused and not self._final):
            raise Deferred
        if len(answer.body) > limit:
            raise AnswerTooLong
        return answer

    async def close(self) -> None:
        """Nothing is held."""


def _open_session(body: bytes) -> bytes:
    """A session whose token is the role that the certificate is for."""
    certificate = Login.from_bytes(body).certificate
    assert certificate is not None
    named = Certificate.from_bytes(split(certificate)[1]).role
    role = Role.PUBLISHER if named is CertificateRole.PUBLISHER else Role.ANALYST
    return Session(role.value, role).to_bytes()
