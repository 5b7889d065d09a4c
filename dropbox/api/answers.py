"""What goes back: every answer of the server is an :class:`Answer`, with the fixed headers."""

from typing import Final

from aiohttp import hdrs, web
from multidict import CIMultiDict

from crypto.encoding import Document
from dropbox import limits
from dropbox.site.policy import FIXED_HEADERS
from dropbox.wire import FAULTS, WAIT_HEADER, Fault, Refusal

DOCUMENT: Final = "application/json"
BYTES: Final = "application/octet-stream"

_BODILESS: Final = frozenset({204, 304})


class Answer(web.Response):
    """A response with the fixed headers and without ``Server`` and ``Date``.

    No program of ours needs the time from a server, and a saved answer that has none cannot say
    when somebody was here: the day on a receipt is the finest time there is.
    """

    def __init__(self, status: int, body: bytes = b"", content_type: str = BYTES) -> None:
        headers = CIMultiDict(FIXED_HEADERS)
        if status not in _BODILESS:
            headers[hdrs.CONTENT_TYPE] = content_type
        super().__init__(status=status, body=body, headers=headers)

    async def _prepare_headers(self) -> None:
        """Take back what aiohttp adds on its own; there is no public place to do so."""
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)
        self.headers.popall(hdrs.DATE, None)


def document(answer: Document) -> Answer:
    """200 with a document."""
    return Answer(200, answer.to_bytes(), DOCUMENT)


def raw(data: bytes) -> Answer:
    """200 with bytes: a signed directory, a parcel, a part."""
    return Answer(200, data)


def done() -> Answer:
    """204."""
    return Answer(204)


_REFUSALS: Final = {
    fault: (status, Refusal(fault, sentence).to_bytes())
    for fault, (status, sentence) in FAULTS.items()
}


def refusal(fault: Fault, wait: int = 0) -> Answer:
    """The one answer there is for a fault, and with one that passes, how many seconds to wait."""
    status, body = _REFUSALS[fault]
    answer = Answer(status, body, DOCUMENT)
    if seconds := wait or limits.WAITS.get(fault, 0):
        answer.headers[WAIT_HEADER] = str(seconds)
    return answer
