"""Numbers of a table that is "in millions", told so: $1,419 is "$1,419 million".

The words above the rows say it. Of a table that says more than "(in thousands)" only money is told
so: "$ in millions, except per share amounts and store counts".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from rag.datamodel import Chunk
from rag.number_forms import NUMBER, scale_word, told_scale
from rag.table_text import cells_of, table_head

_ALL: Final = re.compile(
    r"(?:^|\()(?:dollars |amounts |euros |[$€£¥] ?){0,1}(?:in|en|em) [\w'’]{1,12}[ :]{0,2}(?:$|\))",
    re.IGNORECASE | re.MULTILINE,
)
"""Nothing but the scale, and at most the currency: all numbers are in it."""

_MONEY: Final = r"[$€£¥]\s?\(?"
_VALUE: Final = re.compile(rf"\(?(?P<sign>{_MONEY})?(?P<number>{NUMBER.pattern})\)?(?:\s?[€£])?")
_RATIO: Final = re.compile(r"\bper\b|%|\bratio\b", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"\b(?:shares?|numbers?|counts?|stores?|warehouses?|employees|units|members|customers|per)\b",
    re.IGNORECASE,
)
_CENTS: Final = re.compile(r"\.\d\d$")
"""An amount for one of something, between others in a scale."""

_TOLD: Final = re.compile(
    rf"(?P<sign>{_MONEY})?(?<![\d.,])(?P<number>(?>{NUMBER.pattern}))(?![.,]?\d)(?P<end>\)?)"
    r"(?:(?P<bold>\*{0,2})\s?(?:thousand|million|billion)s?\b)?+"
    r"(?!\s?%|,? \d{4}\b|\*{0,2}\s?(?:tausend|mi[lo]|mld|mrd|bi|bn|k\b|m\b))"
    r"(?P<after>\s?[$€£])?",
    re.IGNORECASE,
)


def scaled(text: str, chunks: Iterable[Chunk], language: str = "en") -> str:
    """Return a text whose numbers of these tables have their scale's word in a language."""
    for chunk in chunks:
        scale = told_scale(_above(chunk.text)) if chunk.role == "table" else None
        if scale and (word := scale_word(scale, language)):
            text = _with_word(text, word, chunk.text)
    return text


def _with_word(text: str, word: str, table: str) -> str:
    sums, counts = _values(table)

    def told(found: re.Match[str]) -> str:
        is_money = bool(found["sign"] or found["after"]) and found["number"] in sums
        if not (is_money or found["number"] in counts):
            return found.group()
        number = f"{found['sign'] or ''}{found['number']}{found['end']}{found['bold'] or ''}"
        return f"{number} {word}{found['after'] or ''}"

    return _TOLD.sub(told, text)


def _above(table: str) -> str:
    """Return the words above the rows of a table, with what stands above their labels."""
    *caption, header = table_head(table)
    return "\n".join([*caption, cells_of(header)[0]])


@lru_cache(maxsize=256)
def _values(table: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the numbers of a table that may be money in its scale, and those that surely are."""
    is_all = bool(_ALL.search(_above(table)))
    cells = [cell for cell in _cells(table) if is_all or not _CENTS.search(cell[1])]
    sums = frozenset(number for _, number in cells)
    return sums, frozenset(number for is_money, number in cells if is_money or is_all)


def _cells(table: str) -> Iterator[tuple[bool, str]]:
    """Yield whether each value is money (below a sign, until other rows), and its number."""
    money: set[int] = set()
    is_other = False
    for line in table.split("\n")[len(table_head(table)) :]:
        label, *values = cells_of(line)
        if (amount := _VALUE.fullmatch(label)) and amount["sign"]:  # of a row without a label
            values = [label, *values]
        if _OTHER.search(label):
            money.clear()
        if not values:
            is_other = bool(_OTHER.search(label))
        if is_other or _RATIO.search(label):
            continue
        for column, value in enumerate(map(_VALUE.fullmatch, values)):
            if value:
                money |= {column} if value["sign"] else set()
                yield column in money, value["number"]
