"""What a cell counts for in sums: its number, or none. Knows text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rag.answer.base.quantities import measure, quantity
from rag.number_forms import CURRENCY_CODE, NUMBER
from rag.text import MONTH
from rag.text import YEAR as A_YEAR

YEAR: Final = "year"
"""The unit of what is a year: years have a range, but no sum."""

_WRITTEN_YEAR: Final = re.compile(A_YEAR)
_DATE: Final = re.compile(rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\b{MONTH}\b", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[^\W\d_]+")
MAX_PLAIN_WORDS: Final = 3
"""What has more words beside its number is a sentence."""

_CURRENCIES: Final = re.compile(rf"\b{CURRENCY_CODE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number with its scale ("2.1 million" is 2,100,000); `unit` is "" where none is given."""

    value: float
    unit: str = ""


def number_of(text: str) -> Number | None:
    """Return the one number that a short answer is; None for words, dates and several numbers."""
    answer = text.split("(", 1)[0].strip() or text
    if _DATE.search(answer) or len(_PLAIN.findall(answer)) > MAX_PLAIN_WORDS:
        return None
    if len(NUMBER.findall(answer)) != 1:
        return None
    if _WRITTEN_YEAR.fullmatch(answer):
        return Number(value=float(answer), unit=YEAR)
    found = quantity(answer)
    if found is None:
        return None
    currency = _CURRENCIES.search(answer)
    unit = found.unit or (currency.group() if currency else measure(answer))
    return Number(value=found.size, unit=unit)
