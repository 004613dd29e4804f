"""Rows of a table chunk as words: with the names of their columns. Knows text alone."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.text import YEAR, content_stems, word_spans

Key = tuple[str, int]
"""A chunk's id and where in its text something begins."""

MAX_ROW_WORDS: Final = 30
"""A quoted row names its label and as many columns as these words hold, the fitting ones first."""

MAX_HEADER_ROWS: Final = 3
_YEARS: Final = re.compile(rf"[^\d]*(?:{YEAR}(?:\s?[/–-]\s?\d\d\b)?[^\d]*)+|\w+ \d{{1,2}}, {YEAR}")


def table_header(chunk: Chunk) -> str:
    """Return the header row of a table chunk; "" of any other."""
    if chunk.role != "table":
        return ""
    rows = (line for line in chunk.text.split("\n") if CELL_SEPARATOR in line)
    return next(rows, "")


def table_head(text: str) -> list[str]:
    """Return the lines of a table down to its header row: of its caption, and that row."""
    lines = text.split("\n")
    header = next((n for n, line in enumerate(lines) if CELL_SEPARATOR in line), len(lines) - 1)
    return lines[: header + 1]


def column_names(chunk: Chunk) -> tuple[str, ...]:
    """Return the names of a table chunk's columns; () of any other and where its rows have none.

    A heading may stand over several rows ("Payments due by period" over years): rows before the
    first with a value are joined, an upper heading counting for the empty cells to its right.
    """
    return _names_over(chunk.text) if table_header(chunk) else ()


@functools.lru_cache(maxsize=256)
def _names_over(text: str) -> tuple[str, ...]:
    """Return the names over the rows of a table; each of its rows asks for them."""
    rows = [line for line in text.split("\n") if CELL_SEPARATOR in line]
    names = cells_of(rows[0])
    if any(map(_is_mostly_digits, names[1:])):
        return ()
    for row in rows[1:MAX_HEADER_ROWS]:
        cells = cells_of(row)
        if len(cells) != len(names) or cells[0] or any(map(_is_value, cells)):
            break
        names = [f"{over} {own}".strip() for over, own in zip(_spread(names), cells, strict=True)]
    return tuple(names)


def _spread(names: Sequence[str]) -> list[str]:
    """Repeat each name over the empty cells to its right; the first column stays as it is."""
    spread = list(names[:1])
    for name in names[1:]:
        spread.append(name or (spread[-1] if len(spread) > 1 else ""))
    return spread


def _is_mostly_digits(cell: str) -> bool:
    digits = sum(c.isdigit() for c in cell)
    return digits > sum(c.isalpha() for c in cell) and not _YEARS.fullmatch(cell)


def _is_value(cell: str) -> bool:
    return any(c.isdigit() for c in cell) and not _YEARS.fullmatch(cell)


def cells_of(row: str) -> list[str]:
    """Return the cells of a row; one that lost the white space of an empty end cell still parts."""
    return [cell.strip() for cell in row.split("|")]


def named_column(names: Sequence[str], row: str, column: int) -> str:
    """Return the name over a cell of a row; "" where the names do not fit it.

    A row may end with its last filled cell.
    """
    return names[column] if len(names) >= len(cells_of(row)) else ""


def labelled_row(header: str, row: str) -> str:
    """Return a row with each cell after its column's name: `Region Alps, Depth 5`."""
    return ", ".join(f"{name} {cell}".strip() for name, cell in _named(header, row) if cell)


def row_quotation(
    header: str | Sequence[str],
    row: str,
    asked: Collection[str],
    *,
    answer: str = "",
    max_words: int = MAX_ROW_WORDS,
    stems: Callable[[str], Iterable[str]] = content_stems,
) -> str:
    """Return a table row as `Label — column: value; column: value`.

    The column of the `answer` comes first; then those that the stems `asked` for name, or without
    an answer the cells that share most `stems` with them; then the others in the table's order.
    What does not fit into `max_words` is shown as `…`. At least one is shown.
    """
    (_, label), *pairs = _named(header, row)
    wanted = set(asked)
    pairs = [(name, cell) for name, cell in pairs if cell]
    text_of = (lambda pair: pair[0]) if answer else " ".join
    pairs.sort(key=lambda pair: -len(wanted & set(stems(text_of(pair)))))
    pairs.sort(key=lambda pair: not answer or answer not in pair[1])
    shown = [f"{name}: {cell}" if name else cell for name, cell in pairs]
    values = "; ".join(_fitting(shown, max_words=max_words))
    return f"{label} — {values}" if label and values else label or values


def _named(header: str | Sequence[str], row: str) -> list[tuple[str, str]]:
    """Return each cell with its column's name; names are "" where they do not fit."""
    names = cells_of(header) if isinstance(header, str) else header
    return [(named_column(names, row, n), cell) for n, cell in enumerate(cells_of(row))]


def _fitting(values: Sequence[str], *, max_words: int) -> Iterator[str]:
    used = 0
    for value in values:
        if used and used + len(word_spans(value)) > max_words:
            yield "…"
            return
        yield value
        used += len(word_spans(value))
