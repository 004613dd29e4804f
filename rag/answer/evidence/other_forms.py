"""Places and short answers of another form than what is asked for: a month, where a day is.

"Coldest day" is no month, "how high" no count, "opening hours" no day. A place is of another form
only where some other holds the one that is asked for: what no place tells is asked of all. English
rules over the words of a question; whether a text holds such a thing, by its units (BIPM, The
International System of Units, and what is used beside it) and by how days and times are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.evidence import Evidence, with_surroundings
from rag.answer.evidence.features import column_over
from rag.answer.question.question import Question
from rag.months import date_pattern, days_in
from rag.number_forms import NUMBER_WORD
from rag.text import MONTH, YEAR

Holds = Callable[[str], bool]
"""Tells whether a text holds a thing of some form."""

_I: Final = re.IGNORECASE
_AMOUNT: Final = rf"(?:(?<![\w.])\d[\d.,]*+|\b{NUMBER_WORD}|\ban?|\b(?:half|few|several))[\s-]?"

_LENGTHS: Final = (
    r"mm|cm|m|km|nm|µm|μm|mil|ft|yd|in|mi|(?:milli|centi|kilo|nano|micro)?met(?:er|re)s?|microns?"
    r"|inch(?:es)?|f[oe]{2}t|yards?|miles?"
)
_TIMES: Final = (
    r"ms|s|sec|min|h|hrs?|(?:milli|micro)?seconds?|minutes?|hours?|days?|nights?|weeks?|fortnights?"
    r"|months?|quarters?|years?|yrs?|decades?|centur(?:y|ies)|semesters?|terms?"
)
_MASSES: Final = (
    r"mg|g|kg|t|lbs?|oz|(?:milli|kilo)?grams?|kilos?|tons?|tonnes?|pounds?|ounces?|stone"
)
_SPEEDS: Final = (
    r"km/h|kmh|kph|m/s|mph|knots?|kt|rpm|bps|[kMG]bps|[kMG]?b(?:it)?/s|Hz|[kMG]Hz|fps"
    r"|(?:kilo)?met(?:er|re)s? (?:per|an?) (?:second|minute|hour)|miles (?:per|an?) hour"
)
_WEEKDAYS: Final = r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
_CLOCK: Final = r"\b\d{1,2}[:.]\d\d\b|\b\d{1,2} ?(?:[ap]\.?m\b|o['’]clock)|\b(?:noon|midnight)\b"
_OFTEN: Final = (
    r"\b(?:every|each|per|once|twice|times|daily|hourly|weekly|fortnightly|monthly|quarterly"
    r"|(?:semi|bi)?-?annual(?:ly)?|yearly|always|never|rarely|seldom|sometimes|usually|often"
    rf"|regularly|frequent(?:ly)?|continuous(?:ly)?|a (?:day|week|month|year)|Hz)\b|{_WEEKDAYS}"
)


def _measured(units: str, *, else_: str = r"(?!)") -> Holds:
    """Return what tells an amount in one of these units, a column named by one, or `else_`."""
    in_text = re.compile(rf"{_AMOUNT}(?:{units})(?![\w/])|[\[(](?:{units})[\])]|{else_}", _I)
    in_name = re.compile(rf"(?<=\s)(?:{units})(?=\s*(?:\||:|$))", re.MULTILINE)
    return lambda text: in_text.search(text) is not None or in_name.search(text) is not None


def _written(pattern: str) -> Holds:
    form = re.compile(pattern, _I)
    return lambda text: form.search(text) is not None


_NAMES_DAY: Final = re.compile(rf"{_WEEKDAYS}|\bday\s*[|:]", _I)
_NAMES_MONTH: Final = re.compile(rf"\b{MONTH}\b")
_ISO_MONTH: Final = re.compile(rf"\b{YEAR}-(?:0[1-9]|1[0-2])\b")


def _is_day(text: str) -> bool:
    return bool(days_in(text)) or _NAMES_DAY.search(text) is not None


def _is_month(text: str) -> bool:
    """Tell whether a month is named, or written as 2025-03; a day of it is none."""
    dates = date_pattern(None)
    told = dates.sub(lambda date: "" if days_in(date.group()) else date.group(), text)
    return _NAMES_MONTH.search(told) is not None or _ISO_MONTH.search(told) is not None


_WHICH: Final = r"\b(?:which|what|[a-z]{3,}est|most \w+|least \w+)(?: was the| is the)? (?:\w+ )?"

_FORMS: Final[tuple[tuple[re.Pattern[str], Holds], ...]] = tuple(
    (re.compile(asks, _I), holds)
    for asks, holds in (
        (rf"{_WHICH}(?:day|date)\b(?! (?:of the week|care|rate|pass|ticket))", _is_day),
        (rf"{_WHICH}month\b", _is_month),
        (rf"{_WHICH}year\b", _written(rf"\b{YEAR}\b")),
        (r"\b(?:what|which) (?:time|hours?)\b", _written(_CLOCK)),
        (r"\b(?:opening|office|business|visiting) (?:hours|times)\b", _written(_CLOCK)),
        (r"\bhow (?:often|frequently|regularly)\b", _written(_OFTEN)),
        (
            r"\bhow (?:far|tall|deep|wide|thick|broad)\b",
            _measured(_LENGTHS, else_=r"\d['″\"”]"),
        ),
        (r"\bhow high\b", _measured(rf"{_LENGTHS}|%|per ?cent|°\s?[CF]?")),
        (
            r"\bhow long\b",
            _measured(rf"{_LENGTHS}|{_TIMES}", else_=r"\b(?:(?:un)?til|since|pages|words)\b"),
        ),
        (r"\bhow old\b", lambda text: any(map(str.isdigit, text)) and not _is_day(text)),
        (r"\bhow heavy\b|\bhow much (?:does|do|did) .{1,60} weigh\b", _measured(_MASSES)),
        (r"\bhow fast\b", _measured(rf"{_SPEEDS}|{_TIMES}|%|x|times")),
        (r"\bhow (?:hot|cold|warm)\b", _measured(r"°\s?[CFK]?|degrees?|K|℃|℉")),
    )
)
"""What asks for a form, and what tells whether a text holds such a thing."""


def asked_form(asked: Question) -> Holds | None:
    """Return what tells whether a text holds what an English question asks for.

    None where its words tell no form.
    """
    if asked.is_foreign or not asked.rules.on("asked-form"):
        return None
    return next((holds for asks, holds in _FORMS if asks.search(asked.core)), None)


def tells_form(evidence: Sequence[Evidence], asked: Question) -> bool:
    """Tell whether a form is asked for, and one of the places holds such a thing."""
    holds = asked_form(asked)
    return holds is not None and any(holds(with_surroundings(one)) for one in evidence)


def holds_form(evidence: Evidence, asked: Question) -> bool:
    """Tell whether a place, with the names of its columns, holds what is asked for."""
    holds = asked_form(asked)
    return holds is None or holds(with_surroundings(evidence))


def is_of_other_form(short: Short, asked: Question) -> bool:
    """Tell whether a short answer is, by its words and its column's name, of another form."""
    holds = asked_form(asked)
    return holds is not None and not holds(f"{column_over(short)}: {short.text}")
