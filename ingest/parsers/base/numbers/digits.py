"""A number by the digits of its format: grouped, scaled, as a share, a fraction or a power."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import takewhile
from typing import Final, Literal

Kind = Literal["literal", "digit", ".", ",", "%", "E", "/", "@", "general", "span", "time", "ampm"]

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


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a section: what it is, and its text, small letters where it is a time."""

    kind: Kind
    text: str


@lru_cache(maxsize=4096)
def tokens_of(section: str) -> tuple[Token, ...]:
    """Return the tokens of a section; colours and blanks of a width are none."""
    made = (_token(found) for found in _TOKEN.finditer(section))
    return tuple(token for token in made if token is not None)


def _token(found: re.Match[str]) -> Token | None:
    text = found[found.lastgroup or 0]
    match found.lastgroup:
        case "quoted" | "escaped" | "currency" | "other":
            return Token("literal", text)
        case "sign":
            return Token(text, text)  # type: ignore[arg-type] # it is one of the signs
        case "exponent":
            return Token("E", text)
        case "fraction":
            return Token("time", text)
        case "general" | "ampm" | "span" | "time" | "digit" as kind:
            return Token(kind, text.lower())
        case _:
            return None


GENERAL_DIGITS: Final = 11
"""How many digits Excel shows where no format is set."""

MAX_DECIMALS: Final = 30
KEPT_DIGITS: Final = 15
"""How many digits of a number Excel knows; it rounds their decimals half up."""

_MAX_PLAIN: Final = 1e9
_MAX_PLACES: Final = 5
_HALF_UP: Final = 1 + 6e-16
"""Lifts what is half in decimals, and less as a float; of so few digits no other is changed."""

_ROUNDED: Final = Context(prec=400, rounding=ROUND_HALF_UP)


def general(value: float) -> str:
    """Show a number without a format: no 0.30000000000000004."""
    if value == int(value) and abs(value) < 10**GENERAL_DIGITS:
        return str(int(value))
    text = f"{value:.{GENERAL_DIGITS - 1}g}"
    return text if "e" in text else text.rstrip("0").rstrip(".") if "." in text else text


def by_digits(value: float, tokens: Sequence[Token]) -> str:
    """Return a number as a section shows it, blanks of a width as none."""
    kinds = [token.kind for token in tokens]
    number = Decimal(f"{value:.{KEPT_DIGITS}g}") * 100 ** kinds.count("%")
    at = kinds.index("/") if "/" in kinds else 0
    if "digit" not in kinds:
        text = _words(value, tokens)
    elif "E" in kinds:
        text = _power(number, tokens, kinds.index("E"))
    elif at and kinds[at - 1] == "digit":
        text = _fraction(number, tokens, at)
    else:
        text = _decimal(number, tokens)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A section of digits in one run with words around, as nearly all are: shown faster."""

    before: str
    after: str
    whole: int
    places: int
    optional: int
    mark: str
    factor: float

    def show(self, value: float) -> str | None:
        """Return what `by_digits` does; None for a number that is too large."""
        number = abs(value * self.factor) * _HALF_UP
        if number > _MAX_PLAIN:
            return None
        text = f"{number:{self.mark}.{self.places}f}"
        for _ in range(self.optional):
            text = text.removesuffix("0")
        text = text.removesuffix(".") if self.places == self.optional else text
        sign = "-" if value < 0 and text.strip("0.,") else ""
        return f"{sign}{self.before}{text if self.whole else text.removeprefix('0')}{self.after}"


def plain_of(tokens: Sequence[Token]) -> Plain | None:
    """Return the form of a section's digits; None where they are not plain."""
    run = [n for n, token in enumerate(tokens) if token.kind in {"digit", ".", ","}]
    code = "".join(tokens[n].text for n in run)
    around = [t for n, t in enumerate(tokens) if n not in run]
    bare = code.rstrip(",")
    whole, _, decimals = bare.partition(".")
    is_plain = run and run == list(range(run[0], run[-1] + 1)) and "," not in decimals
    if not is_plain or "?" in code or whole.count("0") > 1 or len(decimals) > _MAX_PLACES:
        return None
    if {token.kind for token in around} - {"literal", "%"} or not whole.strip(","):
        return None
    percent = sum(token.kind == "%" for token in around)
    return Plain(
        before="".join(token.text for token in tokens[: run[0]]).lstrip(),
        after="".join(token.text for token in tokens[run[-1] + 1 :]).rstrip(),
        whole=whole.count("0"),
        places=len(decimals),
        optional=len(decimals) - len(decimals.rstrip("#")),
        mark="," if "," in whole else "",
        factor=100.0**percent / 1000.0 ** (len(code) - len(bare)),
    )


def _words(value: float, tokens: Sequence[Token]) -> str:
    """Show a section without digits: its literals, and the number where it says so."""
    number = general(value)
    return "".join(number if t.kind in {"general", "@"} else t.text for t in tokens)


def _decimal(value: Decimal, tokens: Sequence[Token]) -> str:
    at = next((n for n, token in enumerate(tokens) if token.kind == "."), len(tokens))
    whole, after = tokens[:at], tokens[at + 1 :]
    ones = [token.kind for token in whole if token.kind in {"digit", ","}]
    kinds = [token.kind for token in tokens if token.kind in {"digit", ","}]
    commas = sum(1 for _ in takewhile(lambda kind: kind == ",", reversed(kinds)))
    is_grouped = "digit" in ones[ones.index(",") :] if "," in ones else False
    places = [token.text for token in after if token.kind == "digit"][:MAX_DECIMALS]
    scaled = abs(value).scaleb(-3 * commas)
    digits = f"{_ROUNDED.quantize(scaled, Decimal(1).scaleb(-len(places))):f}"
    left, _, right = digits.partition(".")
    sign = "-" if value < 0 and digits.strip("0.") else ""
    before = _whole(left.lstrip("0"), whole, is_grouped=is_grouped)
    return sign + before + _decimals(right, places, after)


def _whole(digits: str, tokens: Sequence[Token], *, is_grouped: bool) -> str:
    """Fill the digits of a number into their places, from the right; the first takes the rest."""
    left = sum(token.kind == "digit" for token in tokens)
    made: list[str] = []
    count = 0
    for token in reversed(tokens):
        if token.kind != "digit":
            made.append("" if token.kind == "," else token.text)
            continue
        left -= 1
        here = digits if left == 0 else digits[-1:]
        digits = digits[: len(digits) - len(here)]
        for digit in reversed(here or {"0": "0", "?": " "}.get(token.text, "")):
            made.append("," if is_grouped and count and count % 3 == 0 and digit != " " else "")
            made.append(digit)
            count += 1
    return "".join(reversed(made))


def _decimals(digits: str, places: Sequence[str], tokens: Sequence[Token]) -> str:
    """Return what stands after the point, with the point; zeros only where they must be."""
    needed = max((n for n, place in enumerate(places, 1) if place == "0"), default=0)
    kept = iter(digits[:needed] + digits[needed:].rstrip("0"))
    made = "".join(
        next(kept, "") if token.kind == "digit" else token.text
        for token in tokens
        if token.kind != ","
    )
    return f".{made}" if digits[:needed] + digits[needed:].rstrip("0") else made


def _power(value: Decimal, tokens: Sequence[Token], at: int) -> str:
    """Show a number with its power of ten, a multiple of as many as there are whole digits."""
    mantissa, rest = tokens[:at], tokens[at + 1 :]
    whole = sum(t.kind == "digit" for t in takewhile(lambda token: token.kind != ".", mantissa))
    step = max(1, whole)
    places = sum(token.kind == "digit" for token in mantissa) - whole
    power = value.adjusted() // step * step if value else 0
    if _ROUNDED.quantize(abs(value).scaleb(-power), Decimal(1).scaleb(-places)) >= 10**step:
        power += step
    digits = _decimal(value.scaleb(-power), mantissa)
    sign = "-" if power < 0 else "+" * tokens[at].text.endswith("+")
    return f"{digits}{tokens[at].text[0]}{sign}{_whole(str(abs(power)), rest, is_grouped=False)}"


def _fraction(value: Decimal, tokens: Sequence[Token], at: int) -> str:
    start = at - sum(1 for _ in takewhile(lambda t: t.kind == "digit", reversed(tokens[:at])))
    size = sum(1 for _ in takewhile(_is_denominator, tokens[at + 1 :]))
    bottom = "".join(token.text for token in tokens[at + 1 : at + 1 + size])
    whole = tokens[:start]
    has_whole = any(token.kind == "digit" for token in whole)
    number = _nearest(abs(value), bottom)
    ones = int(number) if has_whole else 0
    top, below = _parts(number - ones, bottom)
    before = _whole(str(ones or ""), whole, is_grouped=False).strip()
    share = f"{top}/{below}" if top or not has_whole else ""
    after = "".join(token.text for token in tokens[at + 1 + size :])
    sign = "-" if value < 0 and number else ""
    return sign + (f"{before} {share}".strip() or "0") + after


def _is_denominator(token: Token) -> bool:
    return token.kind == "digit" or (token.kind == "literal" and token.text.isdecimal())


def _nearest(value: Decimal, bottom: str) -> Fraction:
    if bottom.strip("0").isdecimal():
        return Fraction(round(value * int(bottom)), int(bottom))
    return Fraction(value).limit_denominator(10 ** max(1, len(bottom)) - 1)


def _parts(number: Fraction, bottom: str) -> tuple[int, int]:
    if bottom.strip("0").isdecimal():
        return int(number * int(bottom)), int(bottom)
    return number.numerator, number.denominator
