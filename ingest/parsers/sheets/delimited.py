"""CSV and TSV: the dialect is told from the first lines. Formulas are text, never computed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Final

from ingest.discovery.encoding import decode_text, decoded_once, encoding_of
from ingest.discovery.formats import TSV
from ingest.parsers.base.elements import document_of
from ingest.parsers.base.grid import is_number
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
    if file.media_type == TSV.media_type:
        delimiter = "\t"
    elif text.startswith("sep=") and text[5:6] == "\n":
        delimiter = text[4]
    else:
        delimiter = max(DELIMITERS, key=lambda sign: _regularity(text, sign))
    lines = io.StringIO(text, newline="") if is_all else _lines(path, encoding_of(data))
    reader = SheetReader(partial(assets.put_rows, file.sha256))
    csv.field_size_limit(FIELD_LETTERS)
    kept = (line for line in lines if line.rstrip("\r\n") != f"sep={delimiter}")
    rows = csv.reader(kept, delimiter=delimiter, skipinitialspace=True)
    elements = reader.elements(_with_titles(rows))
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


def _with_titles(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows; those of fewer cells above the header of a table are titles of one cell each."""
    head = list(islice(rows, SAMPLE_LINES))
    width = _usual([len(row) for row in head if row])
    first = next((n for n, row in enumerate(head) if len(row) == width), 0)
    above = [row for row in head[:first] if any(row)]
    is_apart = len(above) > 1 or (len(above) == 1 and len(above[0]) < width - 1)
    if is_apart and not any(map(is_number, head[first])):
        head[:first] = map(_title, head[:first])
    yield from chain(head, rows)


def _title(row: list[str]) -> list[str]:
    """Return a line of a preamble as one cell: `name: value` where it has two."""
    filled = [text.strip() for text in row if text.strip()]
    if len(filled) == 2:  # noqa: PLR2004 - a name and a value
        filled = [f"{filled[0].rstrip(':')}: {filled[1]}"]
    return [", ".join(filled).lstrip("# ")]


def _regularity(text: str, delimiter: str) -> tuple[float, int]:
    """Return how evenly a delimiter divides: the share of rows as wide as most, and that width."""
    head = "\n".join(line[:10_000] for line in text.split("\n", SAMPLE_LINES)[:SAMPLE_LINES])
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    usual = _usual(widths)
    if usual < 2:  # noqa: PLR2004 - one column: nothing is divided
        return 0.0, 0
    return widths.count(usual) / len(widths), usual


def _usual(widths: Sequence[int]) -> int:
    """Return the width that most rows have, the larger of two; 1 of none."""
    return max(set(widths), key=lambda width: (widths.count(width), width), default=1)
