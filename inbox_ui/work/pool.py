"""How many people know what a report says, in the reporter's own word.

Where few know, each of them can be told apart by what is passed on. So the reporter's answer is
shown whatever an analyst makes of it later, to the second person too, who reads every report.
"""

from dropbox.site.questions import FEW, HOW_MANY
from inbox_ui.reading import OpenCase
from inbox_ui.work.answered import answers_to
from inbox_ui.work.intelligence import Pool


def few_know(case: OpenCase) -> bool:
    """Whether the reporter says that five people or fewer know it."""
    return FEW in answers_to(case.file, HOW_MANY.name)


def first_pool(case: OpenCase) -> Pool:
    """What an intelligence report of the case begins with."""
    return Pool.FEW if few_know(case) else Pool.UNKNOWN
