"""Excel workbooks whose cells are no XML: .xls, from before 2007, and .xlsb.

Values are shown as their number formats say; formulas are never computed: their stored value is
read. Of .xls, which xlrd reads, pictures and charts are not. Of .xlsb calamine reads the values,
whole sheets at a time: how far they go is looked at before ([MS-XLSB]).
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import xlrd
from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import damaged, document_of
from ingest.parsers.base.number_format import shown
from ingest.parsers.base.office import xml_tree
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_in_compound_file, unread_in_package
from ingest.parsers.sheets.sheets import MergedCells, SheetReader
from ingest.parsers.sheets.workbook import GENERAL, codes_of, media
from rag.datamodel import Document, Element, SourceFile
from rag.errors import LimitError, LockedError
from rag.protocols import Assets
from rag.settings import Settings

_EMPTY: Final = frozenset({xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK})


def parse_old_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLS, sheet by sheet."""
    elements: list[Element] = []
    with _opened(file.at) as book:
        reader = SheetReader(partial(assets.put_rows, file.sha256), sheets=book.nsheets)
        for number in range(book.nsheets):
            sheet = book.sheet_by_index(number)
            elements += reader.sheet(
                sheet.name, _old_rows(sheet), height=sheet.nrows, is_hidden=sheet.visibility != 0
            )
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


def _old_rows(sheet: Any) -> Iterator[list[str]]:  # noqa: ANN401 - as above
    """Yield the rows as text, with the labels of merged cells; a blank row as []."""
    ranges = (((top, left), (end - 1, 0)) for top, end, left, _ in sheet.merged_cells)
    merged = MergedCells(ranges)
    for number in range(sheet.nrows):
        texts = [_old_text(cell, sheet.book) for cell in sheet.row(number)]
        yield merged.fill(number, texts if any(texts) else [])


def _old_text(cell: Any, book: Any) -> str:  # noqa: ANN401 - as above
    if cell.ctype in _EMPTY:
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value), GENERAL)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    code = form.format_str if form else GENERAL
    return shown(cell.value, code, from_1904=bool(book.datemode)).strip()


_WORKBOOK: Final = "xl/workbook.bin"
_RELATIONS: Final = "xl/_rels/workbook.bin.rels"
_STYLES: Final = "xl/styles.bin"

_ROW, _FORMAT, _STYLE, _SHEET = 0, 44, 47, 156
_CELL_STYLES, _CELL_STYLES_END = 617, 618
_CELLS: Final = range(2, 12)
"""BrtCellRk to BrtFmlaError: column, style (2.5.9). A blank cell (1) has no value."""

_MORE: Final = 0x80
_MAX_STYLES: Final = 65_535
_SHOWN: Final = ("/styles", "/sharedStrings", "/calcChain", "/theme", "/xlBinaryIndex")
"""Relationships of an .xlsb workbook to what its cells show, and the order in which they do."""

PANIC: Final = "PanicException"
"""What PyO3 raises where the library's own code fails; it is no `Exception`."""

MAX_CELLS: Final = 10_000_000
"""Of the rectangles around the cells of a workbook's sheets, together: calamine takes 64 bytes for
each (measured)."""

_Styles = dict[int, "array[int]"]
"""Of one sheet: the style of each cell of a row, both from 0."""

Made = TypeVar("Made")


def parse_binary_workbook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """XLSB through calamine."""
    pictures = Pictures(assets)
    with open_checked(file.at, settings=settings) as archive:
        figures = [f for data in media(archive) for f in pictures.figure(data)]
        codes, sheets = _layout_of(archive)
        unread = unread_in_package(archive, figures, apart=_SHOWN)
    elements: list[Element] = []
    with asked(lambda: CalamineWorkbook.from_path(file.at)) as workbook:
        metadata = workbook.sheets_metadata
        reader = SheetReader(partial(assets.put_rows, file.sha256), sheets=len(metadata))
        for number, (meta, styles) in enumerate(zip(metadata, sheets, strict=False)):
            if meta.typ == SheetTypeEnum.WorkSheet:
                sheet = asked(partial(workbook.get_sheet_by_index, number))
                is_hidden = meta.visible != SheetVisibleEnum.Visible
                rows = _rows(sheet, styles, codes)
                elements += reader.sheet(sheet.name, rows, height=sheet.height, is_hidden=is_hidden)
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
        raise damaged(error) from error


def _rows(sheet: CalamineSheet, styles: _Styles, codes: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows as text, each value as its number format shows it; a blank row as []."""
    if sheet.start is None:
        return
    _, first = sheet.start  # the rows begin with the sheet's first, the cells of each do not
    merged = MergedCells(sheet.merged_cell_ranges or ())
    for number, row in enumerate(sheet.iter_rows()):
        if row.count("") == len(row):
            yield []
            continue
        texts, line = [""] * (first + len(row)), styles.get(number, array("H"))
        for column, value in enumerate(row, first):
            if value != "":
                style = line[column] if column < len(line) else 0
                code = codes[style] if style < len(codes) else GENERAL
                texts[column] = shown(value, code).strip()
        yield merged.fill(number, texts)


def _layout_of(archive: zipfile.ZipFile) -> tuple[list[str], list[_Styles]]:
    """Return the format code of each style, and the sheets in order.

    Raises LimitError, SourceError, and what zipfile does.
    """
    names = set(archive.namelist())
    left = MAX_CELLS
    sheets: list[_Styles] = []
    try:
        codes = _codes(archive.read(_STYLES)) if _STYLES in names else []
        targets = _targets(archive.read(_RELATIONS)) if _RELATIONS in names else {}
        for kind, body in _records(archive.read(_WORKBOOK)):
            if kind == _SHEET:
                part = targets.get(_text(body, 8), "")
                styles, cells = _sheet(archive.read(part) if part in names else b"", left)
                sheets.append(styles)
                left -= cells
    except (struct.error, IndexError) as error:
        raise damaged(error) from error  # one of its records is too short
    return codes, sheets


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part: their kinds and bodies (2.1.4)."""
    at = 0
    while at < len(data):
        head = [0, 0]  # kind and size, seven bits a byte
        for part, max_bytes in enumerate((2, 4)):
            for place in range(max_bytes):
                byte, at = data[at], at + 1
                head[part] |= (byte & ~_MORE) << (7 * place)
                if not byte & _MORE:
                    break
        yield head[0], data[at : at + head[1]]
        at += head[1]


def _targets(relations: bytes) -> dict[str, str]:
    tree = xml_tree(relations, name="list of sheets")
    return {
        node.get("Id", ""): posixpath.join("xl", node.get("Target", "")).lstrip("/")
        for node in (() if tree is None else tree.iter("{*}Relationship"))
    }


def _codes(styles: bytes) -> list[str]:
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


def _sheet(data: bytes, max_cells: int) -> tuple[_Styles, int]:
    """Return the styles of a sheet's cells, and how many cells the rectangle around them has.

    Raises LimitError where these are too many.
    """
    styles: _Styles = defaultdict(lambda: array("H"))
    row = rows = columns = 0
    for kind, body in _records(data):
        if kind == _ROW:
            (row,) = struct.unpack_from("<L", body)
        elif kind in _CELLS:
            column, style = struct.unpack_from("<LL", body)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > max_cells:
                raise LimitError(
                    f"The sheets reach over more than {MAX_CELLS:,} cells, also empty ones.",
                    hint="Save it as .xlsx, or delete the cells far off.",
                )
            styles[row].extend([0] * (column + 1 - len(styles[row])))
            styles[row][column] = min(style & 0xFFFFFF, _MAX_STYLES)
    return styles, rows * columns
