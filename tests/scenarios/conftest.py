"""The scenarios of DOMAIN §7, played from report to conclusion.

``stage``  a team, its server and its units, for the length of a test module
``pages``  the same, with a browser: then ``stage.page(person)`` and ``stage.writer()``
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import axe, browser
from tests.scenarios.stage import Stage, begin

__all__ = ["axe", "browser"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    yield from begin(tmp_path_factory.mktemp("stage"))


@pytest.fixture(scope="module")
def pages(stage: Stage, browser: Browser) -> Iterator[Stage]:
    stage.browser = browser
    yield stage
    stage.leave()
    stage.browser = None
