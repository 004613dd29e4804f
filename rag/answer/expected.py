"""What kind of thing a question asks for, and whether some words hold one. English rules."""

from __future__ import annotations

import re
from typing import Final, Literal

from rag.text import words

_I: Final = re.IGNORECASE

Kind = Literal["number", "percent", "money", "date", "person", "place", "any"]

_ASKS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "percent",
        re.compile(r"\b(percent(age)?|per cent|share|proportion|fraction|rate)\b|%", _I),
    ),
    (
        "date",
        re.compile(r"\b(when|what (year|date|day|month)|which (year|date|day|month))\b", _I),
    ),
    (
        "money",
        re.compile(
            r"\b(how much|price|cost|costs|revenue|sales|income|earnings|dollars?|euros?|fee|salary"
            r"|budget|expenses?|profit|dividend|cash|debt|assets|liabilities|total)\b",
            _I,
        ),
    ),
    (
        "number",
        re.compile(
            r"\b(how (many|long|far|high|tall|deep|old|big|large|heavy|fast|often)|number of|"
            r"what number|amount|score|accuracy|value|ratio|difference|average|maximum|minimum|"
            r"highest|lowest|temperature|voltage|frequency|weight|height|width|length|size)\b",
            _I,
        ),
    ),
    ("person", re.compile(r"\b(who|whom|whose)\b", _I)),
    (
        "place",
        re.compile(r"\b(where|which (city|country|state|town|place)|address)\b", _I),
    ),
)
_NUMBER: Final = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|"
    r"million|none|no)\b",
    _I,
)
_MONTH: Final = (
    r"jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|"
    r"oct(ober)?|nov(ember)?|dec(ember)?"
)
_HOLDS: Final[dict[Kind, re.Pattern[str]]] = {
    "percent": re.compile(r"\d\s*(%|percent|per cent)|\b0?\.\d", _I),
    "date": re.compile(
        rf"\b(1[5-9]|20)\d\d\b|\b({_MONTH})\b|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d:\d\d",
        _I,
    ),
    "money": re.compile(r"[$€£¥]\s*\d|\d[\d,.]*|\b(usd|eur|rm|million|billion)\b", _I),
    "number": _NUMBER,
    "person": re.compile(r"\b[A-Z][a-zà-ÿ]+(\s+[A-Z]\.?)?\s+[A-Z][a-zà-ÿ]+"),
    "place": re.compile(r"\b[A-Z][a-zà-ÿ]{2,}"),
}


def expected_kind(question: str) -> Kind:
    """Return the kind of answer asked for; `any` where the wording does not tell."""
    for kind, pattern in _ASKS:
        if pattern.search(question):
            return kind
    return "any"


def holds_kind(kind: Kind, text: str, question: str) -> bool:
    """Tell whether `text` holds such a thing that the question does not itself name."""
    if kind == "any":
        return True
    named = set(words(question))
    return any(
        not set(words(match.group())) or not set(words(match.group())) <= named
        for match in _HOLDS[kind].finditer(text)
    )
