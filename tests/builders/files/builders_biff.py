"""Makes Excel workbooks by hand: .xls ([MS-XLS], version 8, or 5) in a compound file."""

import struct
from pathlib import Path

from builders_outlook import CUTOFF, compound

BOF, EOF, SHEET, FORMAT, STYLE, PASSWORD = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x2F
NUMBER, LABEL, MERGED, TRUTH = 0x203, 0x204, 0xE5, 0x205
CODE_PAGE = 0x42
FIRST_OWN = 164
"""Below this number the codes of formats are built in ([MS-XLS] 2.4.126)."""

Cell = str | bool | float | tuple[float, int]
"""A value; with a style where it is a pair: its number in the list of codes, from 1."""


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def cell(row: int, column: int, value: Cell) -> bytes:
    value, style = value if isinstance(value, tuple) else (value, 0)
    place = struct.pack("<HHH", row, column, style)
    if isinstance(value, bool):
        return record(TRUTH, place + bytes([value, 0]))
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return record(LABEL, place + text)
    return record(NUMBER, place + struct.pack("<d", value))


def merged(first_row: int, last_row: int, first_column: int, last_column: int) -> bytes:
    place = struct.pack("<HHHHH", 1, first_row, last_row, first_column, last_column)
    return record(MERGED, place)


def xls(
    sheets: dict[str, list[bytes]],
    *,
    codes: tuple[str, ...] = (),
    locked: bool = False,
) -> bytes:
    """Return a workbook of sheets, each made of records; styles 1, 2, … have these format codes."""
    start = record(BOF, struct.pack("<HHHHLL", 0x600, 5, 0, 0x07CC, 0, 6))
    start += record(PASSWORD, bytes(6)) if locked else b""
    start += record(CODE_PAGE, struct.pack("<H", 1200))
    start += b"".join(_format(n, code) for n, code in enumerate(codes, FIRST_OWN))
    numbers = [0, *range(FIRST_OWN, FIRST_OWN + len(codes))]
    start += b"".join(record(STYLE, struct.pack("<HH", 0, n) + bytes(16)) for n in numbers)
    bodies = [_body(records) for records in sheets.values()]
    at = len(start) + sum(len(_bound(0, name)) for name in sheets) + len(record(EOF))
    for name, body in zip(sheets, bodies, strict=True):
        start += _bound(at, name)
        at += len(body)
    data = start + record(EOF) + b"".join(bodies)
    return compound({"Workbook": data.ljust(CUTOFF, b"\0")})


def write_xls(path: Path, sheets: dict[str, list[bytes]], **more) -> Path:
    path.write_bytes(xls(sheets, **more))
    return path


def _format(number: int, code: str) -> bytes:
    text = struct.pack("<HHB", number, len(code), 1) + code.encode("utf-16-le")
    return record(FORMAT, text)


def _bound(at: int, name: str) -> bytes:
    text = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    return record(SHEET, struct.pack("<LBB", at, 0, 0) + text)


def _body(records: list[bytes]) -> bytes:
    start = record(BOF, struct.pack("<HHHHLL", 0x600, 0x10, 0, 0x07CC, 0, 6))
    return start + b"".join(records) + record(EOF)
