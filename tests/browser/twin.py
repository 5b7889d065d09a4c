"""The twin of ``crypto/`` as a browser gets it, with the shared vectors beside it, on loopback."""

from pathlib import Path

from dropbox.client.wordlist import words_file
from dropbox.site.assets import CONTENT_TYPES, read_assets
from tests.browser.pages import Answer

TESTS = Path(__file__).parent.parent
JS = CONTENT_TYPES[".js"]
_PAGE = b'<!doctype html><html lang="en"><title>Start</title>'


def answers() -> dict[str, Answer]:
    """Everything by its path: scripts at ``/static/js``, and ``tests/static`` and the vectors."""
    found = {
        asset.path.replace("/assets/", "/static/", 1): Answer(asset.content_type, asset.body)
        for asset in read_assets().values()
    }
    for path in (*TESTS.glob("static/*.js"), *TESTS.glob("vectors/*.json")):
        content_type = CONTENT_TYPES[path.suffix]
        found[f"/tests/{path.relative_to(TESTS)}"] = Answer(content_type, path.read_bytes())
    found["/static/words.txt"] = Answer(CONTENT_TYPES[".txt"], words_file())
    found["/"] = Answer(CONTENT_TYPES[".txt"].replace("plain", "html"), _PAGE)
    return found
