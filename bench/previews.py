"""How long an analyst waits for a PDF of 20 pages, from its bytes to pictures for a browser: of
text, and of a scanned picture on each.

The start of its process, the closing of the jail and the search for what the file hides are
counted. Memory is the most that the process of the file had, as the kernel counts it: in one more
look, without bubblewrap, whose children the kernel does not count as ours.
"""

import json
import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Final

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from bench.budgets import PREVIEW, PREVIEW_MEMORY, PREVIEW_SCANS, Result
from bench.scale import Scale
from bench.servers import ROOT
from inbox_ui.preview.keeper import sealed
from inbox_ui.preview.limits import PAGES
from inbox_ui.preview.seeing import Task, available, command, listen, see
from inbox_ui.preview.walls import find_outer

_LINES: Final = 50
_KIB: Final = 1024
_SHEET: Final = (1654, 2339)
"""Pixels of a sheet of paper at 200 to the inch."""
_GRAIN: Final = 25


def measure(scale: Scale, _: Path) -> list[Result]:
    """The median of some looks, and the most memory of all."""
    command = [sys.executable, "-m", "bench.previews", str(scale.rounds)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    text, scans, memory = json.loads(done.stdout)
    return [
        Result(PREVIEW, median(text)),
        Result(PREVIEW_SCANS, median(scans)),
        Result(PREVIEW_MEMORY, memory),
    ]


def look(rounds: int) -> tuple[list[float], list[float], float]:
    """Seconds of each look, at text and at scans, and MiB for the text."""
    assert available()
    data = a_pdf()
    text = _look_at(data, rounds)
    alone = command(Task.LOOK)[len(find_outer()) :]
    with sealed(data) as file:
        assert listen(alone, file).failure is None
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _KIB
    return text, _look_at(a_scan(), rounds), memory


def _look_at(data: bytes, rounds: int) -> list[float]:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        seen = see(data)
        seconds.append(time.perf_counter() - began)
        assert (seen.failure, len(seen.pictures)) == (None, PAGES)
    return seconds


def a_pdf() -> bytes:
    """Pages full of text, with a drawing on each."""
    out = BytesIO()
    canvas = Canvas(out)
    for page in range(PAGES):
        for line in range(_LINES):
            words = f"Page {page + 1}, line {line + 1}: invented words about nobody at all."
            canvas.drawString(60, 780 - 14 * line, words)
        canvas.circle(300, 60, 30, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def a_scan() -> bytes:
    """Pages of one grainy picture in colours each."""
    out = BytesIO()
    sheets = [Image.effect_noise(_SHEET, _GRAIN).convert("RGB") for _ in range(PAGES)]
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


if __name__ == "__main__":
    print(json.dumps(look(int(sys.argv[1]))))
