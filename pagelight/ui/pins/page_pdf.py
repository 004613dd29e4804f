"""The page of pinned answers as a PDF, with pictures; the footnotes of an answer stand below it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Flowable,
    HRFlowable,
    Image,
    ListFlowable,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)

from pagelight.ui.answers.answer_figures import font_file
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import known
from pagelight.ui.pins.pinned_page import (
    TITLE,
    PinnedBlock,
    PinnedEntry,
    PinnedPage,
    ShownPicture,
    TextRun,
)

_FONT, _BOLD = "Pagelight", "Pagelight-Bold"
_MARGIN: Final = 22 * mm
_WIDTH: Final = A4[0] - 2 * _MARGIN
_HIGHEST: Final = 150 * mm
"""Of a picture: it shares its page with words."""

_INK, _SOFT, _LINE = HexColor("#1c2430"), HexColor("#5b6675"), HexColor("#c9d0d8")
_TEXT: Final = ParagraphStyle(
    "text", fontName=_FONT, fontSize=10, leading=15, spaceAfter=6, textColor=_INK
)
_HEAD: Final = ParagraphStyle(
    "head", _TEXT, fontName=_BOLD, fontSize=13, leading=17, spaceBefore=18, keepWithNext=True
)
_TITLE: Final = ParagraphStyle("title", _HEAD, fontSize=20, leading=26, spaceBefore=0)
_NOTE: Final = ParagraphStyle(
    "note", _TEXT, leftIndent=10, borderPadding=4, backColor=HexColor("#fff4d0"), spaceAfter=10
)
_SMALL: Final = ParagraphStyle(
    "small", _TEXT, fontSize=8, leading=11, spaceAfter=3, textColor=_SOFT
)
_GRID: Final = TableStyle(
    [("GRID", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]
)


def as_pdf(page: PinnedPage) -> bytes:
    _know_fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        margins=_MARGIN,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=known(TITLE),
        author="Pagelight",
    )
    story: list[Flowable] = [Paragraph(known(TITLE), _TITLE)]
    for entry in page.entries:
        story += [*_written(entry), *_notes(entry, page.footnotes)]
    document.build(story)
    return buffer.getvalue()


def _know_fonts() -> None:
    pdfmetrics.registerFont(TTFont(_FONT, str(font_file())))
    pdfmetrics.registerFont(TTFont(_BOLD, str(font_file(bold=True))))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)


def _written(entry: PinnedEntry) -> Iterator[Flowable]:
    yield Paragraph(escaped(entry.question), _HEAD)
    if entry.note:
        yield Paragraph(_lines(entry.note), _NOTE)
    for kind, blocks in groupby(entry.blocks, key=lambda block: block.kind):
        if kind == "row":
            yield _table(list(blocks))
        elif kind == "item":
            items = [Paragraph(_marked(block.runs), _TEXT) for block in blocks]
            yield ListFlowable(items, bulletType="bullet", start="•", leftIndent=12)
        else:
            yield from (Paragraph(_marked(block.runs), _TEXT) for block in blocks)
    for picture in entry.pictures:
        yield _image(picture)
        yield Paragraph(escaped(picture.told), _SMALL)


def _table(rows: list[PinnedBlock]) -> Table:
    count = max(len(row.cells) for row in rows)
    cells = [
        [Paragraph(_marked(cell), _SMALL) for cell in row.cells] + [""] * (count - len(row.cells))
        for row in rows
    ]
    return Table(cells, colWidths=[_WIDTH / count] * count, style=_GRID, spaceAfter=8)


def _image(picture: ShownPicture) -> Image:
    with Picture.open(io.BytesIO(picture.data)) as opened:
        width, height = opened.size
    scale = min(_WIDTH / width, _HIGHEST / height, 1.0)
    return Image(io.BytesIO(picture.data), width * scale, height * scale, hAlign="LEFT")


def _notes(entry: PinnedEntry, footnotes: list[str]) -> Iterator[Flowable]:
    if not entry.numbers:
        return
    yield HRFlowable(width="30%", thickness=0.5, color=_LINE, hAlign="LEFT", spaceAfter=4)
    for number in entry.numbers.values():
        told = escaped(footnotes[number - 1])
        yield Paragraph(f'<a name="n{number}"/><super>{number}</super> {told}', _SMALL)


def _marked(runs: tuple[TextRun, ...]) -> str:
    """Return runs as the markup of reportlab's paragraphs; marks lead to their footnotes."""
    return "".join(_run(run) for run in runs)


def _run(run: TextRun) -> str:
    if run.note:
        return f'<super><a href="#n{run.note}" color="#3f51d8">{run.note}</a></super>'
    return f"<b>{escaped(run.text)}</b>" if run.strong else escaped(run.text)


def _lines(text: str) -> str:
    return "<br/>".join(escaped(line) for line in text.split("\n"))
