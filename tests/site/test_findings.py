"""The words for what is found in a file: one for each kind, the same as the command line's."""

import re

from dropbox.client.metadata.findings import Kind
from dropbox.client.metadata.labels import FINDINGS
from dropbox.site.rendering import make_environment


def rendered() -> str:
    return make_environment().get_template("pages/_findings.html").render()


def test_every_kind_has_the_words_that_the_command_line_has() -> None:
    said = re.findall(r'<template data-finding="([a-z-]+)">([^<]+)<', rendered())
    assert said == [(kind.value, FINDINGS[kind]) for kind in Kind]
