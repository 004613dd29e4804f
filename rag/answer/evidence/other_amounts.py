"""Numbers that are another amount than the one asked for: a difference, a limit, no money.

"50 minutes longer" is no length of time but of two, "at most 24 people" counts nobody who came, and
"64 years" is no price.
English rules over words beside a number.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.evidence.answer_candidates import Short
from rag.answer.question.question import Question
from rag.text import YEAR

_I: Final = re.IGNORECASE

_DIFFERENT: Final = (
    r"(?:longer|shorter|higher|lower|more|less|fewer|later|earlier|warmer|colder|cooler|hotter"
    r"|older|younger|deeper|faster|slower|larger|bigger|smaller|greater|heavier|lighter|wider"
    r"|narrower|thicker|thinner|taller|farther|further|closer|cheaper)\b"
)
_DIFFERENCE: Final = re.compile(
    rf"(?!{YEAR}\b)[^\s\w]?\d[\d.,]*+(?:\s?(?:and|to|or|[-–])\s?\d[\d.,]*+)?(?:\s?[%°€£$])?"
    rf"(?:[\s-](?!or\b|{_DIFFERENT})[^\W\d_]{{1,20}}+){{0,2}}\s{_DIFFERENT}"
)
"""In small letters: "13 Greater London" is a name."""

_COMPARES: Final = re.compile(
    rf"\b(?:than|differ\w*|by how much|compar\w*|(?:in|de)creas\w*|chang\w*|r[iao]se\w*|f[ea]ll\w*"
    rf"|gr[eo]w\w*|extra|additional|{_DIFFERENT})",
    _I,
)
_LIMIT: Final = re.compile(
    r"\b(?:at most|at least|up to|(?:no|not) (?:more|fewer|less) than|(?:max|min)imum(?: of)?"
    r"|limited to|a limit of)\s+$",
    _I,
)
_LONGEST_LIMIT: Final = 20
_PAST: Final = re.compile(r"\b(?:did|was|were|had|came|went|took|got|[^\W\d_]{3,}ed)\b", _I)
_ALLOWS: Final = re.compile(
    r"\b(?:can|could|may|might|must|should|allow\w*|permit\w*|admit\w*|limit\w*|fits?|max\w*|min\w*"
    r"|most|least|up to|expected|planned|required|needed)\b",
    _I,
)
_COSTS: Final = re.compile(
    r"\b(?:costs?|pay(?:s|ing)?|paid|prices?|fees?|charged?|salary|rent|dues)\b", _I
)
_MONEY: Final = re.compile(
    r"[$€£¥₹]|\b(?:euros?|dollars?|pounds?|pence|cents?|francs?|rupees?|yen|kroner|eur|usd|gbp|chf)\b"
    r"|\d[.,]\d\d\b",
    _I,
)


def is_other_amount(short: Short, asked: Question) -> bool:
    """Tell whether a number is, by the words beside it, no amount of what is asked for."""
    if asked.is_foreign or not any(c.isdigit() for c in short.text):
        return False
    return _is_difference(short, asked) or _is_limit(short, asked) or _is_no_money(short, asked)


def _is_no_money(short: Short, asked: Question) -> bool:
    """Tell whether a price is asked for, and a sentence with the number speaks of no money."""
    wants_money = asked.kind == "money" and _COSTS.search(asked.core) is not None
    is_cell = short.form == "cell" or short.evidence.hit.chunk.role == "table"
    return wants_money and not is_cell and _MONEY.search(short.evidence.text) is None


def _is_difference(short: Short, asked: Question) -> bool:
    told = short.evidence.hit.chunk.text
    is_one = _DIFFERENCE.match(told, short.start, short.evidence.end)
    return is_one is not None and _COMPARES.search(asked.core) is None


def _is_limit(short: Short, asked: Question) -> bool:
    """Tell whether a number says how many there may be, and the question asks how many were."""
    told = short.evidence.hit.chunk.text
    start = max(short.evidence.start, short.start - _LONGEST_LIMIT)
    if _LIMIT.search(told[start : short.start]) is None:
        return False
    asks_past = _PAST.search(asked.core) is not None and _ALLOWS.search(asked.core) is None
    return asks_past and _PAST.search(short.evidence.text) is None
