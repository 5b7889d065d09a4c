"""The words for what is found in a file: one for each kind, the same as the command line's."""

import re

from dropbox.report import words
from dropbox.report.metadata.findings import Kind
from dropbox.site.rendering import make_environment


def rendered() -> str:
    return make_environment().get_template("pages/_findings.html").render()


def test_every_kind_has_the_words_that_the_command_line_has() -> None:
    said = re.findall(r'<li data-finding="([a-z-]+)">([^<]+)<', rendered())
    assert said == [(kind.value, words.FINDINGS[kind]) for kind in Kind]


def test_what_was_not_looked_at_is_said() -> None:
    limits = re.search(r'<p data-file="limits">([^<]+)</p>', rendered())
    assert limits is not None
    assert limits[1] == words.NOT_LOOKED.replace("\n", " ")
