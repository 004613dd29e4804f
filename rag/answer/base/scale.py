"""The scale of a table's numbers, stated once for many: "in millions", "(000's)".

Knows a cell, its names and the lines over its table; knows no question but what it says of scale.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.base.quantities import quantity, shown
from rag.answer.base.tables import cells_of, column_names, column_of, named_column
from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.number_forms import CURRENCY_CODE, SCALES
from rag.text import YEAR

_STATED: Final = re.compile(
    rf"(?:\bin\s+(?:[\w.$€£]+\s+){{0,3}}?|[$€£]\s?|\b{CURRENCY_CODE}\s+|\()"
    r"(?P<scale>thousand|million|billion)s?\b|(?P<zeros>(?<![\d.,])000)['’]?s?\b",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"\b(?:thousand|million|billion)s?\b|(?<![\d.,])000['’]?s\b", re.IGNORECASE
)
_BARE: Final = re.compile(r"[$€£¥]?\s?\(?[$€£¥]?\d+(?:,\d{3})*(?:\.\d+)?\)?")
_YEAR: Final = re.compile(YEAR)
_UNSCALED: Final = re.compile(
    r"\bper\b|%|percent|\brates?\b|\bratio|\bmargin\b|\bnumber of\b|\bcount\b|\bstores?\b"
    r"|\bemployees\b|\byears?\b|\bpages?\b",
    re.IGNORECASE,
)
"""What lines "in millions" do not speak of, though they stand over it."""


def with_scale(text: str, chunk: Chunk, start: int, *, is_named: bool) -> str:
    """Return a number of a table with the scale that the table states; any other text as it is.

    "1,358" under "Shares (000's)" is "1,358 thousand". Where the question
    names a scale (`is_named`), the number is left as it is.
    """
    if chunk.role != "table" or not _BARE.fullmatch(text) or _YEAR.fullmatch(text):
        return text
    scale = _scale_of(chunk, start)
    if not scale or is_named:
        return text
    return f"{text} {scale}{_written_out(text, scale)}"


def names_scale(question: str) -> bool:
    """Tell whether a question names a scale that its answer is to be in."""
    return _NAMED.search(question) is not None


def _written_out(text: str, scale: str) -> str:
    """Return thousands as a full number too: people count shares, not thousands of them."""
    amount = quantity(text)
    if scale != "thousand" or amount is None or amount.decimals or amount.value < 0:
        return ""
    return f" ({shown(amount.value * SCALES[scale], 0, amount.unit)})"


def _scale_of(chunk: Chunk, start: int) -> str:
    """Return the scale of the cell at `start`: its column's, its row's, or the whole table's."""
    label, column = cell_names(chunk, start)
    for name in (column, label):
        stated = _stated(name)
        if stated:
            return stated
    if _UNSCALED.search(f"{label} {column}"):
        return ""
    return _stated(_over(chunk.text))


def _stated(text: str) -> str:
    found = _STATED.search(text)
    if found is None:
        return ""
    return "thousand" if found["zeros"] else found["scale"].lower()


def _over(text: str) -> str:
    """Return the lines over a table, and its header row."""
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if CELL_SEPARATOR in line), -1)
    return "\n".join(lines[: first + 1])


def cell_names(chunk: Chunk, start: int) -> tuple[str, str]:
    """Return the label of the row and the name of the column of the cell at `start`."""
    text = chunk.text
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    row = text[first : len(text) if last < 0 else last]
    column = column_of(text, first, start)
    return cells_of(row)[0], named_column(column_names(chunk), row, column)
