"""Programs of the operating system that some tests need."""

import os
import shutil
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


def need(program: str, package: str) -> str:
    """Where ``program`` is. Where it is not, the test skips; as root or with CI=true it fails."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is not None:
        return found
    sentence = f"{program} is missing: apt-get install {package}"
    if os.geteuid() == 0 or os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def replaced(text: str, **changes: tuple[str, str]) -> str:
    """``text`` with each old piece made new; fails where one is not there."""
    for old, new in changes.values():
        assert old in text, f"not in the file any more: {old}"
        text = text.replace(old, new)
    return text
