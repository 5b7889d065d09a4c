"""What a test needs of the machine.

A test whose program is missing skips, and is counted at the end. As root, who can install it, and
with ``CI=true`` it fails instead: what nobody has looked at must not look like what has passed.
"""

import os
import shutil
from collections.abc import Callable

import pytest

from tests import postgres


def _program(name: str) -> Callable[[], bool]:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return lambda: shutil.which(name, path=path) is not None


PROGRAMS: dict[str, tuple[Callable[[], bool], str]] = {
    "postgresql": (lambda: postgres.binaries() is not None, "postgresql"),
    "systemd": (_program("systemd-analyze"), "systemd"),
    "nginx": (_program("nginx"), "nginx"),
    "tor": (_program("tor"), "tor"),
    "chromium": (_program("chromium"), "chromium"),
    "bwrap": (_program("bwrap"), "bubblewrap"),
    "strace": (_program("strace"), "strace"),
    "cc": (_program("cc"), "gcc libc6-dev"),
}
"""For each, whether it is there, and the package of Debian's that brings it."""


def is_strict() -> bool:
    """Whether a test that cannot be done is a failure."""
    return os.geteuid() == 0 or os.environ.get("CI") == "true"


def needs(program: str) -> None:
    """Return where ``program`` is there; else skip, or fail."""
    there, package = PROGRAMS[program]
    if there():
        return
    sentence = f"{program} is missing: apt-get install {package}"
    if is_strict():
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def needs_root() -> None:
    """Skip where the kernel lets only root do what the test does. There is nothing to install."""
    if os.geteuid() != 0:
        pytest.skip("the kernel allows this to root alone")
