"""The built style sheet, icon and scripts, read once and served from memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

_HERE: Final = Path(__file__).parent
PLACES: Final = (_HERE / "dist", _HERE.parent.parent / "static" / "dist")
"""Where a wheel carries the build, and where an editable install reads it in place."""
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}
"""Everything that is built, and nothing else is served."""
_NEEDED: Final = "site.css"
_WORKSTATION: Final = "/assets/workstation"


@dataclass(frozen=True)
class Asset:
    """One file that pages load."""

    path: str
    """Its path on the server, such as ``/assets/site.css``."""
    body: bytes
    content_type: str


class NotBuilt(Exception):
    """The style sheet and scripts were not built. ``hint`` says how to."""

    sentence: Final = "The style sheet and scripts of the pages have not been built."
    hint: Final = "make setup"

    def __init__(self) -> None:
        super().__init__(self.sentence)


def read_assets(*places: Path) -> Mapping[str, Asset]:
    """Every built asset by its path, from the first of ``places`` that has a build.

    Without ``places``, from this installation (:data:`PLACES`). Raises :class:`NotBuilt` when
    there is no build, or one without the style sheet.
    """
    for folder in (place / "assets" for place in places or PLACES):
        if (folder / _NEEDED).is_file():
            return MappingProxyType({each.path: each for each in _read(folder)})
    raise NotBuilt


def reporters_assets(assets: Mapping[str, Asset]) -> Mapping[str, Asset]:
    """Those of ``assets`` that a reporter's pages load: all but the workstation's scripts."""
    return {path: each for path, each in assets.items() if not path.startswith(_WORKSTATION)}


def _read(folder: Path) -> Iterator[Asset]:
    for file in sorted(folder.rglob("*")):
        if file.suffix in CONTENT_TYPES and not file.name.startswith("."):
            path = f"/assets/{file.relative_to(folder).as_posix()}"
            yield Asset(path, file.read_bytes(), CONTENT_TYPES[file.suffix])
