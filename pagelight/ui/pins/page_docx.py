"""The page of pinned answers as a Word document (.docx), with pictures and real footnotes.

python-docx writes no footnotes: their part and their references are written here (ECMA-376, part 1,
17.11). Word numbers them in the order of their references, which is that of the page.
"""

from __future__ import annotations

import io
from itertools import groupby
from typing import Any, Final

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches
from docx.text.paragraph import Paragraph

from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import known
from pagelight.ui.pins.pinned_page import TITLE, PinnedBlock, PinnedEntry, PinnedPage, TextRun

PICTURE_WIDTH: Final = Inches(5.5)
_OUR_OWN: Final = 1
"""Ids below it are the lines that divide footnotes from the text."""

_DIVIDERS: Final = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r>'
    "</w:p></w:footnote>"
)
_RAISED: Final = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_SMALL: Final = '<w:rPr><w:sz w:val="18"/></w:rPr>'


def as_docx(page: PinnedPage) -> bytes:
    document = Document()
    document.core_properties.title = known(TITLE)
    document.core_properties.author = "Pagelight"
    document.add_heading(known(TITLE), level=0)
    told: set[int] = set()
    for entry in page.entries:
        _write(document, entry, told)
    if page.footnotes:
        _add_footnotes(document, page.footnotes)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write(document: DocumentType, entry: PinnedEntry, told: set[int]) -> None:
    document.add_heading(entry.question, level=1)
    if entry.note:
        document.add_paragraph(entry.note, style="Intense Quote")
    for is_table, blocks in groupby(entry.blocks, key=lambda block: block.kind == "row"):
        if is_table:
            _write_table(document, list(blocks), told)
        else:
            for block in blocks:
                style = "List Bullet" if block.kind == "item" else None
                _write_runs(document.add_paragraph(style=style), block.runs, told)
    for picture in entry.pictures:
        document.add_picture(io.BytesIO(picture.data), width=PICTURE_WIDTH)
        document.add_paragraph(picture.told, style="Caption")


def _write_table(document: DocumentType, rows: list[PinnedBlock], told: set[int]) -> None:
    table = document.add_table(len(rows), max(len(row.cells) for row in rows), style="Table Grid")
    for row, cells in zip(rows, table.rows, strict=True):
        for runs, cell in zip(row.cells, cells.cells, strict=False):
            _write_runs(cell.paragraphs[0], runs, told)


def _write_runs(paragraph: Paragraph, runs: tuple[TextRun, ...], told: set[int]) -> None:
    for run in runs:
        if not run.note:
            paragraph.add_run(run.text).bold = run.strong or None
            continue
        mark = paragraph.add_run()
        mark.font.superscript = True
        if run.note in told:  # its number again, as the note stands where it came first
            mark.text = str(run.note)
        else:
            told.add(run.note)
            reference: Any = OxmlElement("w:footnoteReference")
            reference.set(qn("w:id"), str(run.note - 1 + _OUR_OWN))
            mark._r.append(reference)  # noqa: SLF001 - python-docx has no door for footnotes


def _add_footnotes(document: DocumentType, footnotes: list[str]) -> None:
    notes = "".join(_note(number, text) for number, text in enumerate(footnotes, start=_OUR_OWN))
    blob = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<w:footnotes {nsdecls('w')}>{_DIVIDERS}{notes}</w:footnotes>"
    ).encode()
    package = document.part.package
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, blob, package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _note(number: int, text: str) -> str:
    return (
        f'<w:footnote w:id="{number}"><w:p><w:r>{_RAISED}<w:footnoteRef/></w:r>'
        f'<w:r>{_SMALL}<w:t xml:space="preserve"> {escaped(text)}</w:t></w:r></w:p></w:footnote>'
    )
