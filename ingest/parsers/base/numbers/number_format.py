"""Numbers and dates as a spreadsheet shows them (ECMA-376, part 1, 18.8.30-31). Knows no files.

A code has sections for positive, negative, zero and text, or sections with conditions. Days are
shown as ISO 8601 has them, whatever their order in the code: a reader of many files can't tell 3/4
from 4/3. The other parts of dates are shown as the code says, names in English.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from ingest.parsers.base.numbers.digits import Plain, by_digits, general, plain_of
from ingest.parsers.base.numbers.times import TimeForm, iso, time_form_of
from ingest.parsers.base.numbers.tokens import Token, tokens_of

_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no time zones
_LAST_SERIAL: Final = 2_958_465  # 31 December 9999
_DAY_S: Final = 86_400
_CONDITION: Final = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {  # the bound comes first
    "<": operator.gt,
    "<=": operator.ge,
    ">": operator.lt,
    ">=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
}
_SECTION: Final = re.compile(r'(?:^|(?<=;))((?:"[^"]*"|\\.|[^;"\\])*)')
_TEXT_SECTION: Final = 3
Moment = dt.datetime | dt.date | dt.time | dt.timedelta


def shown(value: object, code: str) -> str:
    """Return a cell's value as its format code shows it; "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Moment):
        return _shown_time(value, code)
    if isinstance(value, int | float):
        return _shown_number(float(value), code or "General")
    return _shown_text(str(value), code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    tokens: tuple[Token, ...]
    holds: Callable[[float], bool] | None
    plain: Plain | None
    time: TimeForm | None


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    return tuple(map(_section, _SECTION.findall(code))) or (_section(""),)


def _section(text: str) -> _Section:
    found = _CONDITION.search(text)
    tokens = tokens_of(_CONDITION.sub("", text))
    return _Section(
        tokens=tokens,
        holds=partial(_COMPARED[found[1]], float(found[2])) if found else None,
        plain=plain_of(tokens),
        time=time_form_of(tokens),
    )


def _shown_time(value: Moment, code: str) -> str:
    form = _sections(code)[0].time
    if isinstance(value, dt.timedelta):
        return form.of_span(value) if form else str(value).partition(".")[0]
    return form.of_moment(value) if form else iso(value)


def _shown_number(value: float, code: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        return str(value)
    if code == "General":
        return general(value)
    sections = _sections(code)
    form = sections[0].time
    if form and form.is_span:
        return form.of_span(dt.timedelta(seconds=round(value * _DAY_S, 3)))
    if form and 0 <= value <= _LAST_SERIAL:
        moment = _EPOCH + dt.timedelta(seconds=round(value * _DAY_S, 3))
        return form.of_moment(moment.time() if value < 1 else moment)
    section, value = _chosen(sections[:_TEXT_SECTION], value)
    made = section.plain.show(value) if section.plain else None
    return by_digits(value, section.tokens) if made is None else made


def _chosen(sections: Sequence[_Section], value: float) -> tuple[_Section, float]:
    """Return the section that shows a number, and the number that it shows."""
    if any(section.holds for section in sections):
        held = (s for s in sections if s.holds is None or s.holds(value))
        return next(held, sections[-1]), value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    is_third = value == 0 and len(sections) == _TEXT_SECTION
    return sections[2 if is_third else 0], value


def _shown_text(text: str, code: str) -> str:
    tokens = _sections(code)[-1].tokens
    if not any(token.kind == "@" for token in tokens):
        return text
    return "".join(text if t.kind == "@" else t.text for t in tokens if t.kind in {"@", "literal"})
