"""Invented files that go with reports: each hides something, as such files do."""

import io

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

_ROWS = 24


def photo() -> bytes:
    """A grey picture that says which camera took it, and when."""
    tags = Image.Exif()
    tags[0x0110], tags[0x0132] = "DEMO camera", "2026:03:04 02:14:00"
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "grey").save(file, "JPEG", exif=tags)
    return file.getvalue()


def claims() -> bytes:
    """Two pages of a form, whose file names who made it."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    canvas.setTitle("DEMO claims")
    canvas.setAuthor("DEMO clerk")
    canvas.setCreator("DEMO copier 4471")
    for page in (1, 2):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(72, 760, f"DEMO overtime claims, page {page}")
        canvas.setFont("Helvetica", 12)
        for row in range(_ROWS):
            canvas.drawString(72, 720 - 24 * row, f"2026-07-{row + 1:02}   6 hours   Insp Adair")
        canvas.showPage()
    canvas.save()
    return file.getvalue()
