"""Where the cells of an .xls workbook stand, and their number formats ([MS-XLS]). Reads no value.

What a file claims of its size is checked here, before memory is taken for it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import olefile

from ingest.parsers.sheets.cell_styles import (
    CellBudget,
    CellStyles,
    Layout,
    codes_of,
    whole_records,
)
from rag.errors import LimitError, LockedError, SourceError

MAX_CLAIMED: Final = 65_536 * 256
"""Cells of the largest sheet that the format can hold ([MS-XLS] 2.2.1)."""

_END, _BOF, _SHEET, _FORMAT, _STYLE, _PASSWORD = 0x0A, 0x809, 0x85, 0x41E, 0xE0, 0x2F
_DIMENSIONS, _SEVERAL = 0x200, 0xBD
_CELLS: Final = frozenset({0x06, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})
"""FORMULA, RSTRING, LABELSST, NUMBER, LABEL, BOOLERR, RK: row, column, style ([MS-XLS] 2.4)."""

_SHIFT_AT: Final = 30
_SHIFTS: Final = frozenset({9, 12})
"""Where the sectors' size stands, as a power of two, and which there are ([MS-CFB] 2.2)."""

_LAST_SECTOR: Final = 0xFFFFFFFA
"""MAXREGSECT ([MS-CFB] 2.1)."""

_LAST_COLUMN: Final = 255
_VERSION_8: Final = 0x600
_WIDE: Final = 1

_Record = tuple[int, bytes]


def layout_of(path: Path) -> Layout:
    """Return what is told of the cells. Raises LimitError, SourceError, and what olefile does."""
    _check_sectors(path)
    with olefile.OleFileIO(path) as container:
        _check_chains(container)
        name = "Workbook" if container.exists("Workbook") else "Book"
        with container.openstream(name) as stream:
            data = stream.read()
    with whole_records():
        starts, codes = _globals(data)
        budget = CellBudget()
        return Layout(codes=codes, sheets=[_sheet(data, at, budget) for at in starts])


def _check_sectors(path: Path) -> None:
    """Check what the header says of the sectors' size: olefile takes memory for one."""
    with path.open("rb") as stream:
        head = stream.read(_SHIFT_AT + 2)
    if len(head) == _SHIFT_AT + 2 and int.from_bytes(head[_SHIFT_AT:], "little") not in _SHIFTS:
        raise SourceError(
            "The file is damaged: its header tells sectors of a size that none have.",
            hint="Open and save it with the program that made it.",
        )


def _check_chains(container: olefile.OleFileIO) -> None:
    """Check that all chains of sectors end ([MS-CFB] 2.3): calamine follows them without end."""
    entries = [entry for entry in container.direntries if entry is not None]
    starts = [entry.isectStart for entry in entries]
    container.loadminifat()
    ends = (
        _all_end(
            [container.first_dir_sector, container.first_mini_fat_sector, *starts], container.fat
        )
        and _all_end(starts, container.minifat)
        and (container.num_difat_sectors or container.first_difat_sector > _LAST_SECTOR)
    )
    if not ends:
        raise SourceError(
            "The file is damaged: its parts lead in a circle.",
            hint="Open and save it with the program that made it.",
        )


def _all_end(starts: Iterable[int], following: Sequence[int]) -> bool:
    """Say whether each chain leads out of the table that tells which sector follows."""
    ending: set[int] = set()
    for start in starts:
        chain: set[int] = set()
        sector = start
        while sector < len(following) and sector not in ending:
            if sector in chain:
                return False
            chain.add(sector)
            sector = following[sector]
        ending |= chain
    return True


def _records(data: bytes, at: int) -> Iterator[_Record]:
    """Yield the records of one substream, without its end."""
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == _END:
            return
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _globals(data: bytes) -> tuple[list[int], list[str]]:
    """Return where the sheets begin, and the format code of each style."""
    starts: list[int] = []
    formats: list[int] = []
    own: dict[int, str] = {}
    version = 0
    for kind, body in _records(data, 0):
        if kind == _PASSWORD:
            raise LockedError
        if kind == _BOF:
            (version,) = struct.unpack_from("<H", body)
        elif kind == _SHEET:
            starts += struct.unpack_from("<L", body)
        elif kind == _STYLE:
            formats += struct.unpack_from("<H", body, 2)
        elif kind == _FORMAT:
            number, code = _format(body, is_8=version >= _VERSION_8)
            own[number] = code
    return starts, codes_of(formats, own)


def _format(body: bytes, *, is_8: bool) -> tuple[int, str]:
    """Return the number of a format and its code ([MS-XLS] 2.4.126)."""
    (number,) = struct.unpack_from("<H", body)
    if not is_8:
        return number, body[3 : 3 + body[2]].decode("latin-1")
    letters, flags = struct.unpack_from("<HB", body, 2)
    if flags & _WIDE:
        return number, body[5 : 5 + 2 * letters].decode("utf-16-le", "replace")
    return number, body[5 : 5 + letters].decode("latin-1")


def _sheet(data: bytes, start: int, budget: CellBudget) -> CellStyles:
    cells = CellStyles(budget)
    for kind, body in _records(data, start):
        if kind in _CELLS:
            cells.add(*struct.unpack_from("<HHH", body))
        elif kind == _SEVERAL:
            row, first = struct.unpack_from("<HH", body)
            for number in range((len(body) - 6) // 6):
                cells.add(row, first + number, *struct.unpack_from("<H", body, 4 + 6 * number))
        elif kind == _DIMENSIONS:
            _check_claim(body)
    return cells


def _check_claim(body: bytes) -> None:
    """Check how large a sheet says that it is: calamine reserves memory for it."""
    form = "<LLHH" if len(body) > struct.calcsize("<HHHH") + 2 else "<HHHH"
    first_row, end_row, first_column, end_column = struct.unpack_from(form, body)
    if not (end_row and end_column):
        return  # an empty sheet
    if first_column > _LAST_COLUMN or end_column < first_column:
        first_column = 0  # as calamine takes it: files of old programs have it
    if end_row < first_row:
        raise SourceError(
            "The file is damaged: a sheet ends before it begins.",
            hint="Open and save it with the program that made it.",
        )
    rows, columns = end_row - first_row, end_column - first_column
    if rows * columns > MAX_CLAIMED:
        raise LimitError(
            f"A sheet says that it has {rows:,} rows of {columns:,} cells; "
            f"a sheet of this kind has {MAX_CLAIMED:,} cells at most.",
            hint="Open and save it with the program that made it.",
        )
