"""Whether somebody else may read what is written to a reporter (DOMAIN 4, R2 and R12; S05).

Who lives with the one that a report is about can be made to open the mailbox. It shows nothing of
what was sent; so nothing that the team writes may say it either.
"""

from crypto.documents import Category, Report
from crypto.envelope import Chain
from dropbox.site.questions import DANGER
from inbox_ui.reading import OpenCase


def may_be_read(case: OpenCase) -> bool:
    """Whether the report is about a partner or the family, or says that somebody is in danger."""
    return any(
        Category.PARTNER in entry.payload.categories
        or any(
            (each.question, each.answer) == (DANGER.name, "yes") for each in entry.payload.answers
        )
        for entry in case.file.of(Chain.REPORTER)
        if isinstance(entry.payload, Report)
    )
