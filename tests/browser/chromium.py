"""Debian's Chromium, driven by Playwright."""

import os
import shutil

from playwright.sync_api import Browser, Playwright


def open_browser(playwright: Playwright) -> Browser:
    """A headless browser; leaving it as a context ends its processes."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"),
        # Root has no user namespace of its own to put the sandbox into.
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
    )
