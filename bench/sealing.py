"""How many reports a second the reporter's browser seals, in real Chromium.

Against the same operations of libsodium called bare, in the same page: the signature, both AEADs,
the hash of the body, ML-KEM and the sealed box. What the twin does besides is writing the document
in its one form, hashing what is bound together, deriving keys, padding, and checking its draft. The
passphrase is left out of both: its Argon2id is slow on purpose.
"""

from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.budgets import SEALED, SEALED_BARE, SEALED_RATIO, Result
from bench.rounds import Measure, compare
from bench.scale import Scale
from bench.team import TEXT, Team, today
from dropbox.site.policy import POLICY
from tests.browser.chromium import open_browser
from tests.browser.pages import Answer, Pages
from tests.browser.twin import JS, answers

SCRIPT = "/bench/sealing.js"
PREPARE = f"""async (team) => {{
  const {{ prepare }} = await import("{SCRIPT}");
  globalThis.sealing = await prepare(team);
  return sealing.isCompiled;
}}"""


def measure(scale: Scale, folder: Path) -> list[Result]:
    """Both rates and their ratio."""
    team = Team.found()
    served = answers()
    served[SCRIPT] = Answer(JS, Path(__file__).with_suffix(".js").read_bytes())
    with (
        Pages(served, POLICY) as pages,
        sync_playwright() as playwright,
        open_browser(playwright) as browser,
    ):
        page = browser.new_page()
        page.goto(pages.origin)
        compiled = page.evaluate(PREPARE, _laid_out(team))
        assert compiled, "Chromium has no WebAssembly here"
        ours, bare = (_measure(page, which, scale.sealed) for which in ("ours", "bare"))
        compared = compare(ours, bare, scale.rounds)
    return [
        Result(SEALED, compared.ours),
        Result(SEALED_BARE, compared.other),
        Result(SEALED_RATIO, compared.ratio),
    ]


def _measure(page: Page, which: str, count: int) -> Measure:
    def run(_: int) -> float:
        rate: float = page.evaluate(f"(count) => sealing.{which}(count)", count)
        return rate

    return run


def _laid_out(team: Team) -> dict[str, Any]:
    def text(data: bytes) -> str:
        return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

    return {
        "directory": text(team.signed),
        "root": text(team.founded.vault.service),
        "text": TEXT,
        "today": today().isoformat(),
    }
