"""axe-core, which looks for barriers on a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "static/node_modules/axe-core/axe.min.js"


def violations(page: Page, *rules: str) -> list[str]:
    """One line per broken rule (of ``rules``, else of all), with the first places.

    The page's policy does not stop it.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SOURCE.read_text("utf-8"))
    # wcag22aa is the only set that is off unless asked for: the size of targets.
    options: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
    if rules:
        options = {"runOnly": {"type": "rule", "values": list(rules)}}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(result => result.violations)", options
    )
    return [
        f"{each['id']}: {each['help']}: "
        + "; ".join(f"{node['target'][0]} {node['failureSummary']}" for node in each["nodes"][:3])
        for each in found
    ]
