"""Numbers that are another amount than the one asked for: a difference, a limit, no money.

"50 minutes longer" is no length of time but of two, "at most 24 people" counts nobody who came,
"64 years" is no price, and "146 Wickham Street" counts nothing. English rules over words beside a
number.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.base.tables import table_header
from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.features import column_over
from rag.answer.question.question import Question
from rag.number_forms import NUMBER_WORD
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
_MOST: Final = r"at most|up to|(?:no|not) more than|maximum(?: of)?|limited to|a limit of"
_LEAST: Final = r"at least|(?:no|not) (?:fewer|less) than|minimum(?: of)?"
_LIMIT: Final = re.compile(rf"\b(?:{_MOST}|{_LEAST})\s+$", _I)
_AT_MOST: Final = re.compile(rf"\b(?:{_MOST}|max)\b", _I)
_AT_LEAST: Final = re.compile(rf"\b(?:{_LEAST}|min)\b", _I)
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
_CURRENCY: Final = re.compile(
    r"[$€£¥₹]|\b(?:euros?|dollars?|pounds?|pence|cents?|francs?|rupees?|yen|kroner|eur|usd|gbp|chf)\b",
    _I,
)
_MONEY: Final = re.compile(rf"{_CURRENCY.pattern}|\d[.,]\d\d\b", _I)

_HOW_MANY: Final = re.compile(r"\bhow many\b", _I)
_COUNT: Final = re.compile(rf"\d[\d.,]*\d|\d|\b{NUMBER_WORD}\b", _I)
_TIMES: Final = r"seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?"
_LENGTHS: Final = r"mm|cm|km|met(?:er|re)s?|inch(?:es)?|feet|miles?"
_MEASURED: Final = re.compile(
    r"(?:[\s-](?:full|whole|more|or more))?[\s-]?"
    rf"(?:[%°€£$]|(?:percent|{_TIMES}|centuries|decades?|{_LENGTHS}|m|kilomet(?:er|re)s?|yards?"
    r"|acres?|hectares?|k?g|grams?|kilos?|tons?|tonnes?|pounds?|ounces?|lit(?:er|re)s?|gallons?"
    r"|k?W|k?Wh|dollars?|euros?|cents?|degrees?)\b)"
)
_MEASURE: Final = re.compile(
    r"\d[\d.,]*+(?:\s?(?:to|and|[-–])\s?\d[\d.,]*+)?[\s-]?"
    rf"(?:{_TIMES}|{_LENGTHS}|kg)\b"
)
"""A number, or two, of what is surely no money: a pound may be."""

_NAMED: Final = re.compile(r"\s+[A-Z][a-z]")
"""What stands behind the number of a house, a footnote or a section."""

_THING_WORDS: Final = 4
"""What is counted stands within so many words of its number."""


def is_other_amount(short: Short, asked: Question) -> bool:
    """Tell whether a number is, by the words beside it, no amount of what is asked for."""
    if asked.is_foreign or not any(c.isdigit() for c in short.text):
        return False
    others = (_is_difference, _is_limit, _is_other_limit, _is_no_money, _counts_nothing)
    return any(is_other(short, asked) for is_other in others)


def _counts_nothing(short: Short, asked: Question) -> bool:
    """Tell whether things are to be counted, and a number is money, a measure or part of a name.

    What is counted need not stand beside its number, but a measure or a name must not.
    """
    if _HOW_MANY.search(asked.core) is None:
        return False
    if _is_of_money(short, asked):
        return True
    if short.evidence.hit.chunk.role != "text":
        return False
    told = short.evidence.hit.chunk.text
    number = _COUNT.search(told, short.start, short.end)
    if number is None:
        return False
    before = told[short.evidence.start : number.start()].split()[-_THING_WORDS:]
    after = told[number.end() : short.evidence.end]
    beside = asked.stems_in(" ".join((*before, *after.split()[:_THING_WORDS])))
    is_other = _MEASURED.match(after) or _NAMED.match(after)
    return is_other is not None and asked.noun.isdisjoint(beside)


def _is_of_money(short: Short, asked: Question) -> bool:
    """Tell whether a number is money by its column or its table's caption, and none is asked."""
    column, chunk = column_over(short), short.evidence.hit.chunk
    if _CURRENCY.search(asked.core) or asked.noun & asked.stems_in(column):
        return False
    header = table_header(chunk)
    caption = chunk.text.partition(header)[0] if header else ""
    return _CURRENCY.search(f"{short.text} {column} {caption}") is not None


def _is_other_limit(short: Short, asked: Question) -> bool:
    """Tell whether a number is the least that may be, and the most is asked for, or otherwise."""
    before = _before(short)
    wants_most, wants_least = _AT_MOST.search(asked.core), _AT_LEAST.search(asked.core)
    if wants_most and not wants_least:
        return _AT_LEAST.search(before) is not None
    return bool(wants_least and not wants_most and _AT_MOST.search(before))


def _is_no_money(short: Short, asked: Question) -> bool:
    """Tell whether money is asked for, and a number measures, or none is spoken of."""
    if asked.kind != "money":
        return False
    told = short.evidence.hit.chunk.text
    if _MEASURE.match(told, short.start, short.evidence.end):
        return True
    is_cell = short.form == "cell" or short.evidence.hit.chunk.role == "table"
    is_price = _COSTS.search(asked.core) is not None
    return is_price and not is_cell and _MONEY.search(short.evidence.text) is None


def _is_difference(short: Short, asked: Question) -> bool:
    told = short.evidence.hit.chunk.text
    is_one = _DIFFERENCE.match(told, short.start, short.evidence.end)
    return is_one is not None and _COMPARES.search(asked.core) is None


def _is_limit(short: Short, asked: Question) -> bool:
    """Tell whether a number says how many there may be, and the question asks how many were."""
    if _LIMIT.search(_before(short)) is None:
        return False
    asks_past = _PAST.search(asked.core) is not None and _ALLOWS.search(asked.core) is None
    return asks_past and _PAST.search(short.evidence.text) is None


def _before(short: Short) -> str:
    """Return the words before a number that may make it a limit."""
    start = max(short.evidence.start, short.start - _LONGEST_LIMIT)
    return short.evidence.hit.chunk.text[start : short.start]
