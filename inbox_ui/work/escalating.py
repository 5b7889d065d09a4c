"""A risk to life: said at once, with nothing filled in, and answered step by step until it is over.

It is over where its last step says so and was written by somebody who had seen the step before: an
end that crossed with something new does not hide it.
"""

from inbox_ui.work.pieces import Escalation
from inbox_ui.work.records import Record, pieces, written_blind


def is_open(records: tuple[Record, ...]) -> bool:
    """Whether there is a risk to life that nobody has ended."""
    steps = pieces(records, Escalation)
    if not steps:
        return False
    newest, last = steps[-1]
    return not last.over or newest.id in written_blind(records)
