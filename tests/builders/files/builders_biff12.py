"""Makes binary Excel workbooks by hand: records ([MS-XLSB]) in a package."""

import struct
from pathlib import Path

from builders_archives import zipped
from builders_biff import FIRST_OWN, Cell

ROW, TRUTH, REAL, TEXT, SHARED = 0, 4, 5, 6, 7
BOOK, BOOK_END = 131, 132
SIZE, DATA, DATA_END, SHEET, SHEETS, SHEETS_END = 148, 145, 146, 156, 143, 144
STRINGS, STRING, STRINGS_END = 159, 19, 160
FORMAT, STYLE, CELL_STYLES, CELL_STYLES_END = 44, 47, 617, 618
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(kind: int, body: bytes = b"") -> bytes:
    return _number(kind) + _number(len(body)) + body


def cell(column: int, value: Cell) -> bytes:
    value, style = value if isinstance(value, tuple) else (value, 0)
    place = struct.pack("<LL", column, style)
    if isinstance(value, bool):
        return record(TRUTH, place + bytes([value]))
    if isinstance(value, str):
        return record(TEXT, place + _text(value))
    return record(REAL, place + struct.pack("<d", value))


def shared(column: int, number: int) -> bytes:
    """Return a cell whose text is the shared string of this number."""
    return record(SHARED, struct.pack("<LLL", column, 0, number))


def row(number: int, *cells: bytes) -> bytes:
    return record(ROW, struct.pack("<L", number) + bytes(21)) + b"".join(cells)


def sheet(*rows: bytes) -> bytes:
    size = record(SIZE, struct.pack("<LLLL", 0, 0, 0, 0))
    return size + record(DATA) + b"".join(rows) + record(DATA_END)


def write_xlsb(
    path: Path,
    sheets: dict[str, bytes],
    *,
    codes: tuple[str, ...] = (),
    strings: tuple[str, ...] = (),
) -> Path:
    """Write a workbook; styles 1, 2, … have these format codes."""
    bound, relations, parts = record(BOOK) + record(SHEETS), "", {}
    for number, (name, data) in enumerate(sheets.items(), 1):
        head = struct.pack("<LL", 0, number)
        bound += record(SHEET, head + _text(f"rId{number}") + _text(name))
        target = f"worksheets/sheet{number}.bin"
        relations += f"<Relationship Id='rId{number}' Type='{KIND}/worksheet' Target='{target}'/>"
        parts[f"xl/{target}"] = data
    relations = f"<Relationships xmlns='{PACKAGE}'>{relations}</Relationships>"
    members = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.bin": bound + record(SHEETS_END) + record(BOOK_END),
        "xl/_rels/workbook.bin.rels": relations,
        "xl/styles.bin": _styles(codes),
        "xl/sharedStrings.bin": _strings(strings),
        **parts,
    }
    path.write_bytes(zipped(members))
    return path


PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _styles(codes: tuple[str, ...]) -> bytes:
    own = list(enumerate(codes, FIRST_OWN))
    formats = b"".join(record(FORMAT, struct.pack("<H", n) + _text(code)) for n, code in own)
    numbers = [0, *(number for number, _ in own)]
    styles = b"".join(record(STYLE, struct.pack("<HH", 0, n) + bytes(12)) for n in numbers)
    count = struct.pack("<L", len(own))
    head = struct.pack("<L", len(numbers))
    return (
        record(615, count) + formats + record(616)
        + record(CELL_STYLES, head) + styles + record(CELL_STYLES_END)
    )  # fmt: skip


def _strings(strings: tuple[str, ...]) -> bytes:
    count = struct.pack("<LL", len(strings), len(strings))
    told = b"".join(record(STRING, b"\0" + _text(text)) for text in strings)
    return record(STRINGS, count) + told + record(STRINGS_END)


def _text(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def _number(number: int) -> bytes:
    """Return a number in seven bits a byte, the lowest first."""
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])
