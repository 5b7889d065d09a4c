"""Whether two requests ask for the same thing (docs/protocol.md §9, bundles).

A secret that is wrapped anew has other bytes each time. Whoever makes such a request again has to
find the answer to the one before, which did the same.
"""

from typing import Final

from crypto.errors import ProtocolError
from crypto.groups import named_grant
from dropbox.wire import pack, unpack

_WRAPS: Final = "/api/wraps"
_GRANTS: Final = "/api/grants"


def gist(path: str, body: bytes) -> bytes:
    """What the request says, apart from wraps, which are new each time.

    Of wraps: mailbox, recipient and envelopes. Of grants: whose group's secret goes to which pair
    of whom. Of anything else, and of what has not the form it should have: all of it.
    """
    try:
        if path == _WRAPS:
            return unpack(body)[0]
        if path == _GRANTS:
            document, blobs = unpack(body)
            grants = [named_grant(each) for each in blobs]
            return pack(document, [each.group + each.analyst + each.receiving for each in grants])
    except ProtocolError:
        return body
    return body
