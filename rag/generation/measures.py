"""Whether a written sentence tells the kind of amount that is asked for: no minutes for a price.

A small model puts the number that stands nearest in the place of the one that is asked for. Knows
text; knows no model.
"""

from __future__ import annotations

import re
from typing import Final

from rag.answer.base.quantities import MEASURES
from rag.answer.question.answer_kind import expected_kind, holds_kind
from rag.generation.numbers import numbers_in
from rag.text import words

_UNIT: Final = re.compile(rf"[\s-]{{0,3}}(%|per ?cent\b|(?:{MEASURES})\b)")
_TIME: Final = re.compile(r"(?:second|minute|hour|day|week|month|year)s?")
_COUNTED: Final = re.compile(r"\bhow many\b", re.IGNORECASE)
_MEASURED: Final = re.compile(
    r"\bhow (?:many|heavy|long|far|tall|deep|old|big|large|high|fast|wide|thick|loud)\b",
    re.IGNORECASE,
)


def is_other_measure(text: str, question: str) -> bool:
    """Tell whether a sentence gives an amount of another measure than the question's, or none.

    Only what English words ask is known: a price, how many, how long.
    """
    kind = expected_kind(question)
    if kind == "number" and _MEASURED.search(question):
        named = frozenset(words(question))
        return not holds_kind(kind, text, named) or (
            _COUNTED.search(question) is not None and _all_units(text, question, _TIME)
        )
    return kind == "money" and _all_units(text, question, _UNIT)


def _all_units(text: str, question: str, form: re.Pattern[str]) -> bool:
    """Tell whether each number that the question doesn't say has a unit that it doesn't name.

    `form` is that of the units that count.
    """
    asked = {written for written, *_ in numbers_in(question)}
    units = []
    start = 0
    for written, *_ in numbers_in(text):
        at = text.index(written, start)
        start = at + len(written)
        if written not in asked:
            found = _UNIT.match(text, start)
            is_money = text[:at].rstrip().endswith(("$", "€", "£", "¥"))
            units.append("" if found is None or is_money else found.group(1))
    named = {word.rstrip("s") for word in words(question)}
    return bool(units) and all(
        unit and form.fullmatch(unit.strip()) and unit.casefold().rstrip("s") not in named
        for unit in units
    )
