"""Rows of a table chunk as words: with the names of their columns. Knows text alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.text import content_stems, word_spans

MOST_ROW_WORDS: Final = 30
"""A quoted row names its label and as many columns as these words hold, the fitting ones first."""

_BETWEEN_CELLS: Final = re.compile(r"\s*\|\s*")


def table_header(chunk: Chunk) -> str:
    """Return the header row of a table chunk; "" of any other."""
    if chunk.role != "table":
        return ""
    rows = (line for line in chunk.text.split("\n") if CELL_SEPARATOR in line)
    return next(rows, "")


def cells_of(row: str) -> list[str]:
    """Return the cells of a row; one that lost the white space of an empty end cell still parts."""
    return [cell.strip() for cell in _BETWEEN_CELLS.split(row)]


def labelled_row(header: str, row: str) -> str:
    """Return a row with each cell after its column's name: `Region Alps, Depth 5`."""
    return ", ".join(f"{name} {cell}".strip() for name, cell in _named(header, row) if cell)


def row_quotation(header: str, row: str, question: str) -> str:
    """Return a table row as `Label — column: value; column: value`.

    Columns that the question names come first, the others in the table's order; what does not
    fit into `MOST_ROW_WORDS` is shown as `…`. At least one is shown.
    """
    (_, label), *pairs = _named(header, row)
    wanted = set(content_stems(question))
    pairs = [(name, cell) for name, cell in pairs if cell]
    pairs.sort(key=lambda pair: -len(wanted & set(content_stems(pair[0]))))
    values = "; ".join(_fitting([f"{name}: {cell}" if name else cell for name, cell in pairs]))
    return f"{label} — {values}" if label and values else label or values


def _named(header: str, row: str) -> list[tuple[str, str]]:
    """Return each cell with its column's name; names are "" where they do not fit."""
    names, cells = cells_of(header), cells_of(row)
    if len(names) != len(cells):
        names = [""] * len(cells)
    return list(zip(names, cells, strict=True))


def _fitting(values: Sequence[str]) -> Iterator[str]:
    used = 0
    for value in values:
        if used and used + len(word_spans(value)) > MOST_ROW_WORDS:
            yield "…"
            return
        yield value
        used += len(word_spans(value))
