"""Excel workbooks (.xlsx, .xlsm): values as they are shown, sheet by sheet, and the pictures.

Cells are read from the XML; what they mean (styles, shared texts, dates, moved formulas) is asked
of openpyxl. Formulas are never computed: their stored value is read, or their text where none is
stored.
"""

from __future__ import annotations

import itertools
import warnings
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import IO, Any, Final

from openpyxl import load_workbook

from ingest.parsers.base.elements import document_of, meaningful_title
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.office.open_xml import open_package
from ingest.parsers.base.office.unread_parts import unread_in_package
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.sheets.cell_values import rich_texts
from ingest.parsers.sheets.sheet_extras import (
    Hidden,
    MergedCells,
    SheetExtras,
    sheet_extras,
)
from ingest.parsers.sheets.sheet_xml import rows_of
from ingest.parsers.sheets.sheets import SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

MAX_ROWS_READ: Final = 1_100_000
"""More than any sheet has; blank rows without end are not walked."""

BLANK_RUN: Final = 10_000
"""After so many blank rows a sheet is taken to have ended."""


def parse_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLSX: the workbook through openpyxl, its sheets row by row."""
    pictures = Pictures(assets)
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    elements: list[Element] = []
    hidden: list[str] = []
    with open_package(file.at, settings=settings) as (archive, stream):
        figures = [f for data in media(archive) for f in pictures.figure(data)]
        book = _book(stream, rich_texts(archive))
        for number, name in enumerate(book.sheetnames):
            made, hidden_cells = _sheet(book, number, reader, archive)
            elements += made
            hidden += hidden_cells.warnings(name)
        book.close()
        hidden += unread_in_package(archive, elements)
    return document_of(
        file,
        (*elements, *figures),
        title=meaningful_title(book.properties.title),
        warnings=(*reader.warnings, *pictures.warnings, *hidden),
    )


def _book(stream: IO[bytes], texts: list[str] | None) -> Any:  # noqa: ANN401 - openpyxl brings no types
    """Open a workbook, with these shared texts in place of its own; of a path it reads the name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on parts that it leaves out
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    sheets: list[Any] = list(book.worksheets)
    for sheet in sheets if texts is not None else ():
        sheet._shared_strings = texts  # noqa: SLF001 - openpyxl's own are without formats
    return book


def _sheet(
    book: Any,  # noqa: ANN401 - as above
    number: int,
    reader: SheetReader,
    archive: zipfile.ZipFile,
) -> tuple[list[Element], Hidden]:
    """Return what a sheet holds, cells first, and what of it is hidden."""
    name, hidden = book.sheetnames[number], Hidden()
    sheet = book[name]
    part = getattr(sheet, "_worksheet_path", None)  # a chart sheet has none
    extras = sheet_extras(archive, part) if part else SheetExtras()
    rows = sheet_looked_through(
        _rows(sheet, extras.merged, hidden),
        number=number,
        count=len(book.sheetnames),
        height=getattr(sheet, "max_row", None) or 0,
    )
    is_hidden = sheet.sheet_state != "visible"
    return reader.sheet(name, rows, is_hidden=is_hidden, extra=extras.elements), hidden


def media(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the picture files of a workbook that is a zip archive."""
    for name in archive.namelist():
        if name.startswith("xl/media/"):
            yield archive.read(name)


def _rows(sheet: Any, merged: MergedCells, hidden: Hidden) -> Iterator[list[str]]:  # noqa: ANN401 - as above
    """Yield the rows of one sheet as text. A chart sheet has none."""
    if not hasattr(sheet, "iter_rows"):
        return
    blank = 0
    for row in itertools.islice(rows_of(sheet, merged, hidden), MAX_ROWS_READ):
        blank = 0 if any(row) else blank + 1
        if blank > BLANK_RUN:
            return
        yield row
