"""CSV and TSV: the dialect is told from the first lines. Formulas are text, never computed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ingest.files.encoding import decode_text
from ingest.files.formats import CSV, TSV
from ingest.parsers.base.elements import document_of
from ingest.parsers.sheets.sheets import MAX_ROWS, SheetReader
from rag.datamodel import Document, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

FIELD_LETTERS: Final = 1_000_000
"""The longest cell that is read; csv's own limit is 131,072."""

MOST_LINES: Final = 4 * MAX_ROWS
"""Lines that are read for the most rows of a sheet: cells may hold lines, and lines be blank."""

BLOCK_BYTES: Final = 1 << 20
LINE_END: Final = "\n"

SAMPLE_LINES: Final = 50
DELIMITERS: Final = ",;\t|"
_DECIMAL_COMMA: Final = re.compile(r"\d,\d")


class DelimitedParser:
    """Comma, semicolon, tab or bar separated values."""

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings

    @property
    def media_types(self) -> frozenset[str]:
        return frozenset({CSV.media_type, TSV.media_type})

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        del assets  # no pictures in a table of values
        data, is_all = head_of(Path(file.path))
        text = decode_text(data)
        if not is_all:
            text = text[: text.rfind(LINE_END) + 1] or text
        delimiter = "\t" if file.media_type == TSV.media_type else _delimiter(text)
        reader = SheetReader()
        elements = reader.elements(_rows(text, delimiter))
        cut = () if is_all or reader.warnings else (_told(text),)
        return document_of(file, elements, warnings=(*reader.warnings, *cut))


def head_of(
    path: Path, *, most_lines: int = MOST_LINES, block_bytes: int = BLOCK_BYTES
) -> tuple[bytes, bool]:
    """Return a file up to the block in which it has so many lines, and whether that is all."""
    blocks: list[bytes] = []
    lines = 0
    with path.open("rb") as file:
        while lines < most_lines and (block := file.read(block_bytes)):
            blocks.append(block)
            lines += block.count(b"\n")
        return b"".join(blocks), not file.read(1)


def _told(text: str) -> str:
    return f"only the first {text.count(LINE_END):,} lines were read"


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(FIELD_LETTERS)
    lines = io.StringIO(text.removeprefix(f"sep={delimiter}\n"), newline="")
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def _delimiter(text: str) -> str:
    """Return the sign that divides the first lines into the same number of cells, the most."""
    if text.startswith("sep=") and text[5:6] == "\n":
        return text[4]
    return max(DELIMITERS, key=lambda sign: _regularity(text, sign))


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    """Return how evenly a delimiter divides: the share of rows as wide as most, and that width."""
    head = "\n".join(line[:10_000] for line in text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES])
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    if usual < 2:  # noqa: PLR2004 - one column: nothing is divided
        return 0.0, 0
    return widths.count(usual) / len(widths), usual
