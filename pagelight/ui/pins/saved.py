"""Exchanges as a file that is taken along: a Word document, or a PDF set by Typst."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image

from pagelight.ui.html.language import spoken
from pagelight.ui.pins.answer_blocks import Block, Runs, blocks_of
from pagelight.ui.source.figures import ReadFigure
from pagelight.ui.templating import printable
from rag.storage.conversations.exchange import Exchange

if TYPE_CHECKING:
    from docx.document import Document as DocumentType
    from docx.text.paragraph import Paragraph

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_TITLE_LETTERS: Final = 255
"""Of a document's properties (ECMA-376, part 2)."""

PICTURE_WIDTH_EMU: Final = 5_029_200
"""Five and a half inches."""

MAX_PICTURE_PX: Final = 1600
_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "answers.typ"
_STYLES: Final = {
    "question": "Heading 1",
    "note": "Intense Quote",
    "text": None,
    "bullet": "List Bullet",
    "picture": "Caption",
    "source": "List",
}


def saved_as(
    form: Literal["docx", "pdf"],
    title: str,
    parts: Iterable[tuple[Exchange, str]],
    read: ReadFigure,
) -> tuple[bytes, str]:
    """Return exchanges, each with a note ("" none), as a file of a form, and its media type."""
    blocks = blocks_of(parts, read)
    if form == "pdf":
        return _as_pdf(printable(title), blocks), "application/pdf"
    return _as_docx(printable(title), blocks), DOCX


def _as_docx(title: str, blocks: Iterable[Block]) -> bytes:
    from docx import Document  # noqa: PLC0415 - it takes a second

    document = Document()
    document.core_properties.title = title[:MAX_TITLE_LETTERS]
    document.core_properties.author = "Pagelight"
    document.add_heading(title, level=0)
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
        document.add_picture(io.BytesIO(block.picture), width=PICTURE_WIDTH_EMU)
    _write_runs(document.add_paragraph(style=_STYLES[block.kind]), block.runs)


def _write_runs(paragraph: Paragraph, runs: Runs) -> None:
    """Write words; the marks of sources are raised, and what is strong is bold."""
    for run in runs:
        written = paragraph.add_run(run.text)
        written.font.superscript = run.look == "mark" or None
        written.bold = run.look == "strong" or None


def _as_pdf(title: str, blocks: Iterable[Block]) -> bytes:
    """Return a PDF whose words can be searched; pictures are `MAX_PICTURE_PX` at most."""
    import typst  # noqa: PLC0415 - it takes a moment

    with TemporaryDirectory(prefix="pagelight-pdf-") as name:
        folder = Path(name)
        main = folder / "answers.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        values = [_block_values(block, folder, number) for number, block in enumerate(blocks)]
        data = {"title": title, "language": spoken(), "blocks": values}
        (folder / "answers.json").write_text(json.dumps(data), "utf-8")
        return typst.compile(main, root=folder, format="pdf")


def _block_values(block: Block, folder: Path, number: int) -> dict[str, object]:
    """Return a block for the template; its picture lies in the folder, by its name."""
    values = asdict(block) | {"picture": ""}
    if block.picture:
        values["picture"] = f"{number}.png"
        with Image.open(io.BytesIO(block.picture)) as image:
            image.thumbnail((MAX_PICTURE_PX, MAX_PICTURE_PX))
            image.convert("RGB").save(folder / f"{number}.png")
    return values
