"""Where the cells of an .xlsb workbook stand, and their formats ([MS-XLSB]). Reads no value."""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from typing import Final

from ingest.parsers.base.xml_tree import xml_tree
from ingest.parsers.sheets.cell_styles import (
    CellBudget,
    CellStyles,
    Layout,
    codes_of,
    whole_records,
)

_WORKBOOK: Final = "xl/workbook.bin"
_RELATIONS: Final = "xl/_rels/workbook.bin.rels"
_STYLES: Final = "xl/styles.bin"

_ROW, _FORMAT, _STYLE, _SHEET = 0, 44, 47, 156
_CELL_STYLES, _CELL_STYLES_END = 617, 618
_CELLS: Final = range(2, 12)
"""BrtCellRk to BrtFmlaError: column, style ([MS-XLSB] 2.5.9). A blank cell (1) has no value."""

_MORE: Final = 0x80
_Record = tuple[int, bytes]


def layout_of(archive: zipfile.ZipFile) -> Layout:
    """Return what is told of the cells. Raises LimitError, SourceError, and what zipfile does."""
    names = set(archive.namelist())
    budget = CellBudget()
    with whole_records():
        codes = _codes(archive.read(_STYLES)) if _STYLES in names else []
        sheets = [
            _sheet(archive.read(part) if part in names else b"", budget)
            for part in _parts(archive, names)
        ]
    return Layout(codes=codes, sheets=sheets)


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
