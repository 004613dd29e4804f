"""Excel workbooks from before 2007 (.xls), through xlrd.

Values are shown as their number formats say. Pictures and charts are not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import xlrd
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from ingest.parsers.base.elements import document_of
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.numbers.number_format import shown
from ingest.parsers.base.office.unread_parts import unread_in_compound_file
from ingest.parsers.sheets.cell_values import GENERAL, shown_number
from ingest.parsers.sheets.sheet_extras import MergedCells
from ingest.parsers.sheets.sheets import SheetReader
from rag.datamodel import Document, Element, SourceFile
from rag.errors import LockedError
from rag.protocols import Assets
from rag.settings import Settings

_EMPTY: Final = frozenset({xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK})
_NUMBERS: Final = frozenset({xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE})


def parse_old_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLS, sheet by sheet."""
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    elements: list[Element] = []
    with _opened(file.at) as book:
        for number in range(book.nsheets):
            sheet = book.sheet_by_index(number)
            rows = sheet_looked_through(
                _rows(sheet), number=number, count=book.nsheets, height=sheet.nrows
            )
            elements += reader.sheet(sheet.name, rows, is_hidden=sheet.visibility != 0)
            book.unload_sheet(number)
    notes = (*reader.warnings, *unread_in_compound_file(file.at))
    return document_of(file, elements, warnings=notes)


def _opened(path: Path) -> Any:  # noqa: ANN401 - xlrd brings no types
    """Open a workbook. Raises LockedError, and what xlrd does where it is damaged."""
    try:
        return xlrd.open_workbook(
            path, logfile=io.StringIO(), on_demand=True, formatting_info=True, ragged_rows=True
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise LockedError from error
        raise


def _rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - as above
    """Yield the rows as text, with the labels of merged cells; a blank row as []."""
    ranges = (((top, left), (end - 1, 0)) for top, end, left, _ in sheet.merged_cells)
    merged = MergedCells(ranges)
    for number in range(sheet.nrows):
        texts = [_text(cell, sheet.book) for cell in sheet.row(number)]
        yield merged.fill(number, texts if any(texts) else [])


def _text(cell: Any, book: Any) -> str:  # noqa: ANN401 - as above
    if cell.ctype in _EMPTY:
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value), GENERAL)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    code = form.format_str if form else GENERAL
    if cell.ctype in _NUMBERS:
        return shown_number(cell.value, code, MAC_EPOCH if book.datemode else WINDOWS_EPOCH)
    return shown(cell.value, code).strip()
