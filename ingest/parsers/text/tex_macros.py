r"""Expands the macros that a TeX file defines (\newcommand, \def, \let), and some of packages.

Runs nothing and follows no file: what is written is put in place of a macro, within limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ingest.parsers.base.formatting import lowered, raised, struck
from rag.text import STRUCK_MARK

_PREFIXES: Final = dict(
    pair.split(":")
    for pair in (
        "quecto:q ronto:r yocto:y zepto:z atto:a femto:f pico:p nano:n micro:µ milli:m centi:c "
        "deci:d deca:da deka:da hecto:h kilo:k mega:M giga:G tera:T peta:P exa:E zetta:Z yotta:Y"
    ).split()
)
_UNITS: Final = dict(
    pair.split(":")
    for pair in (
        "metre:m meter:m gram:g second:s ampere:A kelvin:K mole:mol candela:cd becquerel:Bq "
        "celsius:°C degreeCelsius:°C coulomb:C farad:F gray:Gy hertz:Hz henry:H joule:J katal:kat "
        "lumen:lm lux:lx newton:N ohm:Ω pascal:Pa radian:rad siemens:S sievert:Sv steradian:sr "
        "tesla:T volt:V watt:W weber:Wb day:d hour:h minute:min hectare:ha litre:L liter:L tonne:t "
        "arcminute:′ arcsecond:″ degree:° percent:% electronvolt:eV dalton:Da bel:B decibel:dB "
        "astronomicalunit:au nauticalmile:M angstrom:Å barn:b knot:kn mmHg:mmHg kilogram:kg"
    ).split()
)
_POWERS: Final = {"square": "²", "cubic": "³"}  # before a unit
_RAISED: Final = {"squared": "²", "cubed": "³"}  # after it
_PART: Final = re.compile(r"\\([A-Za-z]+)(?:\s*\{([^{}]*)\})?|\^\{?([-+]?\d+)\}?|[^\\^]+")
_ANGLES: Final = ("°", "′", "″")
_EXPONENT: Final = re.compile(r"([^eEdD]*)[eEdD]\s*+([-+]?\d+)")


def number(text: str) -> str:
    """Return a number as it is set: e6 is 10^6."""
    found = _EXPONENT.fullmatch(text.strip())
    if not found:
        return text.replace("+-", " ± ").strip()
    return f"{found[1].strip()} × 10^{found[2]}" if found[1] else f"10^{found[2]}"


def unit(text: str) -> str:
    """Return the symbols of a unit's macros; what is written out stays."""
    made, power, gap = "", "", ""
    for part in _PART.finditer(text):
        name, value, exponent = part.groups()
        if not name:
            made += f"^{exponent}" if exponent else re.sub(r"[.~\s]+", " ", part[0])
        elif name == "per":
            made, gap = f"{made}/", ""
        elif name in _POWERS:
            power = _POWERS[name]
        elif name in _RAISED or name == "tothe":
            made += _RAISED.get(name, f"^{value}")
        elif name in _PREFIXES:
            made, gap = made + gap + _PREFIXES[name], ""
        else:
            made, power, gap = made + gap + _UNITS.get(name, name) + power, "", " "
    return made.strip()


def quantity(value: str, units: str) -> str:
    """Return a number with its unit."""
    symbols = unit(units)
    return f"{number(value)}{'' if symbols in _ANGLES else ' '}{symbols}"


NESTING: Final = 30
EXPANSIONS: Final = 100_000
EXPANDED_LETTERS: Final = 10_000_000
"""Beyond these a macro stays as it is written."""

VERBATIM_LETTERS: Final = 1_000

CODE: Final = ("verbatim", "lstlisting", "minted", "alltt", "Verbatim")
"""Environments whose words are shown as they are written."""

_HIDDEN: Final = re.compile(
    r"\\begin\s*\{comment\}.*?(?:\\end\s*\{comment\}|\Z)|\\iffalse\b.*?(?:\\fi\b|\Z)", re.DOTALL
)
_MACRO: Final = re.compile(r"\\(?:([A-Za-z@]+)\*?|.)", re.DOTALL)
_PAIR: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_TOKEN: Final = re.compile(r"\s*+(\\(?:[A-Za-z@]+|.)|[^\s{}])", re.DOTALL)
_NAME: Final = re.compile(r"\s*+(?:\{\s*+\\([A-Za-z@]+)\s*+\}|\\([A-Za-z@]+)[ \t]*+)")
_PARAMETERS: Final = re.compile(r"((?:#\d)*)\s*+(?=\{)")
_OPTION: Final = re.compile(r"\s*+\[([^\[\]]{0,1000})\]")
_HOLE: Final = re.compile(r"#([1-9])")
_SPECIAL: Final = re.compile(r"[#$%&_{}~^\\]")
_DEFS: Final = frozenset({"def", "gdef", "edef", "xdef"})
_DEFINING: Final = _DEFS | frozenset(
    "let newcommand renewcommand providecommand DeclareRobustCommand".split()
)
_CODE: Final = re.compile(rf"\s*+\{{((?:{'|'.join(CODE)})\*?)\}}")
_SPACE: Final = re.compile(r"\s*+")
_TILDES: Final = r"\textasciitilde{}" * 2

_Words = Callable[..., str]


@dataclass(frozen=True, slots=True)
class _Macro:
    arguments: int = 0
    default: str | None = None  # of the first argument, which then stands in brackets
    words: _Words = lambda: ""
    has_options: bool = False  # in front, which say nothing


def _of_package(arguments: int, words: _Words) -> _Macro:
    return _Macro(arguments, None, words, has_options=True)


def _struck(text: str) -> str:
    return struck(text).replace(STRUCK_MARK, _TILDES)


_KNOWN: Final = {
    **dict.fromkeys(("mbox", "fbox", "text", "url", "path"), _of_package(1, str)),
    **dict.fromkeys(("makecell", "thead"), _of_package(1, lambda text: text.replace(r"\\", " "))),
    "href": _of_package(2, lambda _, text: text),
    "textsubscript": _of_package(1, lowered),
    **dict.fromkeys(("sout", "st"), _of_package(1, _struck)),
    "today": _Macro(),  # of whoever set the paper, whenever that was
    "euro": _Macro(words=lambda: "€"),
    "textgreater": _Macro(words=lambda: ">"),
    "textless": _Macro(words=lambda: "<"),
    **dict.fromkeys(("SI", "qty"), _of_package(2, quantity)),
    **dict.fromkeys(("si", "unit"), _of_package(1, unit)),
    "num": _of_package(1, number),
    "ang": _of_package(1, lambda degrees: f"{degrees}°"),
    **dict.fromkeys(
        ("SIrange", "qtyrange"),
        _of_package(3, lambda first, last, units: f"{number(first)} to {quantity(last, units)}"),
    ),
}
"""What a reader sees of macros that LaTeX or its packages define."""


def expanded(text: str) -> str:
    """Return a TeX text without what it hides and with its macros expanded."""
    return _Expansion().of(_HIDDEN.sub("", text), 0)


class _Expansion:
    """One file; macros are defined as they are met."""

    def __init__(self) -> None:
        self._macros = dict(_KNOWN)
        self._left = EXPANSIONS
        self._left_letters = EXPANDED_LETTERS

    def of(self, text: str, depth: int) -> str:
        made: list[str] = []
        at = 0
        while found := _MACRO.search(text, at):
            made.append(text[at : found.start()])
            words, at = self._macro(text, found, depth, before="".join(made[-2:]))
            made.append(words)
        return "".join(made) + text[at:]

    def _macro(
        self, text: str, found: re.Match[str], depth: int, *, before: str
    ) -> tuple[str, int]:
        """Return what stands for a macro and where it ends; itself where nothing does."""
        name, end = found[1] or "", found.end()
        if name == "verb":
            return _verbatim(text, end)
        if name == "begin" and (code := _CODE.match(text, end)):
            end = text.find(rf"\end{{{code[1]}}}", code.end())
            end = end if end >= 0 else len(text)
            return text[found.start() : end], end
        if name in _DEFINING:
            return "", self._define(text, name, end)
        if name == "textsuperscript":
            inner, end = _argument(text, end)
            return raised(inner, before=before), end
        macro = self._macros.get(name)
        if macro is None or depth > NESTING or self._left <= 0 or self._left_letters <= 0:
            return found[0], end
        values, end = _values(text, end, macro)
        words = macro.words(*values)
        self._left -= 1
        self._left_letters -= len(words)
        return self.of(words, depth + 1), end

    def _define(self, text: str, kind: str, at: int) -> int:
        found = _NAME.match(text, at)
        if not found:
            return at
        name, at = found[1] or found[2], found.end()
        if kind == "let":
            other = _TOKEN.match(text, at + (text[at : at + 1] == "="))
            if other:
                self._macros[name] = self._macros.get(other[1][1:], _Macro(words=lambda: other[1]))
            return other.end() if other else at
        count, default, at = _signature(text, kind, at)
        body, at = _argument(text, at)
        self._macros[name] = _Macro(count, default, _filling(body))
        return at


def _signature(text: str, kind: str, at: int) -> tuple[int, str | None, int]:
    """Return how many arguments a macro has, the default of the first, and where that is told."""
    if kind in _DEFS:
        parameters = _PARAMETERS.match(text, at)
        return (len(parameters[1]) // 2, None, parameters.end()) if parameters else (0, None, at)
    options: list[str] = []
    while len(options) < 2 and (option := _OPTION.match(text, at)):  # noqa: PLR2004 - a count, a default
        options.append(option[1])
        at = option.end()
    count = int(options[0]) if options and options[0].strip().isdecimal() else 0
    return count, options[1] if len(options) > 1 else None, at


def _filling(body: str) -> _Words:

    def filled(*values: str) -> str:
        return _HOLE.sub(lambda hole: dict(enumerate(values, 1)).get(int(hole[1]), ""), body)

    return filled


def _values(text: str, at: int, macro: _Macro) -> tuple[list[str], int]:
    """Return the arguments of a macro, and where the last ends."""
    values: list[str] = []
    option = _OPTION.match(text, at)
    if macro.default is not None:
        values.append(option[1] if option else macro.default)
    if option and (macro.default is not None or macro.has_options):
        at = option.end()
    while len(values) < macro.arguments:
        value, at = _argument(text, at)
        values.append(value)
    return values, at


def _argument(text: str, at: int) -> tuple[str, int]:
    """Return what stands in the braces at `at`, or the one token there, and where that ends."""
    space = _SPACE.match(text, at)
    start = space.end() if space else at
    if text[start : start + 1] != "{":
        token = _TOKEN.match(text, at)
        return (token[1], token.end()) if token else ("", at)
    end = _pairs(text).get(start)
    return (text[start + 1 : end], end + 1) if end else ("", start + 1)


@lru_cache(maxsize=2 * NESTING)  # the texts that are being expanded, one within the other
def _pairs(text: str) -> dict[int, int]:
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for brace in _PAIR.finditer(text):
        if brace[0] == "{":
            waiting.append(brace.start())
        elif brace[0] == "}" and waiting:
            pairs[waiting.pop()] = brace.start()
    return pairs


def _verbatim(text: str, at: int) -> tuple[str, int]:
    """Return what stands between two equal signs, as LaTeX would write it to be read."""
    end = text.find(text[at : at + 1], at + 1, at + VERBATIM_LETTERS)
    if end < 0:
        return "", at
    written = _SPECIAL.sub(r"\\\g<0>{}", text[at + 1 : end])
    return written.replace("\\\\{}", r"\textbackslash{}"), end + 1
