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
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise
from math import isfinite
from typing import Final, Literal

Moment = dt.datetime | dt.date | dt.time | dt.timedelta
_Kind = Literal["literal", "digit", ".", ",", "%", "E", "/", "@", "general", "span", "time", "ampm"]

_TOKEN: Final = re.compile(
    r"""
      "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | (?P<blank>[_*].)
    | \[\$(?P<currency>[^\]-]{0,32})[^\]]{0,32}\] | \[(?P<span>h+|m+|s+)\]
    | (?P<bracket>\[[^\]]{0,64}\])
    | (?P<general>general) | (?P<ampm>am/pm|a/p) | (?P<exponent>e[+-])
    | (?P<fraction>(?<=s)\.0+) | (?P<time>y+|m+|d+|h+|s+|(?<![a-z])e+(?![a-z+-])) | (?P<digit>[0#?])
    | (?P<sign>[.,%/@]) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
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
_FRACTION: Final = re.compile(r"(?:([#0?])\s++)?[#0?]{1,9}/([#0?]{1,9}|\d{1,9})")

_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no time zones
_EPOCH_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - as above
_LEAP_SERIAL: Final = 60  # Excel's 29 February 1900
_LAST_SERIAL: Final = 2_950_000  # in the year 9976
_DAY_S: Final = 86_400
_UNIT_S: Final = {"h": 3600, "n": 60, "s": 1}
_BOUND: Final = {"h": 24, "n": 60, "s": 60}
_NOON_H: Final = 12
_NAMED: Final = {"yy": "%y", "mmm": "%b", "mmmm": "%B", "mmmmm": "%b", "ddd": "%a", "dddd": "%A"}
_NUMBERED: Final = {"y": "year", "e": "year", "m": "month", "d": "day"}

GENERAL_DIGITS: Final = 11
"""How many digits Excel shows where no format is set."""

MAX_DECIMALS: Final = 30
KEPT_DIGITS: Final = 15
"""How many digits of a number Excel knows; it rounds their decimals half up."""

_MAX_EXACT: Final = 1e9
_HALF_UP: Final = 1 + 6e-16
"""Lifts what is half in decimals, and less as a float; of so few digits no other is changed."""


def shown(value: object, code: str, *, from_1904: bool = False) -> str:
    """Return a cell's value as its format code shows it; "" for an empty cell.

    `from_1904`: numbers of days are counted from 1904, not from 1900.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Moment):
        return _shown_time(value, _sections(code)[0])
    if isinstance(value, int | float):
        return _shown_number(float(value), code or "General", _EPOCH_1904 if from_1904 else _EPOCH)
    tokens = _sections(code)[-1].tokens
    if not any(token.kind == "@" for token in tokens):
        return str(value)
    shown = (str(value) if t.kind == "@" else t.text for t in tokens if t.kind in {"@", "literal"})
    return "".join(shown)


def general(value: float) -> str:
    """Show a number without a format: no 0.30000000000000004."""
    if value == int(value) and abs(value) < 10**GENERAL_DIGITS:
        return str(int(value))
    text = f"{value:.{GENERAL_DIGITS - 1}g}"
    return text if "e" in text else text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class _Token:
    """A part of a section: what it is, and its text, small letters where it is a time."""

    kind: _Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Digits:
    """How digits are shown. `filled` are the places of whole ones, where words part them."""

    before: str
    after: str
    form: str
    whole: int
    factor: float
    optional: int
    has_zero: bool
    ends_bare: bool
    filled: tuple[_Token, ...]

    def show(self, value: float) -> str:
        number = abs(value * self.factor)
        text = f"{number * _HALF_UP if number < _MAX_EXACT else number:{self.form}}"
        for _ in range(self.optional):
            text = text.removesuffix("0")
        text = text.removesuffix(".") if self.ends_bare else text
        sign = "-" if value < 0 and text.strip("0.,") else ""
        text = text if self.has_zero else text.removeprefix("0")
        if self.filled:
            text = _filled(text, self.filled)
        return f"{sign}{self.before}{text}{self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    tokens: tuple[_Token, ...]
    holds: Callable[[float], bool] | None
    times: frozenset[str]
    is_span: bool
    digits: _Digits | None


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[_Section, ...]:
    return tuple(map(_section, _SECTION.findall(code))) or (_section(""),)


def _section(text: str) -> _Section:
    found = _CONDITION.search(text)
    made = map(_token, _TOKEN.finditer(_CONDITION.sub("", text)))
    tokens = _as_meant([token for token in made if token is not None])
    kinds = {token.kind for token in tokens}
    times = [token.text[0] for token in tokens if token.kind in {"time", "span"}]
    return _Section(
        tokens=tuple(tokens),
        holds=partial(_COMPARED[found[1]], float(found[2])) if found else None,
        times=frozenset(() if "general" in kinds else times),
        is_span="span" in kinds,
        digits=_digits_of(tokens) if "digit" in kinds else None,
    )


def _token(found: re.Match[str]) -> _Token | None:
    """Return what a match stands for; colours and blanks of a width are nothing."""
    text = found[found.lastgroup or 0]
    match found.lastgroup:
        case "quoted" | "escaped" | "currency" | "other":
            return _Token("literal", text)
        case "sign":
            return _Token(text, text)  # type: ignore[arg-type] # it is one of the signs
        case "exponent":
            return _Token("E", text)
        case "fraction":
            return _Token("time", text)
        case "general" | "ampm" | "span" | "time" | "digit" as kind:
            return _Token(kind, text.lower())
        case _:
            return None


def _as_meant(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens, with `n` for the minutes among the letters `m`."""
    parts = [n for n, token in enumerate(tokens) if token.kind in {"time", "span"}]
    letters = ["", *(tokens[n].text[0] for n in parts), ""]
    for n, before, after in zip(parts, letters, letters[2:], strict=False):
        is_minute = tokens[n].kind == "span" or before == "h" or after == "s"
        if tokens[n].text in {"m", "mm"} and is_minute:
            tokens[n] = _Token(tokens[n].kind, "n" * len(tokens[n].text))
    return tokens


def _digits_of(tokens: Sequence[_Token]) -> _Digits:
    """Return how the digits are shown, those before the sign of a power where there is one."""
    power = next((n for n, token in enumerate(tokens) if token.kind == "E"), len(tokens))
    run = [n for n, token in enumerate(tokens[:power]) if token.kind in {"digit", ".", ","}] or [0]
    held = tokens[run[0] : run[-1] + 1]
    code = "".join(t.text for t in held if t.kind != "literal").replace("?", "#")
    bare = code.rstrip(",")
    whole, _, decimals = bare.partition(".")
    ones = held[: next((n for n, token in enumerate(held) if token.kind == "."), len(held))]
    mark, zeros, places = "," * ("," in whole), whole.count("0"), min(len(decimals), MAX_DECIMALS)
    width = zeros + len(mark) * (max(0, zeros - 1) // 3) + places + bool(places)
    optional = places - len(decimals[:places].rstrip("#"))
    percent = sum(token.kind == "%" for token in tokens)
    return _Digits(
        before="".join(token.text for token in tokens[: run[0]]).lstrip(),
        after="".join(token.text for token in tokens[run[-1] + 1 : power]).rstrip(),
        form=f"0{width}{mark}.{places}f",
        whole=sum(token.kind == "digit" for token in ones),
        factor=100.0**percent / 1000.0 ** (len(code) - len(bare)),
        optional=optional,
        has_zero=zeros > 0,
        ends_bare=places == optional,
        filled=tuple(ones) if any(token.kind == "literal" for token in ones) else (),
    )


def _filled(text: str, places: Sequence[_Token]) -> str:
    """Fill whole digits into their places, from the right; the first place takes the rest."""
    digits, point, decimals = text.partition(".")
    left = sum(token.kind == "digit" for token in places)
    made = ""
    for token in reversed(places):
        if token.kind == "digit":
            left -= 1
            here = digits if left == 0 else digits[-1:]
            digits = digits[: len(digits) - len(here)]
            made = here + made
        else:
            made = token.text.replace(",", "") + made
    return f"{made}{point}{decimals}"


def _shown_number(value: float, code: str, epoch: dt.datetime) -> str:
    if not isfinite(value):
        return str(value)
    sections = _sections(code)
    first = sections[0]
    if first.times:
        if abs(value) > _LAST_SERIAL or (value < 0 and not first.is_span):
            return general(value)
        is_early = 1 <= value < _LEAP_SERIAL and epoch is _EPOCH and not first.is_span
        span = dt.timedelta(is_early, seconds=round(value * _DAY_S, 3))
        moment = epoch + span if value >= 1 else (_EPOCH + span).time()
        return _shown_time(span if first.is_span else moment, first)
    return _by_digits(*_chosen(sections[:_TEXT_SECTION], value))


def _by_digits(section: _Section, value: float) -> str:
    kinds = [token.kind for token in section.tokens]
    if section.digits is None:
        return "".join(
            general(value) if t.kind in {"general", "@"} else t.text for t in section.tokens
        )
    if "E" in kinds:
        return _power(value, section.digits, section.tokens[kinds.index("E") :])
    if ("digit", "/") in pairwise(kinds):
        return _fraction(value, "".join(token.text for token in section.tokens))
    return section.digits.show(value)


def _chosen(sections: Sequence[_Section], value: float) -> tuple[_Section, float]:
    if any(section.holds for section in sections):
        held = (s for s in sections if s.holds is None or s.holds(value))
        return next(held, sections[-1]), value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    is_third = value == 0 and len(sections) == _TEXT_SECTION
    return sections[2 if is_third else 0], value


def _power(value: float, digits: _Digits, power: Sequence[_Token]) -> str:
    """Show a number with its power of ten, a multiple of as many as there are whole digits."""
    step = max(1, digits.whole)
    decimals = digits.form.partition(".")[2].rstrip("f")
    mantissa, _, exponent = f"{value:.{KEPT_DIGITS - 1}e}".partition("e")
    shown = int(f"{value * _HALF_UP:.{decimals}e}".partition("e")[2]) // step * step
    sign = "-" if shown < 0 else "+" * power[0].text.endswith("+")
    places = sum(token.kind == "digit" for token in power)
    number = digits.show(float(mantissa) * 10.0 ** (int(exponent) - shown))
    return f"{number}{power[0].text[0]}{sign}{abs(shown):0{places}d}"


def _fraction(value: float, code: str) -> str:
    found = _FRACTION.search(code)
    if found is None:
        return general(value)
    whole, bottom = found.groups()
    parts = int(bottom) if bottom.strip("0#?") else 0
    if parts:
        top, below = round(abs(value) * parts), parts
    else:
        number = Fraction(abs(value)).limit_denominator(10 ** len(bottom) - 1)
        top, below = number.numerator, number.denominator
    sign = "-" if value < 0 and top else ""
    ones, top = divmod(top, below) if whole else (0, top)
    shown = [str(ones)] * bool(ones) + [f"{top}/{below}"] * bool(top or not whole)
    return f"{code[: found.start()]}{sign}{' '.join(shown) or '0'}{code[found.end() :]}"


def _shown_time(value: Moment, section: _Section) -> str:
    """Return a day with its month as ISO 8601 has it, all else by the code."""
    if not section.times:
        return str(value).partition(".")[0] if isinstance(value, dt.timedelta) else _iso(value)
    if isinstance(value, dt.timedelta):  # what is smaller than its last unit is cut off
        sign = "-" * (value < dt.timedelta())
        return sign + _by_parts(abs(value.total_seconds()), None, section.tokens)
    has_date = not section.times.isdisjoint(_NUMBERED)
    if section.times >= {"d", "m"} or (isinstance(value, dt.time) and has_date):
        return _iso(value, has_clock=not section.times.isdisjoint(_UNIT_S))
    at = value if isinstance(value, dt.datetime | dt.time) else dt.time()
    seconds = at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6
    day = None if isinstance(value, dt.time) else value
    return _by_parts(seconds, day, section.tokens).strip()


def _iso(value: dt.datetime | dt.date | dt.time, *, has_clock: bool = True) -> str:
    """Return a moment as ISO 8601 has it, to the second; midnight is no time of day."""
    if not isinstance(value, dt.datetime):
        return str(value).partition(".")[0]
    if value.time() == dt.time() or not has_clock:
        return value.date().isoformat()
    return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def _by_parts(seconds: float, day: dt.date | None, tokens: Sequence[_Token]) -> str:
    """Show the seconds of a day or a duration, and what parts of a date stand beside them."""
    decimals = max((len(t.text) - 1 for t in tokens if t.text.startswith(".0")), default=0)
    has_seconds = any(t.kind in {"time", "span"} and t.text[0] == "s" for t in tokens)
    seconds = round(seconds, decimals if has_seconds else 3)
    is_halved = any(token.kind == "ampm" for token in tokens)
    return "".join(_by_part(token, seconds, day, is_halved=is_halved) for token in tokens)


def _by_part(token: _Token, seconds: float, day: dt.date | None, *, is_halved: bool) -> str:
    if token.kind == "ampm":
        both = ("am", "pm") if token.text == "am/pm" else ("a", "p")
        return both[seconds >= _NOON_H * _UNIT_S["h"]].upper()
    if token.kind not in {"time", "span"}:
        return token.text
    unit = token.text[0]
    if unit == ".":
        return f"{seconds % 1:.{len(token.text) - 1}f}"[1:]
    if unit not in _UNIT_S:  # a duration has no day of the calendar
        if day is None or token.text in _NAMED:
            return day.strftime(_NAMED[token.text]) if day else ""
        return str(getattr(day, _NUMBERED[unit])).zfill(min(len(token.text), 2))
    number = int(seconds // _UNIT_S[unit])
    if token.kind == "time":
        number %= _BOUND[unit]
    if unit == "h" and is_halved:
        number = number % _NOON_H or _NOON_H
    return str(number).zfill(len(token.text))
