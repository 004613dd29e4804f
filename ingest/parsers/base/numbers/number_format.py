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

from ingest.parsers.base.numbers.digits import Plain, Token, by_digits, general, plain_of, tokens_of

_UNIT_S: Final = {"h": 3600, "n": 60, "s": 1}
_BOUND: Final = {"h": 24, "n": 60, "s": 60}
_NOON_H: Final = 12
_NAMED: Final = {"yy": "%y", "mmm": "%b", "mmmm": "%B", "mmmmm": "%b", "ddd": "%a", "dddd": "%A"}
_NUMBERED: Final = {"y": "year", "e": "year", "m": "month", "d": "day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeForm:
    """A section that shows a date, a time or a duration (hours beyond a day)."""

    tokens: tuple[Token, ...]
    is_span: bool
    has_date: bool
    has_day: bool
    has_clock: bool

    def of_span(self, value: dt.timedelta) -> str:
        """Return a duration in its units; what is smaller than the last is cut off."""
        clock = _clock(abs(value.total_seconds()), self.tokens)
        return "-" * (value < dt.timedelta()) + clock

    def of_moment(self, value: dt.datetime | dt.date | dt.time) -> str:
        """Return a day with its month as ISO 8601 has it, all else by the code."""
        if self.has_day or (isinstance(value, dt.time) and self.has_date):
            return iso(value, has_clock=self.has_clock)
        tokens: Sequence[Token] = self.tokens
        if not isinstance(value, dt.time):
            tokens = [_of_date(token, value) for token in tokens]
        at = value if isinstance(value, dt.datetime | dt.time) else dt.time()
        seconds = at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6
        return _clock(seconds, tokens).strip()


def time_form_of(tokens: Sequence[Token]) -> TimeForm | None:
    """Return the form of a section; None where it shows no time."""
    kinds = {token.kind for token in tokens}
    if "general" in kinds or not kinds & {"time", "span"}:
        return None
    meant = _as_meant(tokens)
    letters = {token.text[0] for token in meant if token.kind == "time"}
    return TimeForm(
        tokens=tuple(meant),
        is_span="span" in kinds,
        has_date=bool(letters & set(_NUMBERED)),
        has_day={"d", "m"} <= letters,
        has_clock=bool(letters & set(_UNIT_S)),
    )


def iso(value: dt.datetime | dt.date | dt.time, *, has_clock: bool = True) -> str:
    """Return a moment as ISO 8601 has it, to the second; midnight is no time of day."""
    if not isinstance(value, dt.datetime):
        return str(value).partition(".")[0]
    if value.time() == dt.time() or not has_clock:
        return value.date().isoformat()
    return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def _as_meant(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens, with `n` for the minutes among the letters `m`."""
    made = list(tokens)
    parts = [n for n, token in enumerate(tokens) if token.kind in {"time", "span"}]
    letters = ["", *(tokens[n].text[0] for n in parts), ""]
    for n, before, after in zip(parts, letters, letters[2:], strict=False):
        is_minute = tokens[n].kind == "span" or before == "h" or after == "s"
        if tokens[n].text in {"m", "mm"} and is_minute:
            made[n] = Token(tokens[n].kind, "n" * len(tokens[n].text))
    return made


def _of_date(token: Token, day: dt.date) -> Token:
    """Return the words of a part of a date; any other part as it is."""
    if token.kind != "time" or token.text[0] not in _NUMBERED:
        return token
    if token.text in _NAMED:
        return Token("literal", day.strftime(_NAMED[token.text]))
    number = getattr(day, _NUMBERED[token.text[0]])
    return Token("literal", str(number).zfill(min(len(token.text), 2)))


def _clock(seconds: float, tokens: Sequence[Token]) -> str:
    decimals = max((len(t.text) - 1 for t in tokens if t.text.startswith(".0")), default=0)
    has_seconds = any(t.kind in {"time", "span"} and t.text[0] == "s" for t in tokens)
    seconds = round(seconds, decimals if has_seconds else 3)
    is_halved = any(token.kind == "ampm" for token in tokens)
    return "".join(_of_clock(token, seconds, is_halved=is_halved) for token in tokens)


def _of_clock(token: Token, seconds: float, *, is_halved: bool) -> str:
    if token.kind == "ampm":
        both = ("am", "pm") if token.text == "am/pm" else ("a", "p")
        return both[seconds >= _NOON_H * _UNIT_S["h"]].upper()
    if token.kind not in {"time", "span"}:
        return token.text
    if token.text[0] == ".":
        return f"{seconds % 1:.{len(token.text) - 1}f}"[1:]
    unit = token.text[0]
    if unit not in _UNIT_S:  # a duration has no day of the calendar
        return ""
    number = int(seconds // _UNIT_S[unit])
    if token.kind == "time":
        number %= _BOUND[unit]
    if unit == "h" and is_halved:
        number = number % _NOON_H or _NOON_H
    return str(number).zfill(len(token.text))


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
    if form and form.is_span and abs(value) <= _LAST_SERIAL:
        return form.of_span(dt.timedelta(seconds=round(value * _DAY_S, 3)))
    if form and 0 <= value <= _LAST_SERIAL:
        moment = _EPOCH + dt.timedelta(seconds=round(value * _DAY_S, 3))
        return form.of_moment(moment.time() if value < 1 else moment)
    section, value = _chosen(sections[:_TEXT_SECTION], value)
    made = section.plain.show(value) if section.plain else None
    return by_digits(value, section.tokens) if made is None else made


def _chosen(sections: Sequence[_Section], value: float) -> tuple[_Section, float]:
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
