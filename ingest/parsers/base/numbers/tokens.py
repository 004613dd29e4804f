"""The language of number formats (ECMA-376, part 1, 18.8.31): a section as tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
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
