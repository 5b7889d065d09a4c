"""Debian's Chromium, driven by Playwright."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright


def open_browser(playwright: Playwright, *arguments: str) -> Browser:
    """A headless browser; leaving it as a context ends its processes."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=[*_arguments(), *arguments]
    )


def open_profile(playwright: Playwright, profile: Path, *, back: bool = False) -> BrowserContext:
    """A headless browser of its own that keeps what it keeps in the folder ``profile``.

    ``back``: it keeps pages for "Back" in memory too, which Playwright switches off.
    """
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=_arguments(),
        ignore_default_args=["--disable-back-forward-cache"] if back else [],
    )


def _arguments() -> list[str]:
    """Root has no user namespace of its own to put the sandbox into."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
