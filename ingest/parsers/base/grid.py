"""Tables as grids of cells: merged cells, header rows, empty lanes. Knows no file format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import CELL_SEPARATOR
from rag.text import RECENT_YEAR

MAX_SPAN: Final = 1000
"""HTML's own limit for colspan; a larger rowspan is cut by the table's end."""

UNIT_LETTERS: Final = 8
"""What stands below the name of a column and is longer is no unit."""

MAX_HEADER_ROWS: Final = 4
MAX_CELLS: Final = 500_000
"""Merged cells may not blow a table up beyond this."""

_NUMBER: Final = re.compile(
    r"[(\[~<>≈±+\-\u2212\u2013]*[$€£¥]?\s?[(+\-\u2212]?\d[\d.,'\u00a0 ]*.{0,4}"
)
_YEAR: Final = re.compile(RECENT_YEAR + r"([-/\u2013]\d{2,4})?")
_OPENING: Final = re.compile(r"[$€£¥(]|[$€£¥]\s*\(|[A-Z]{2,3}\s?[$€£¥]|\(\s*[$€£¥]")
_CLOSING: Final = re.compile(r"[)%]|\)\s*%|%\s*\)|[\u00b0*†‡]{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """A cell as written, with the rows and columns that it covers."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """One square of a grid. `is_spread`: its text is that of the merged cell to the left."""

    text: str = ""
    is_spread: bool = False


Grid = Sequence[Sequence[str]]


def table_text(grid: Grid) -> str:
    """Return one line for each row, cells divided by `CELL_SEPARATOR`."""
    return "\n".join(CELL_SEPARATOR.join(cell_text(text) for text in row) for row in grid)


def cell_text(text: str) -> str:
    """Return a cell on one line, without the sign that divides cells."""
    return " ".join(text.split()).replace("|", "¦")


def resolve_spans(rows: Iterable[Sequence[GridCell]]) -> list[list[Slot]]:
    """Return the squares that the cells cover: a merged cell's text stands in each of them."""
    grid: list[list[Slot]] = []
    hanging: dict[int, tuple[int, Slot]] = {}  # column: rows still to come, square
    count = 0
    for cells in rows:
        row = _place(list(cells), hanging)
        count += len(row)
        if count > MAX_CELLS:
            break
        grid.append(row)
    return grid


def _place(cells: list[GridCell], hanging: dict[int, tuple[int, Slot]]) -> list[Slot]:
    """Lay out one row beside the merged cells that hang into it from above."""
    row: list[Slot] = []
    waiting = cells[::-1]
    while waiting or max(hanging, default=-1) >= len(row):
        if len(row) in hanging:
            left, slot = hanging.pop(len(row))
            if left > 1:
                hanging[len(row)] = (left - 1, slot)
            row.append(slot)
        elif waiting:
            cell = waiting.pop()
            for nth in range(max(1, min(cell.columns, MAX_SPAN))):
                slot = Slot(cell.text, is_spread=nth > 0)
                if cell.rows > 1:
                    hanging[len(row)] = (cell.rows - 1, slot)
                row.append(slot)
        else:
            row.append(Slot())
    return row


def split_titles(slots: list[list[Slot]]) -> tuple[list[str], list[list[Slot]]]:
    """Divide the rows at the top that are one merged cell, titles of the table, from the rest."""
    titles: list[str] = []
    for number, row in enumerate(slots):
        one_cell = len(row) > 1 and all(slot.is_spread for slot in row[1:])
        if not one_cell and any(slot.text.strip() for slot in row):
            return titles, slots[number:]
        if row and row[0].text.strip():
            titles.append(row[0].text)
    return [], slots


def tidy(slots: list[list[Slot]], *, header_rows: int | None = None) -> list[list[str]]:
    """Return a grid with one header row, without empty lanes and currency columns.

    `header_rows` is the number of header rows if the format says so.
    """
    slots = [row for row in slots if any(slot.text.strip() for slot in row)]
    width = max((len(row) for row in slots), default=0)
    slots = [[*row, *[Slot()] * (width - len(row))] for row in slots]
    texts = [[slot.text for slot in row] for row in slots]
    count = header_rows if header_rows is not None else count_header_rows(texts)
    count = min(count, max(0, len(slots) - 1), MAX_HEADER_ROWS)
    body = [["" if slot.is_spread else slot.text for slot in row] for row in slots[count:]]
    header = [merge_header([row[n] for row in texts[:count]]) for n in range(width)]
    spread = [any(row[n].is_spread and row[n].text for row in slots[:count]) for n in range(width)]
    return _merge_lanes([header, *body] if count else body, spread, has_header=count > 0)


def merge_header(parts: Sequence[str]) -> str:
    """Join the header cells above one column, each said once."""
    return " ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def count_header_rows(grid: Grid) -> int:
    """Return how many rows at the top are header: one, and more only where something says so.

    Rows of words above the first row with numbers are data, unless `_names_more`. None where the
    first row has numbers itself, half of its cells and more. One where no row near has any.
    """
    lead = next((n for n, lane in enumerate(zip(*grid, strict=True)) if any(lane)), 0)
    rows = [[text.strip() for text in row[lead:]] for row in grid]
    near = enumerate(rows[: MAX_HEADER_ROWS + 1])
    first = next((n for n, row in near if _has_numbers(row, any_of=n > 0)), None)
    if first is None:
        return int(len(grid) > 1)
    count = min(first, 1)
    while count < first and _names_more(rows, count, first):
        count += 1
    return count


def _has_numbers(row: Sequence[str], *, any_of: bool) -> bool:
    signs = (_OPENING.fullmatch, _CLOSING.fullmatch)
    filled = [text for text in row[1:] if text and not any(sign(text) for sign in signs)]
    numbers = sum(map(is_number, filled))
    return numbers > 0 and (any_of or 2 * numbers >= len(filled))


def _names_more(rows: Grid, count: int, first: int) -> bool:
    """Say whether the row below `count` header rows heads columns too; `first` has numbers.

    It does where a cell goes on from above, where it has no label, where it stands over numbers
    and tells columns apart that have no name yet or the same one, and where it holds units.
    """
    row, names = rows[count], [merge_header(lane) for lane in zip(*rows[:count], strict=True)]
    pairs = zip(row, rows[count - 1], strict=True)
    if not row[0] or any(text and text == above for text, above in pairs):
        return True
    filled = [n for n, text in enumerate(row) if text and n]
    is_over = all(_is_numeric(rows[first:], n) for n in filled)
    is_apart = any(names.count(names[n]) > 1 or not names[n] for n in filled)
    if not names[0]:
        return is_apart or (is_over and len(filled) > 1)
    return (is_apart and is_over) or all(_is_unit(rows[count:], n) for n in (0, *filled))


def _is_unit(rows: Grid, column: int) -> bool:
    text = rows[0][column]
    if is_number(text) or len(text) > UNIT_LETTERS:
        return False
    return (text[0] + text[-1]) in {"()", "[]"} or _is_numeric(rows[1:], column)


def _is_numeric(rows: Grid, column: int) -> bool:
    filled = [row[column] for row in rows if row[column]]
    return bool(filled) and 2 * sum(map(is_number, filled)) >= len(filled)


def is_number(text: str) -> bool:
    """Say whether a cell is a figure, not a year that heads a column."""
    text = text.strip()
    return bool(_NUMBER.fullmatch(text)) and not _YEAR.fullmatch(text)


def _merge_lanes(
    grid: list[list[str]], spread: Sequence[bool], *, has_header: bool
) -> list[list[str]]:
    """Drop empty columns; join `$`, `(` and `)`, `%` that stand in columns of their own.

    `spread` tells the columns that a header cell of the column before stands above as well.
    """
    columns: list[list[str]] = []
    for column, is_spread in zip(zip(*grid, strict=True), spread, strict=True):
        lane = [text.strip() for text in column]
        if not any(lane):
            continue
        if columns and _joins(columns[-1], lane, has_header=has_header, is_spread=is_spread):
            header = columns[-1][:has_header] if columns[-1][0] else lane[:has_header]
            body = zip(columns[-1][has_header:], lane[has_header:], strict=True)
            columns[-1] = [*header, *(left + right for left, right in body)]
        else:
            columns.append(lane)
    return [list(row) for row in zip(*columns, strict=True)]


def _joins(left: Sequence[str], right: Sequence[str], *, has_header: bool, is_spread: bool) -> bool:
    """Say whether two columns are one: signs beside numbers, or below one merged header."""
    if has_header and left[0] and right[0] and not (left[0] == right[0] and is_spread):
        return False
    body = list(zip(left[has_header:], right[has_header:], strict=True))
    both = [(a, b) for a, b in body if a and b]
    if not all(_OPENING.fullmatch(a) or _CLOSING.fullmatch(b) for a, b in both):
        return False
    one_header = has_header and is_spread and left[0] == right[0]
    return bool(both) or one_header or _is_signs(left, _OPENING) or _is_signs(right, _CLOSING)


def _is_signs(lane: Sequence[str], pattern: re.Pattern[str]) -> bool:
    filled = [text for text in lane[1:] if text]
    return bool(filled) and all(pattern.fullmatch(text) for text in filled)
