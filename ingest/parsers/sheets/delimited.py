"""CSV and TSV: the dialect is told from the first lines. Formulas are text, never computed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from ingest.discovery.encoding import decode_text, decoded_once, encoding_of
from ingest.discovery.formats import TSV
from ingest.parsers.base.elements import document_of
from ingest.parsers.base.how_far import rows_looked_through
from ingest.parsers.sheets.sheets import MAX_ROWS, SheetReader
from rag.datamodel import Document, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

FIELD_LETTERS: Final = 1_000_000
"""The longest cell that is read; csv's own limit is 131,072."""

MAX_LINES: Final = MAX_ROWS
"""A file of more lines is read line by line."""

BLOCK_BYTES: Final = 1 << 20
SAMPLE_LINES: Final = 50
DELIMITERS: Final = ",;\t|"


def parse_delimited(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Comma, semicolon, tab or bar separated values."""
    path = file.at
    data, is_all = head_of(path)
    text = decode_text(data)
    delimiter = "\t" if file.media_type == TSV.media_type else _delimiter(text)
    lines = io.StringIO(text, newline="") if is_all else _lines(path, encoding_of(data))
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    elements = reader.elements(_rows(lines, delimiter))
    return document_of(file, elements, warnings=reader.warnings)


def head_of(
    path: Path, *, max_lines: int = MAX_LINES, block_bytes: int = BLOCK_BYTES
) -> tuple[bytes, bool]:
    """Return a file up to the block in which it has so many lines, and whether that is all."""
    blocks: list[bytes] = []
    lines = 0
    with path.open("rb") as file:
        while lines < max_lines and (block := file.read(block_bytes)):
            blocks.append(block)
            lines += block.count(b"\n")
        return b"".join(blocks), not file.read(1)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a long file, each as `decode_text` gives it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        stream = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        lines = iter(partial(stream.readline, FIELD_LETTERS), "")
        for line in rows_looked_through(lines, lambda _: file.tell() / size):
            yield decoded_once(line).lstrip("\ufeff").replace("\0", "")


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(FIELD_LETTERS)
    told = (line for line in lines if line.rstrip("\r\n") != f"sep={delimiter}")
    return csv.reader(told, delimiter=delimiter, skipinitialspace=True)


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
