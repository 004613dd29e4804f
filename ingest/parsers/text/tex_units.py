r"""Numbers and units as the package siunitx sets them: \SI{12}{\kilo\metre} is 12 km.

Symbols: the SI Brochure (BIPM, 9th edition), tables 2, 4, 7 and 8; siunitx's manual, 4.3.
"""

from __future__ import annotations

import re
from typing import Final

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


def span(first: str, last: str, units: str = "") -> str:
    """Return what lies between two numbers."""
    return f"{number(first)} to {quantity(last, units)}".strip()
