"""Rows and sentences that are not of the month, or the day, that is asked about.

"Wettest day in February" is not told by the row of 6 July, whatever stands there, and "what
happened on 3 March" not by that of 2 March; "when is the fair" not by the day on which the mail
about it was sent. Knows the months and days that a question and a row name; knows no year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.months import days_in, months_in
from rag.text import YEAR

_ISO: Final = re.compile(rf"\b{YEAR}-(0[1-9]|1[0-2])(?:-\d\d)?\b")

_SENT: Final = re.compile(r"Date:.{0,60}\d\d:\d\d")
"""The line of a mail that says when it was sent."""

_SENDS: Final = re.compile(
    r"\b(?:sen[dt]\w*|e?-?mail\w*|letters?|messages?|notes?|writ\w+|wrote|post\w*|repl\w+|answer\w*"
    r"|ask\w*|announc\w+|invit\w+|inform\w*|report\w*|notif\w+|receiv\w+|tell\w*|told|says?|said"
    r"|dated?)\b",
    re.IGNORECASE,
)
"""English words of what is asked of a mail itself."""

_CHANGED: Final = re.compile(
    r"\W{0,3}(?:page |date )?(?:last|latest) (?:change|update|modif|revis|edit|review)\w*\b"
    r"|\W{0,3}(?:updated|modified|revised)(?: on)?\b:? ?\d",
    re.IGNORECASE,
)
"""The line of a page that says when it was changed."""

_CHANGES: Final = re.compile(
    r"\b(?:chang|updat|modif|revis|edit|review|version|current|recent|new|old|dated?\b)",
    re.IGNORECASE,
)
"""English words of what is asked of a page itself."""


def is_of_its_own(row: str, asked: Question) -> bool:
    """Tell whether a row dates the mail or page that it stands on, and another day is asked for."""
    if asked.kind != "date" or asked.is_foreign:
        return False
    made = ((_SENT, _SENDS), (_CHANGED, _CHANGES))
    return any(form.match(row) and asks.search(asked.core) is None for form, asks in made)


def is_of_other_date(row: str, asked: Question) -> bool:
    """Tell whether a row names months or days, and not the one that the question is about."""
    if CELL_SEPARATOR not in row:
        return False
    months = _months(row, asked) if asked.month is not None else set()
    days = _days(row, asked) if asked.day is not None else set()
    return (bool(months) and asked.month not in months) or (bool(days) and asked.day not in days)


def is_beside_its_day(row: str, told: str, asked: Question) -> bool:
    """Tell whether another cell of a row names the day that is asked about than holds what is told.

    A row whose first cell names it is all of that day.
    """
    if asked.day is None or CELL_SEPARATOR not in row:
        return False
    _, *cells = row.split(CELL_SEPARATOR)
    dated = [cell for cell in cells if asked.day in days_in(cell)]
    return bool(dated) and not any(told in cell for cell in dated)


def names_day(chunk: Chunk, asked: Question) -> bool:
    """Tell whether a place or its heading names the day that a question is about, if it is.

    In a table of a month the day may stand alone, at the beginning of its row.
    """
    around = f"{chunk.context} {' '.join(chunk.headings)} {chunk.text}"
    if asked.day is None or asked.day in _days(around, asked):
        return True
    month, day = asked.day
    return month in _months(around, asked) and any(
        re.match(rf"\W*0?{day}\b(?![.,:]\d)", row) for row in chunk.text.splitlines()
    )


def names_date(text: str, asked: Question) -> bool:
    """Tell whether a text names the month and day that the question is about, as far as it is."""
    return (asked.month is None or asked.month in _months(text, asked)) and (
        asked.day is None or asked.day in _days(text, asked)
    )


def tells_dates(rows: Iterable[str], asked: Question) -> bool:
    """Tell whether a row of a table is of the one month, or day, that the question is about."""
    if asked.month is None and asked.day is None:
        return False
    labels = (row.split(CELL_SEPARATOR)[0] for row in rows if CELL_SEPARATOR in row)
    return any(names_date(label, asked) for label in labels)


def _days(text: str, asked: Question) -> set[tuple[int, int]]:
    return days_in(asked.read(text))


def _months(text: str, asked: Question) -> set[int]:
    return {int(month) for month in _ISO.findall(text)} | months_in(text, asked.spoken_languages)
