"""What a browser is served is what stands in ``static/js``, line by line, without the comments."""

from pathlib import Path

import pytest

from dropbox.site.assets import read_assets

SOURCES = Path(__file__).resolve().parents[2] / "static/js"
SERVED = {
    path: asset.body.decode("utf-8")
    for path, asset in read_assets().items()
    if path.startswith("/assets/js/") and "/vendor/" not in path
}


def _code(source: str) -> list[str]:
    """The lines of a script that are no comment on lines of its own."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        stripped = line.strip()
        if inside or (stripped.startswith("/**") and "*/" not in stripped):
            inside = not stripped.endswith("*/")
        elif not (stripped.startswith("//") or (stripped[:3] == "/**" and stripped[-2:] == "*/")):
            lines.append(line)
    return lines


def test_every_script_is_served_and_nothing_else() -> None:
    sources = {
        f"/assets/js/{path.relative_to(SOURCES).as_posix()}"
        for path in SOURCES.rglob("*.js")
        if not path.name.startswith("workstation")
    }
    assert set(SERVED) == sources


@pytest.mark.parametrize("path", sorted(SERVED))
def test_a_script_is_served_line_by_line_without_its_comments(path: str) -> None:
    source = (SOURCES / path.removeprefix("/assets/js/")).read_text("utf-8")
    served = [line for line in SERVED[path].splitlines() if line]
    assert served == [line for line in _code(source) if line]
    assert "@param" not in SERVED[path]
