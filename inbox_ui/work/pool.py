"""How many people know what a report says, in the reporter's own word.

Where few know, each of them can be told apart by what is passed on. So the reporter's answer is
shown whatever an analyst makes of it later, to the second person too, who reads every report. What
an analyst has said of a small pool is not taken back without a reason, which is shown to them too.
"""

from dropbox.site.questions import FEW, HOW_MANY
from inbox_ui.reading import OpenCase
from inbox_ui.work.answered import answers_to
from inbox_ui.work.intelligence import Draft, Pool, Widened
from inbox_ui.work.records import Record


def few_know(case: OpenCase) -> bool:
    """Whether the reporter says that five people or fewer know it."""
    return FEW in answers_to(case.file, HOW_MANY.name)


def first_pool(case: OpenCase) -> Pool:
    """What an intelligence report of the case begins with."""
    return Pool.FEW if few_know(case) else Pool.UNKNOWN


def why_not_few(records: tuple[Record, ...], ref: str) -> tuple[str, ...] | None:
    """The reasons that were given since a version of the report ``ref`` said last that few know it.

    ``None`` where none has said so: then no reason is asked for.
    """
    reasons: tuple[str, ...] | None = None
    for record in records:
        match record.piece:
            case Draft(pool=Pool.FEW) as draft if draft.report.ref == ref:
                reasons = ()
            case Widened() as widened if widened.ref == ref and reasons is not None:
                reasons = (*reasons, widened.why)
    return reasons
