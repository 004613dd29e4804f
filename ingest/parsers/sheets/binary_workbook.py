"""Binary Excel workbooks (.xlsb): values as they are shown.

calamine reads the values, whole sheets at a time; how far they go is looked at before. Formulas are
never computed: their stored value is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import document_of, heading
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.numbers.number_format import shown
from ingest.parsers.base.office.unread_parts import unread_in_package
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.sheets.biff12 import layout_of
from ingest.parsers.sheets.cell_styles import CellStyles
from ingest.parsers.sheets.hidden import sheet_title
from ingest.parsers.sheets.merged_cells import MergedCells
from ingest.parsers.sheets.sheets import SheetReader
from ingest.parsers.sheets.workbook import media
from rag.datamodel import Document, Element, SourceFile
from rag.errors import LockedError, SourceError
from rag.protocols import Assets
from rag.settings import Settings

OF_CELLS: Final = ("/styles", "/sharedStrings", "/calcChain", "/theme", "/xlBinaryIndex")
"""Relationships of an .xlsb workbook to what its cells show, and the order in which they do."""

PANIC: Final = "PanicException"
"""What PyO3 raises where the library's own code fails; it is no `Exception`."""


Made = TypeVar("Made")


def parse_binary_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLSB through calamine."""
    pictures = Pictures(assets)
    with open_checked(file.at, settings=settings) as archive:
        figures = [f for data in media(archive) for f in pictures.figure(data)]
        layout = layout_of(archive)
        unread = unread_in_package(archive, figures, apart=OF_CELLS)
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    elements: list[Element] = []
    with asked(lambda: CalamineWorkbook.from_path(file.at)) as workbook:
        told = workbook.sheets_metadata
        for number, (meta, cells) in enumerate(zip(told, layout.sheets, strict=False)):
            if meta.typ == SheetTypeEnum.WorkSheet:
                sheet = asked(partial(workbook.get_sheet_by_index, number))
                rows = sheet_looked_through(
                    _rows(sheet, cells, layout.codes),
                    number=number,
                    count=len(told),
                    height=sheet.height,
                )
                made = reader.elements(rows)
                is_hidden = meta.visible != SheetVisibleEnum.Visible
                title = sheet_title(sheet.name, is_hidden=is_hidden)
                elements += [*heading(title, 1), *made] if made else []
    notes = (*reader.warnings, *pictures.warnings, *unread)
    return document_of(file, (*elements, *figures), warnings=notes)


def asked(ask: Callable[[], Made]) -> Made:
    """Return what calamine makes. Raises SourceError where it fails, also where it panics."""
    try:
        return ask()
    except PasswordError as error:
        raise LockedError from error
    except MemoryError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != PANIC:
            raise
        raise SourceError(
            f"The file is damaged or not of its type ({error}).",
            hint="Open and save it with the program that made it.",
        ) from error


def _rows(sheet: CalamineSheet, cells: CellStyles, codes: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows as text, each value as its number format shows it; a blank row as []."""
    if sheet.start is None:
        return
    _, first_column = sheet.start  # the rows begin with the sheet's first, the cells of each do not
    merged = MergedCells(sheet.merged_cell_ranges or ())
    for number, row in enumerate(sheet.iter_rows()):
        if row.count("") == len(row):
            yield []
            continue
        texts = [""] * (first_column + len(row))
        for column, value in enumerate(row, first_column):
            if value != "":
                texts[column] = shown(value, cells.code(number, column, codes)).strip()
        yield merged.fill(number, texts)
