"""Excel workbooks (.xlsx, .xlsm): values as they are shown, sheet by sheet, and the pictures.

Formulas are never computed: their stored value is read, or their text where none is stored.
"""

from __future__ import annotations

import itertools
import warnings
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from openpyxl import load_workbook

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import document_of, heading, meaningful_title
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.pictures import Pictures
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
    path = file.at
    pictures = Pictures(assets)
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    with open_checked(path, settings=settings) as archive:
        figures = [f for data in media(archive) for f in pictures.figure(data)]
    elements: list[Element] = []
    with path.open("rb") as stream:  # of a path openpyxl reads the suffix, which may be none
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on parts that it leaves out
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        for number, sheet_name in enumerate(book.sheetnames):
            sheet = book[sheet_name]
            rows = sheet_looked_through(
                _rows(sheet),
                number=number,
                count=len(book.sheetnames),
                height=getattr(sheet, "max_row", None) or 0,
            )
            made = reader.elements(rows)
            elements += [*heading(sheet_name, 1), *made] if made else []
        title = book.properties.title
        book.close()
    return document_of(
        file,
        (*elements, *figures),
        title=meaningful_title(title),
        warnings=(*reader.warnings, *pictures.warnings),
    )


def media(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the picture files of a workbook that is a zip archive."""
    for name in archive.namelist():
        if name.startswith("xl/media/"):
            yield archive.read(name)


def _rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - one of several sheet classes
    """Yield the rows of one sheet as text. A chart sheet has none."""
    if not hasattr(sheet, "iter_rows"):
        return
    blank = 0
    for row in itertools.islice(rows_of(sheet), MAX_ROWS_READ):
        blank = 0 if any(row) else blank + 1
        if blank > BLANK_RUN:
            return
        yield row
