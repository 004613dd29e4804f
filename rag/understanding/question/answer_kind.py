"""What kind of thing a question asks for, and whether some words hold one."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping
from typing import Final, Literal

from rag.months import date_pattern, month_pattern
from rag.number_forms import NUMBER_WORD
from rag.text import YEAR, words

_I: Final = re.IGNORECASE

Kind = Literal[
    "number", "percent", "money", "date", "person", "place", "code", "reason", "definition", "any"
]

AMOUNTS: Final[frozenset[Kind]] = frozenset({"number", "percent", "money"})
"""The kinds that no day of a month is: "8 May"."""

_WHY: Final = re.compile(
    r"^\W*(?:(?:and|but|so) )?why\b|\bwhy (?:is|was|are|were|did|does|do|has|have|had|can|could)\b|"
    r"\bwhat (?:drove|drives|caused|causes|led to|explains|explained|is behind|was behind)\b|"
    r"\bfor what reasons?\b|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:reason|cause)s?\b",
    _I,
)
_HELPING: Final = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b"
)
_REASON: Final = re.compile(
    r"\b(?:because|(?:mainly|largely|primarily|partly|principally) (?:as|from|by|on)|due to|"
    r"owing to|"
    r"on account of|thanks to|caused by|driven (?:\w+ )?by|as a (?:\w+ )?result of|"
    r"result(?:ed|ing) (?:\w+ )?from|attribut(?:able|ed) (?:\w+ )?to|reflect(?:s|ed|ing)|so that|"
    r"in order to)\s[^.;|\n]{3,160}",
    _I,
)
"""A clause that gives a reason, from the word that says so to the end of the clause."""

_AT_FIRST: Final = r"^\W*(?:(?:and|but|so) )?"
_ALONE: Final = r"(?!.*\b(?:what|which|how)\b)"
_LEADS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("person", re.compile(rf"{_AT_FIRST}who(?:m|['’]s)?\b{_ALONE}", _I)),
    ("place", re.compile(rf"{_AT_FIRST}where(?:['’]s)? {_HELPING}{_ALONE}", _I)),
    ("date", re.compile(rf"{_AT_FIRST}when {_HELPING}{_ALONE}", _I)),
    ("number", re.compile(rf"{_AT_FIRST}how many (?!per ?cent|dollars|euros|francs|pounds)", _I)),
)
"""The word that a question begins with tells its kind, whatever it speaks of: "Where does she
explain the budget?" asks for no money."""

_POINTS: Final = r"(?:the|an?|this|that|these|those|it|they|he|she|there|here|your?|my|our)\b"
_HOW_MUCH_MONEY: Final = (
    rf"how much(?=\W*$| (?:{_HELPING}|should\b|money\b|cash\b|to\b|for\b|in total\b))"
)
"""How much of a thing that is named asks for no money: "how much rain fell"."""

_DEFINED: Final = re.compile(
    rf"^\W*(?:what(?:['’]s| is| are)(?: an?)? (?!{_POINTS})[\w-]+(?: (?!about\b)[\w-]+)?\W*$"
    r"|define\b|what (?:does|do) .{1,60}\b(?:mean|stand for)\b"
    r"|(?:what(?:['’]s| is) )?the (?:definition|meaning) of\b)",
    _I,
)
_DEFINES: Final = re.compile(
    r"(?<![\w-])(?P<term>[^\W_][\w-]*+)[”\"’»]?\s++(?:\([^)\n]{1,60}\)\s+)?"
    r"(?:is|are|means?|refers? to|stands? for|denotes?|describes?|consists? of)\s+(?=\w)"
    r"|\((?P<short>[A-Z][\w-]+)\)"
)
"""What is told of a term, or the short form behind what it stands for."""

_ASKS: Final[Mapping[Kind, str]] = {
    "code": r"\b(e-?mail address|url|web ?site|vin|identifier|id|code|isbn|doi|"
    r"(phone|telephone|fax|invoice|bill|order|serial|part|model|identification|license|"
    r"licence|registration|account|reference|policy|tracking) (number|no))\b",
    "percent": r"\b(percent(age)?|per cent|share|proportion|fraction|rate)\b|%",
    "date": rf"{_AT_FIRST}when\b(?!.*,)|\bwhen (?:exactly )?{_HELPING}|\bwhen\W*$"
    r"|\b(?:since|until|till|by|from) when\b"
    r"|\b(?:ask|find out|know|remember|say|tell)\b(?: (?:me|us))? when\b"
    r"|\b(what|which) (was |the |is the )?(year|date|day|month)\b",
    "money": rf"\b({_HOW_MUCH_MONEY}|how (?:expensive|costly|pricey|dear|cheap)|price|cost|costs"
    r"|revenue|sales|income|earnings|dollars?|euros?|fee|salary"
    r"|budget|expenses?|profit|dividend|cash|debt|assets|liabilities|total)\b"
    r"|\bwhat (?:did|does|do|has|have|will) [^?]{0,200}"
    r"\b(?:pay|paid|spend|spent|earn|earned)\b",
    "number": r"\b(how (many|much|long|far|high|tall|deep|old|big|large|heavy|fast|often)|number|"
    r"amount|score|accuracy|value|ratio|difference|average|maximum|minimum|"
    r"highest|lowest|temperature|voltage|frequency|weight|height|width|length|size|dose|"
    r"dosage|depth|distance|speed|capacity|diameter|thickness|altitude|elevation|"
    r"population|humidity)\b",
    "person": r"\b(who|whom|whose)\b",
    "place": r"\b(where|which (city|country|state|town|place))\b",
}
_NUMBER: Final = re.compile(rf"\d|\b(?:{NUMBER_WORD}|thousand|million|none|no)\b", _I)
_CLOCK: Final = re.compile(r"\b\d{1,2}:\d\d\b")
_HOLDS: Final[dict[Kind, re.Pattern[str]]] = {
    "percent": re.compile(r"\d\s*(%|percent|per cent)|(?<![\d.,])0?\.\d", _I),
    "money": re.compile(r"\d[\d,.]*+(?!\s?(?:%|per ?cent))|\b(million|billion)\b", _I),
    "number": _NUMBER,
    "person": re.compile(r"\b[A-Z][a-zà-ÿ]+(\s+[A-Z]\.?)?\s+[A-Z][a-zà-ÿ]+"),
    "place": re.compile(r"\b[A-Z][a-zà-ÿ]{2,}"),
    "code": re.compile(r"(?<!\S)(?=\S*(?:[\d@]|\w\.\w))\S{4,}"),
    "reason": _REASON,
}


_WHICH: Final = re.compile(r"\b(which|what|whose)\s+(?P<noun>(?:[\w.%-]+\s*){1,4})", _I)
_WHICH_ENDS: Final = re.compile(
    r"\b(is|are|was|were|has|have|had|do|does|did|can|of|in|on|at|for|with|by|from|to|that)\b", _I
)


def expected_kind(question: str) -> Kind:
    """Return the kind asked for; `which` with a noun asks for a thing of that name."""
    if _WHY.search(question):
        return "reason"
    for kind, pattern in _LEADS:
        if pattern.match(question):
            return kind
    noun = _WHICH.search(question)
    if noun and not _WHICH_ENDS.match(noun["noun"]):
        question = f"which {_WHICH_ENDS.split(noun['noun'])[0]}"
    for kind, asks in _ASKS.items():
        if re.search(asks, question, _I):
            return kind
    return "definition" if _DEFINED.match(question) else "any"


@functools.cache
def _dates(language: str | None) -> re.Pattern[str]:
    return re.compile(
        rf"\b{YEAR}\b|\b{month_pattern(language)}\b"
        r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d:\d\d",
        _I,
    )


def holds_kind(
    kind: Kind, text: str, named: Collection[str], *, language: str | None = None
) -> bool:
    """Tell whether `text` holds such a thing that is not among the words `named`."""
    if kind == "any":
        return True
    if kind == "definition":
        return any(
            (found["term"] or found["short"]).casefold() in named
            for found in _DEFINES.finditer(text)
        )
    form = _dates(language) if kind == "date" else _HOLDS[kind]
    if kind in AMOUNTS:
        # Of dates a year alone stays: it may be of something else.
        text = date_pattern(language).sub(lambda d: d[0] if d[0].isdigit() else "", text)
    if kind in ("money", "percent"):
        text = _CLOCK.sub("", text)
    return any(
        not (tokens := words(match.group())) or not all(word in named for word in tokens)
        for match in form.finditer(text)
    )
