"""Rows of a table chunk as words: with the names of their columns. Knows text alone."""

from __future__ import annotations

from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.text import content_stems


def table_header(chunk: Chunk) -> str:
    """Return the header row of a table chunk; "" of any other."""
    if chunk.role != "table":
        return ""
    rows = (line for line in chunk.text.split("\n") if CELL_SEPARATOR in line)
    return next(rows, "")


def labelled_row(header: str, row: str) -> str:
    """Return a row with each cell after its column's name: `Region Alps, Depth 5`."""
    names = header.split(CELL_SEPARATOR)
    cells = row.split(CELL_SEPARATOR)
    if len(names) != len(cells):
        return row.replace(CELL_SEPARATOR, ", ")
    return ", ".join(f"{n} {c}".strip() for n, c in zip(names, cells, strict=True) if c.strip())


def row_quotation(header: str, row: str, question: str) -> str:
    """Return a table row as `Label — column: value; column: value`.

    Columns that the question names come first; the order is else that of the table.
    """
    cells = row.split(CELL_SEPARATOR)
    names = header.split(CELL_SEPARATOR)
    if len(names) != len(cells):
        names = [""] * len(cells)
    wanted = set(content_stems(question))
    pairs = [(n.strip(), c.strip()) for n, c in zip(names, cells, strict=True)][1:]
    pairs = [pair for pair in pairs if pair[1]]
    pairs.sort(key=lambda pair: not wanted & set(content_stems(pair[0])))
    values = "; ".join(f"{name}: {value}" if name else value for name, value in pairs)
    return f"{cells[0].strip()} — {values}" if cells[0].strip() else values
