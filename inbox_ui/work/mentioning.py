"""What two people agreed is only mentioned in a case."""

from crypto.envelope import NO_PREV, Chain
from inbox_ui.reading import OpenCase
from inbox_ui.work.agreeing import Agreement, fold
from inbox_ui.work.conflicts import Ground, Reason
from inbox_ui.work.mentions import Mention, Mentioned
from inbox_ui.work.records import pieces, records_of


def newest_seen(case: OpenCase) -> bytes:
    """The newest entry of the reporter's: what is said of a case is said as far as that."""
    entries = case.file.of(Chain.REPORTER)
    return entries[-1].id if entries else NO_PREV


def agreement_on(case: OpenCase, unit: str, of: Mentioned, whom: str) -> Agreement:
    """How it stands with one thing that keeps a case from a unit. Only the word of those who have
    the case counts, or of intake while nobody has it; and only until the reporter writes again."""
    seen = newest_seen(case)
    steps = [
        (record.author, said.step)
        for record, said in pieces(records_of(case), Mention)
        if (said.unit, said.of, said.whom, said.seen) == (unit, of, whom, seen)
    ]
    return fold(steps, case.file.handlers or {author for author, _ in steps})


def set_aside(case: OpenCase, unit: str) -> frozenset[Ground]:
    """What two people agreed is only mentioned, of what keeps a case from a unit."""
    said = {(each.of, each.whom) for _, each in pieces(records_of(case), Mention)}
    return frozenset(
        Ground(Reason(of.value), whom)
        for of, whom in said
        if agreement_on(case, unit, of, whom).is_released
    )
