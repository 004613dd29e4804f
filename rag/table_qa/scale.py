"""Numbers of a table that is "in millions", told so: $1,419 is "$1,419 million". Knows text alone.

The words above the rows say it. Of a table that says more than "(in thousands)" only money is told
so: "$ in millions, except per share amounts and store counts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.number_forms import NUMBER, scale_word, told_scale
from rag.table_text import cells_of

_ALL: Final = re.compile(
    r"(?:^|\()\W*(?:dollars|amounts|euros)?\s*(?:in|en|em) \W?[\w'’]+\s*(?:\W*$|\))",
    re.IGNORECASE | re.MULTILINE,
)
"""Nothing but the scale, and at most the currency: all numbers are in it."""

_MONEY: Final = r"[$€£¥]\s?\(?"
_VALUE: Final = re.compile(rf"\(?(?P<sign>{_MONEY})?(?P<number>{NUMBER.pattern})\)?(?:\s?[€£])?")
_RATIO: Final = re.compile(r"\bper\b|%|\bratio\b", re.IGNORECASE)
_TOLD: Final = re.compile(
    rf"(?P<sign>{_MONEY})?(?<![\d.,])(?P<number>{NUMBER.pattern})(?![\d.,]*\d)(?P<end>\)?)"
    r"(?!\s?%|\*{0,2}\s?(?:thousand|tausend|mi[lo]|mld|mrd|bi|bn|k\b|m\b))(?P<after>\s?[$€£])?",
    re.IGNORECASE,
)


def scaled(text: str, chunks: Iterable[Chunk], language: str = "en") -> str:
    """Return a text in which numbers that stand in cells of these tables have their scale's word.

    The word is that of a language (ISO 639-1).
    """
    for chunk in chunks:
        scale = _scale(chunk) if chunk.role == "table" else None
        if scale and (word := scale_word(scale, language)):
            text = _with_word(text, word, chunk.text)
    return text


def _with_word(text: str, word: str, table: str) -> str:
    sums, counts = _values(table)

    def told(found: re.Match[str]) -> str:
        is_money = bool(found["sign"] or found["after"]) and found["number"] in sums
        if not (is_money or found["number"] in counts):
            return found.group()
        number = f"{found['sign'] or ''}{found['number']}{found['end']}"
        return f"{number} {word}{found['after'] or ''}"

    return _TOLD.sub(told, text)


def _scale(chunk: Chunk) -> float | None:
    return told_scale(_above(chunk.text))


def _above(table: str) -> str:
    """Return the words above the rows of a table, with what stands above their labels."""
    lines = table.split("\n")
    first = next((n for n, line in enumerate(lines) if CELL_SEPARATOR in line), len(lines) - 1)
    return "\n".join([*lines[:first], cells_of(lines[first])[0]])


@lru_cache(maxsize=256)
def _values(table: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the numbers of a table that may be money in its scale, and those that surely are."""
    cells = list(_cells(table))
    is_all = bool(_ALL.search(_above(table)))
    sums = frozenset(number for _, number in cells)
    return sums, frozenset(number for sign, number in cells if sign or is_all)


def _cells(table: str) -> Iterator[tuple[str, str]]:
    """Yield sign and number of each value; labels, headings and ratios have no scale."""
    rows = [line for line in table.split("\n") if CELL_SEPARATOR in line]
    for row in rows[1:]:
        label, *values = cells_of(row)
        if not _RATIO.search(label):
            for value in filter(None, map(_VALUE.fullmatch, values)):
                yield value["sign"] or "", value["number"]
