"""An intelligence report as PDF: the same bytes for the same report, and nothing of who made it.

Every line is drawn as text: nothing in a report is read as markup, a link or a file. The file says
of itself neither author, nor program, nor time, and its identifier is made from the report.
"""

import io
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pikepdf
import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from inbox_ui.work import release_words as words
from inbox_ui.work.corruption import Corruption
from inbox_ui.work.intelligence import Handling, Intelligence

_MARGIN: Final = 56
_LINE: Final = 14
_SIZE: Final = 10
_TITLE: Final = 14
_PLAIN: Final = "ReportPlain"
_BOLD: Final = "ReportBold"
_FONTS: Final = {_PLAIN: "Vera.ttf", _BOLD: "VeraBd.ttf"}
_NO_GLYPH: Final = "\N{WHITE SQUARE}"
_WELSH: Final = {"ŵ": "w", "Ŵ": "W", "ŷ": "y", "Ŷ": "Y"}
"""Letters that the font lacks, and those that a circumflex above makes into them."""
_CIRCUMFLEX: Final = (
    (-36, 800), (36, 800), (156, 616), (88, 616), (0, 736), (-88, 616), (-156, 616),
)  # fmt: skip
"""That of the font, in thousandths of a letter's size, from the middle of what is below it. It is a
shape and no letter, so that who takes the text out of the file finds the Welsh letter alone."""
_HIGHER: Final = 128
"""How much higher it is above a capital."""


def draw(report: Intelligence) -> bytes:
    """The PDF of a report."""
    _load_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    _Pages(canvas, report).draw()
    canvas.save()
    return _without_maker(buffer.getvalue())


def _without_maker(drawn: bytes) -> bytes:
    """Without what the library says of itself."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        if "/Metadata" in pdf.Root:
            del pdf.Root["/Metadata"]
        pdf.save(out, deterministic_id=True, linearize=False)
    return out.getvalue()


@cache
def _load_fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in _FONTS.items():
        font = TTFont(name, str(folder / file))
        for letter, plain in _WELSH.items():
            font.face.charToGlyph[ord(letter)] = font.face.charToGlyph[ord(plain)]
            font.face.charWidths[ord(letter)] = font.face.charWidths[ord(plain)]
        pdfmetrics.registerFont(font)


class _Pages:
    """The lines of a report, from page to page, each with the marking above and below."""

    def __init__(self, canvas: Canvas, report: Intelligence) -> None:
        self._canvas = canvas
        self._report = report
        self._page = 0
        self._lacking = False
        self._width, self._height = A4
        self._at = 0.0

    def draw(self) -> None:
        self._begin_page()
        self._write(words.PDF_TITLE.format(ref=self._report.ref), _BOLD, _TITLE)
        for heading, lines in sections(self._report):
            self._gap()
            self._write(heading, _BOLD, _SIZE)
            for line in lines:
                self._write(line, _PLAIN, _SIZE)
        if self._lacking:
            self._gap()
            self._write(words.PDF_LACKING, _PLAIN, _SIZE)
        self._canvas.showPage()

    def _gap(self) -> None:
        self._at -= _LINE / 2

    def _write(self, text: str, font: str, size: int) -> None:
        for paragraph in self._shown(text).split("\n"):
            for line in simpleSplit(paragraph, font, size, self._width - 2 * _MARGIN) or [""]:
                if self._at < _MARGIN + 2 * _LINE:
                    self._canvas.showPage()
                    self._begin_page()
                self._canvas.setFont(font, size)
                self._canvas.drawString(_MARGIN, self._at, line)
                self._draw_circumflexes(line, font, size)
                self._at -= _LINE if size == _SIZE else 1.5 * _LINE

    def _draw_circumflexes(self, line: str, font: str, size: int) -> None:
        for place, letter in enumerate(line):
            if letter in _WELSH:
                before, width = (stringWidth(text, font, size) for text in (line[:place], letter))
                middle, higher = _MARGIN + before + width / 2, _HIGHER * letter.isupper()
                first, *others = (
                    (middle + x * size / 1000, self._at + (y + higher) * size / 1000)
                    for x, y in _CIRCUMFLEX
                )
                path = self._canvas.beginPath()
                path.moveTo(*first)
                for each in others:
                    path.lineTo(*each)
                self._canvas.drawPath(path, stroke=0, fill=1)

    def _begin_page(self) -> None:
        self._page += 1
        self._at = self._height - _MARGIN - 2 * _LINE
        self._canvas.setFont(_BOLD, _SIZE)
        self._canvas.drawCentredString(
            self._width / 2, self._height - _MARGIN, self._report.marking
        )
        foot = words.PDF_FOOT.format(
            marking=self._report.marking, ref=self._report.ref, page=self._page
        )
        self._canvas.drawCentredString(self._width / 2, _MARGIN / 2, foot)

    def _shown(self, text: str) -> str:
        glyphs: Any = pdfmetrics.getFont(_PLAIN).face.charToGlyph
        return "".join(self._letter(each, glyphs) for each in unicodedata.normalize("NFC", text))

    def _letter(self, letter: str, glyphs: Any) -> str:
        if letter == "\n" or (ord(letter) in glyphs and letter.isprintable()):
            return letter
        if letter.isspace():
            return " "
        self._lacking = True
        plain = unicodedata.normalize("NFD", letter)[0]
        return plain if ord(plain) in glyphs and plain.isprintable() else _NO_GLYPH


def sections(report: Intelligence) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a report says, in order: headings and their lines. A page shows the same."""
    yield (
        words.ABOUT,
        (
            words.REF.format(ref=report.ref),
            *(words.LINKED.format(ref=each) for each in report.linked),
            words.CREATED.format(day=report.created),
            words.FROM.format(unit=report.unit),
            words.RECIPIENTS.format(units=", ".join(report.recipients)),
            words.MARKING.format(marking=report.marking),
            words.INSTRUCTION.format(said=report.instruction),
        ),
    )
    yield words.SOURCE_HEAD, (words.SOURCES[report.source],)
    for number, item in enumerate(report.items, 1):
        lines = [item.text, words.INFORMATION[item.information]]
        if item.reason:
            lines.append(words.REASON.format(said=item.reason))
        lines.append(words.HANDLING[item.handling])
        if item.handling is Handling.CONDITIONS:
            lines.append(words.CONDITIONS.format(said=item.conditions))
        yield words.ITEM.format(number=number), tuple(lines)
    for number, subject in enumerate(report.subjects, 1):
        named = (
            (words.NAME, subject.name),
            (words.NUMBER, subject.number),
            (words.ROLE, subject.role),
            (words.TEAM, subject.team),
            (words.FORCE, subject.force),
        )
        yield (
            words.SUBJECT.format(number=number),
            tuple(label.format(said=said) for label, said in named if said),
        )
    yield (
        words.KIND,
        (
            *(words.CATEGORIES[each] for each in report.categories),
            *(words.CORRUPTION[Corruption(each)] for each in report.corruption),
        ),
    )
    present = report.present.to_json()
    answered = ", ".join(each for each in present if present[each]) or words.NONE
    yield words.PRESENT, (answered,)
    yield words.CHECKS, (report.checks or words.NONE,)
    yield words.RISK_SOURCE, (report.risk_source or words.NONE,)
    yield words.RISK_OTHERS, (report.risk_others or words.NONE,)
