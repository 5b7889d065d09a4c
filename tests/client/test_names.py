"""A name somebody gave a file never becomes a path (T30, T37)."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.client.names import safe_name

HOSTILE = [
    "../../x",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\x",
    "C:x",
    "a\x00b",
    "%2e%2e%2fx",
    "x" * 300,
    "x" * 300 + ".txt",
    "a\u202etxt.exe",
    "CON",
    "nul.txt",
    "LPT1.doc",
    "a\nb",
    ".bashrc",
    "...",
    "",
    " ",
    ".",
    "..",
    "-rf",
    "~",
    "a/",
    "日本",
    "<script>alert(1)</script>.html",
    "$(reboot)",
    "a`b`",
    "x.",
    "'.'",
]


def is_safe(name: str) -> bool:
    return bool(
        re.fullmatch(r"[\w()+][\w .()+-]*", name, re.ASCII)
        and len(name) <= 120
        and Path(name).name == name
        and not name.endswith((".", " "))
        and not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str) -> None:
    assert is_safe(safe_name(name)), safe_name(name)


@given(st.text(max_size=300))
def test_every_name(name: str) -> None:
    assert is_safe(safe_name(name))


@pytest.mark.parametrize("name", ["plan.pdf", "Rota (2).xlsx", "a_b-c+d.txt"])
def test_plain_names_stay(name: str) -> None:
    assert safe_name(name) == name


def test_the_ending_is_kept() -> None:
    assert safe_name("é" * 200 + ".jpeg").endswith(".jpeg")
