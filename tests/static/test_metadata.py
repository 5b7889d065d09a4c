"""The browser's half of looking files through: the same findings as the command line's, the same
pixels behind it, in Node.js; `tests/browser/test_metadata.py` does it where it is used."""

import base64
import json
import os
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dropbox.client.metadata.findings import Kind
from dropbox.client.metadata.inspecting import inspect
from tests.report.test_metadata import pixels, turned
from tests.samples import Sample, samples, write

ROOT = Path(__file__).resolve().parents[2]
PICTURES = [each for each in samples() if each.kind in {"jpeg", "png", "webp"}]


def node(*arguments: str | Path, **environment: str) -> str:
    command = ("sh", "static/node.sh", "node", *map(str, arguments))
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    write(made := tmp_path_factory.mktemp("samples"))
    return made


@pytest.fixture(scope="module")
def inspected(folder: Path) -> dict[str, Any]:
    return dict(json.loads(node("tests/static/inspect.mjs", folder)))


@pytest.mark.slow
def test_its_own_tests_pass(folder: Path) -> None:
    node("--test", "tests/static/metadata.test.mjs", SAMPLES=str(folder))


def test_both_know_the_same_kinds() -> None:
    module = "./static/js/metadata/findings.js"
    printed = node("-e", f"import('{module}').then((all) => console.log(all.KINDS.join(' ')))")
    assert printed.split() == [each.value for each in Kind]


@pytest.mark.parametrize("sample", samples(), ids=lambda each: each.name)
def test_both_find_the_same(sample: Sample, inspected: dict[str, Any]) -> None:
    ours, theirs = inspect(BytesIO(sample.content)), inspected[sample.name]
    assert theirs["kind"] == ours.kind
    said = [(each["kind"], each.get("value", "")) for each in theirs["findings"]]
    assert said == [(each.kind.value, each.value) for each in ours.findings]
    # Only the command line writes PDF files anew.
    assert theirs["strippable"] == (sample.strippable and sample.kind != "pdf")


@pytest.mark.parametrize("sample", PICTURES, ids=lambda each: each.name)
def test_a_picture_keeps_its_pixels(sample: Sample, inspected: dict[str, Any]) -> None:
    stripped = base64.b64decode(inspected[sample.name]["stripped"])
    assert pixels(stripped) == pixels(sample.content)
    assert turned(stripped) == turned(sample.content)
