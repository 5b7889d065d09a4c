"""Whether the reporter has written since the team last said how something stands in a case.

Between the chains the order is the one in which the entries came (:attr:`OpenCase.entries`).
"""

from collections.abc import Container

from crypto.documents import Closed, ContactWithdrawn
from crypto.envelope import Chain
from crypto.opening import Entry, Payload
from inbox_ui.reading import OpenCase


def has_written_since(case: OpenCase, said: Container[bytes]) -> bool:
    """Whether something of the reporter's came after the last of the entries ``said``, by their
    ids. What does not open counts too: it may hold anything. With none of ``said`` in the case,
    nothing has come since."""
    newer = False
    for entry in reversed(case.entries):
        if entry.id in said:
            return newer
        newer = newer or _may_say_something(entry)
    return False


def _may_say_something(entry: Entry[Payload]) -> bool:
    if entry.chain is not Chain.REPORTER or isinstance(entry.payload, Closed | ContactWithdrawn):
        return False
    return entry.payload is not None or entry.problem is not None
