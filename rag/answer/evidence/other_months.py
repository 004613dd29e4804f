"""Rows of tables that are of another month than the one that is asked about.

"Wettest day in February" is not told by the row of 6 July, whatever stands there. Knows the months
that a question and a row name; knows no other part of a date.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR
from rag.months import months_in

_ISO: Final = re.compile(r"\b(?:1[5-9]|20)\d\d-(0[1-9]|1[0-2])(?:-\d\d)?\b")


def is_of_other_month(row: str, asked: Question) -> bool:
    """Tell whether a row names months, and not the one that the question is about."""
    if asked.month is None or CELL_SEPARATOR not in row:
        return False
    named = {int(month) for month in _ISO.findall(row)} | months_in(row, asked.languages)
    return bool(named) and asked.month not in named
