"""Whether somebody else may read what is written to a reporter.

Who lives with the one that a report is about can be made to open the mailbox. It shows nothing of
what was sent; so nothing that the team writes may say it either.
"""

from crypto.documents import Category, Report
from crypto.envelope import Chain
from dropbox.site.questions import DANGER
from inbox_ui.reading import OpenCase
from inbox_ui.work.answered import answers_to


def may_be_read(case: OpenCase) -> bool:
    """Whether a report is about a partner or the family, or says that somebody is in danger."""
    payloads = (each.payload for each in case.file.of(Chain.REPORTER))
    reports = (each for each in payloads if isinstance(each, Report))
    at_home = any(Category.PARTNER in each.categories for each in reports)
    return at_home or "yes" in answers_to(case.file, DANGER.name)
