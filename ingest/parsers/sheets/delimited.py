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
from ingest.parsers.sheets.sheets import SheetReader
from rag.datamodel import Document, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

FIELD_LETTERS: Final = 1_000_000
"""The longest cell that is read; csv's own limit is 131,072."""

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
        text = decode_text(Path(file.path).read_bytes())
        delimiter = "\t" if file.media_type == TSV.media_type else _delimiter(text)
        reader = SheetReader()
        elements = reader.elements(_rows(text, delimiter))
        return document_of(file, elements, warnings=reader.warnings)


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
