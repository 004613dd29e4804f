"""Rows and sentences that are not of the month that is asked about.

"Wettest day in February" is not told by the row of 6 July, whatever stands there. Knows the months
that a question and a row name; knows no other part of a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR
from rag.months import months_in
from rag.text import YEAR

_ISO: Final = re.compile(rf"\b{YEAR}-(0[1-9]|1[0-2])(?:-\d\d)?\b")


def is_of_other_month(row: str, asked: Question) -> bool:
    """Tell whether a row names months, and not the one that the question is about."""
    if asked.month is None or CELL_SEPARATOR not in row:
        return False
    named = _months(row, asked)
    return bool(named) and asked.month not in named


def names_month(text: str, asked: Question) -> bool:
    """Tell whether a text names the month that the question is about, where it is about one."""
    return asked.month is None or asked.month in _months(text, asked)


def tells_months(rows: Iterable[str], asked: Question) -> bool:
    """Tell whether a row of a table is of the one month that the question is about."""
    if asked.month is None:
        return False
    labels = (row.split(CELL_SEPARATOR)[0] for row in rows if CELL_SEPARATOR in row)
    return any(asked.month in _months(label, asked) for label in labels)


def _months(text: str, asked: Question) -> set[int]:
    return {int(month) for month in _ISO.findall(text)} | months_in(text, asked.languages)
