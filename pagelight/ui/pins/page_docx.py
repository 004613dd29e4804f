"""Blocks as a Word document (.docx)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from docx import Document
from docx.document import Document as DocumentType
from docx.shared import Inches
from docx.text.paragraph import Paragraph

from pagelight.ui.pins.answer_blocks import Block, Runs
from pagelight.ui.templating import printable

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_TITLE_LETTERS: Final = 255
"""Of a document's properties (ECMA-376, part 2)."""

PICTURE_WIDTH: Final = Inches(5.5)
_STYLES: Final = {
    "question": "Heading 1",
    "note": "Intense Quote",
    "text": None,
    "bullet": "List Bullet",
    "picture": "Caption",
    "source": "List",
}


def as_docx(title: str, blocks: Iterable[Block]) -> bytes:
    document = Document()
    document.core_properties.title = printable(title)[:MAX_TITLE_LETTERS]
    document.core_properties.author = "Pagelight"
    document.add_heading(printable(title), level=0)
    for block in blocks:
        _write(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write(document: DocumentType, block: Block) -> None:
    if block.kind == "table":
        table = document.add_table(len(block.rows), max(map(len, block.rows)), style="Table Grid")
        for row, written in zip(block.rows, table.rows, strict=True):
            for runs, cell in zip(row, written.cells, strict=False):
                _write_runs(cell.paragraphs[0], runs)
        return
    if block.kind == "picture":
        document.add_picture(io.BytesIO(block.picture), width=PICTURE_WIDTH)
    _write_runs(document.add_paragraph(style=_STYLES[block.kind]), block.runs)


def _write_runs(paragraph: Paragraph, runs: Runs) -> None:
    """Write words; the marks of sources are raised, and what is strong is bold."""
    for run in runs:
        written = paragraph.add_run(run.text)
        written.font.superscript = run.look == "mark" or None
        written.bold = run.look == "strong" or None
