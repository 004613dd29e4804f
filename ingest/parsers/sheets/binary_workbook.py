"""Binary Excel workbooks (.xlsb): values as they are shown.

calamine reads the values, whole sheets at a time; how far they go is looked at before. Formulas are
never computed: their stored value is read.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
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
from ingest.parsers.base.elements import document_of
from ingest.parsers.base.how_far import sheet_looked_through
from ingest.parsers.base.numbers.number_format import shown
from ingest.parsers.base.office.markup import xml_tree
from ingest.parsers.base.office.unread_parts import unread_in_package
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.sheets.cell_values import (
    CellBudget,
    CellStyles,
    codes_of,
    whole_records,
)
from ingest.parsers.sheets.sheet_extras import MergedCells
from ingest.parsers.sheets.sheets import SheetReader
from ingest.parsers.sheets.workbook import media
from rag.datamodel import Document, Element, SourceFile
from rag.errors import LockedError, SourceError
from rag.protocols import Assets
from rag.settings import Settings

_WORKBOOK: Final = "xl/workbook.bin"
_RELATIONS: Final = "xl/_rels/workbook.bin.rels"
_STYLES: Final = "xl/styles.bin"

_ROW, _FORMAT, _STYLE, _SHEET = 0, 44, 47, 156
_CELL_STYLES, _CELL_STYLES_END = 617, 618
_CELLS: Final = range(2, 12)
"""BrtCellRk to BrtFmlaError: column, style ([MS-XLSB] 2.5.9). A blank cell (1) has no value."""

_MORE: Final = 0x80
_Record = tuple[int, bytes]


def layout_of(archive: zipfile.ZipFile) -> tuple[list[str], list[CellStyles]]:
    """Return the format code of each style, and the sheets in order.

    Raises LimitError, SourceError, and what zipfile does.
    """
    names = set(archive.namelist())
    budget = CellBudget()
    with whole_records():
        codes = _codes(archive.read(_STYLES)) if _STYLES in names else []
        sheets = [
            _sheet(archive.read(part) if part in names else b"", budget)
            for part in _parts(archive, names)
        ]
    return codes, sheets


def _records(data: bytes) -> Iterator[_Record]:
    """Yield the records of a part ([MS-XLSB] 2.1.4)."""
    at = 0
    while at < len(data):
        kind, at = _number(data, at, max_bytes=2)
        size, at = _number(data, at, max_bytes=4)
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int, *, max_bytes: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and where the next begins."""
    number = 0
    for place in range(max_bytes):
        byte = data[at + place]
        number |= (byte & ~_MORE) << (7 * place)
        if not byte & _MORE:
            return number, at + place + 1
    return number, at + max_bytes


def _parts(archive: zipfile.ZipFile, names: set[str]) -> list[str]:
    """Return the parts of the sheets, in order; "" for one that leads nowhere."""
    targets = _targets(archive.read(_RELATIONS)) if _RELATIONS in names else {}
    bodies = (body for kind, body in _records(archive.read(_WORKBOOK)) if kind == _SHEET)
    return [targets.get(_text(body, 8), "") for body in bodies]


def _targets(relations: bytes) -> dict[str, str]:
    """Return the part that each relation leads to."""
    tree = xml_tree(relations, name="list of sheets")
    if tree is None:
        return {}
    return {
        node.get("Id", ""): posixpath.join("xl", node.get("Target", "")).lstrip("/")
        for node in tree.iter("{*}Relationship")
    }


def _codes(styles: bytes) -> list[str]:
    """Return the format code of each style of cells."""
    formats: list[int] = []
    own: dict[int, str] = {}
    is_cells = False
    for kind, body in _records(styles):
        if kind in {_CELL_STYLES, _CELL_STYLES_END}:
            is_cells = kind == _CELL_STYLES
        elif kind == _FORMAT:
            own[struct.unpack_from("<H", body)[0]] = _text(body, 2)
        elif kind == _STYLE and is_cells:
            formats += struct.unpack_from("<H", body, 2)
    return codes_of(formats, own)


def _text(body: bytes, at: int) -> str:
    (letters,) = struct.unpack_from("<L", body, at)
    return body[at + 4 : at + 4 + 2 * letters].decode("utf-16-le", "replace")


def _sheet(data: bytes, budget: CellBudget) -> CellStyles:
    cells = CellStyles(budget)
    row = 0
    for kind, body in _records(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<L", body)
        elif kind in _CELLS:
            column, style = struct.unpack_from("<LL", body)
            cells.add(row, column, style & 0xFFFFFF)
    return cells


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
        codes, sheets = layout_of(archive)
        unread = unread_in_package(archive, figures, apart=OF_CELLS)
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    elements: list[Element] = []
    with asked(lambda: CalamineWorkbook.from_path(file.at)) as workbook:
        metadata = workbook.sheets_metadata
        for number, (meta, cells) in enumerate(zip(metadata, sheets, strict=False)):
            if meta.typ == SheetTypeEnum.WorkSheet:
                sheet = asked(partial(workbook.get_sheet_by_index, number))
                rows = sheet_looked_through(
                    _rows(sheet, cells, codes),
                    number=number,
                    count=len(metadata),
                    height=sheet.height,
                )
                is_hidden = meta.visible != SheetVisibleEnum.Visible
                elements += reader.sheet(sheet.name, rows, is_hidden=is_hidden)
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
