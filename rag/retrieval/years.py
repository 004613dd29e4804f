"""Years that a question names by today's date: "this year", "last year". English rules.

Read as the documents have them: where none is of this year, the newest year that they name is
meant. Knows words; knows no index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from rag.retrieval.spelling import Meant

LOOKED_BACK: Final = 10
"""So many years before this one are looked for in the documents."""

_NAMED: Final = re.compile(
    r"\b(?P<before>(?:in|of|for|during|from|since|until|till|by|than)\s+)?(?:the\s+)?"
    r"(?P<which>this|current|last|past|previous|next|coming)\s+(?:calendar\s+)?year\b(?!['’]?s)",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile(
    r"\b(?:than|compared (?:to|with)|against|versus|vs\.?)\s+(?:in\s+)?(?:the\s+)?"
    r"(?:last|past|previous)\s+(?:calendar\s+)?year$",
    re.IGNORECASE,
)
_STEPS: Final = {"this": 0, "current": 0, "next": 1, "coming": 1}


def with_years(
    question: str, *, today: date, held: Callable[[Sequence[str]], Mapping[str, int]]
) -> Meant:
    """Return the question with a year for each that is named so; `held` counts their chunks.

    One that no document names stays as it is, and so does one that what is told of no year is set
    against: "more than last year" is meant as documents say it, of their own year.
    """
    text, notes, end = "", [], 0
    for match in () if _is_set_against(question) else _NAMED.finditer(question):
        year = _year(_STEPS.get(match["which"].lower(), -1), today, held)
        if not year:
            continue
        text += question[end : match.start()] + f"{match['before'] or 'in '}{year}"
        end = match.end()
        notes.append(f"Read “{match['which'].lower()} year” as {year}.")
    return Meant(text=text + question[end:], notes=tuple(dict.fromkeys(notes)))


def _is_set_against(question: str) -> bool:
    """Tell whether the only year that is named is one that something is compared with."""
    named = list(_NAMED.finditer(question))
    return len(named) == 1 and _AGAINST.search(question, 0, named[0].end()) is not None


def _year(step: int, today: date, held: Callable[[Sequence[str]], Mapping[str, int]]) -> str:
    """Return the year so many after this one, or the newest held for this one; "" for none."""
    first = today.year + step
    years = [str(first - n) for n in range(1 if step else LOOKED_BACK)]
    counts = held(years)
    return next((year for year in years if counts.get(year)), "")
