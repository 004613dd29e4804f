"""What kind of thing a question asks for, and whether some words hold one."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
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

_ASKS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "code",
        re.compile(
            r"\b(e-?mail address|url|web ?site|vin|identifier|id|code|isbn|doi|"
            r"(phone|telephone|fax|invoice|bill|order|serial|part|model|identification|license|"
            r"licence|registration|account|reference|policy|tracking) (number|no))\b",
            _I,
        ),
    ),
    ("percent", re.compile(r"\b(percent(age)?|per cent|share|proportion|fraction|rate)\b|%", _I)),
    (
        "date",
        re.compile(
            rf"{_AT_FIRST}when\b(?!.*,)|\bwhen (?:exactly )?{_HELPING}|\bwhen\W*$"
            r"|\b(?:since|until|till|by|from) when\b"
            r"|\b(?:ask|find out|know|remember|say|tell)\b(?: (?:me|us))? when\b"
            r"|\b(what|which) (was the |is the )?(year|date|day|month)\b",
            _I,
        ),
    ),
    (
        "money",
        re.compile(
            rf"\b({_HOW_MUCH_MONEY}|how (?:expensive|costly|pricey|dear|cheap)|price|cost|costs"
            r"|revenue|sales|income|earnings|dollars?|euros?|fee|salary"
            r"|budget|expenses?|profit|dividend|cash|debt|assets|liabilities|total)\b"
            r"|\bwhat (?:did|does|do|has|have|will) [^?]{0,200}"
            r"\b(?:pay|paid|spend|spent|earn|earned)\b",
            _I,
        ),
    ),
    (
        "number",
        re.compile(
            r"\b(how (many|much|long|far|high|tall|deep|old|big|large|heavy|fast|often)|number|"
            r"amount|score|accuracy|value|ratio|difference|average|maximum|minimum|"
            r"highest|lowest|temperature|voltage|frequency|weight|height|width|length|size|dose|"
            r"dosage|depth|distance|speed|capacity|diameter|thickness|altitude|elevation|"
            r"population|humidity)\b",
            _I,
        ),
    ),
    ("person", re.compile(r"\b(who|whom|whose)\b", _I)),
    ("place", re.compile(r"\b(where|which (city|country|state|town|place))\b", _I)),
)
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


_FOREIGN: Final[dict[str, tuple[tuple[Kind, str], ...]]] = {
    "de": (
        ("reason", r"warum|weshalb|wieso|aus welche[mn] gr[uü]nd"),
        ("percent", r"prozent|anteil"),
        ("date", r"wann(?! (?:heißt|gilt|ist eine?\b))|welche[mnrs]? (?:jahr|tag|datum|monat)"),
        ("money", r"wie ?viel koste(?:n|te?)|was koste(?:n|te?)|preis|umsatz|gewinn|erlöse?"),
        ("number", r"wie ?viele?|wie (?:hoch|lang|weit|tief|alt|groß|schwer|schnell|oft|viel)"),
        ("person", r"wer|wem|wen|wessen"),
        ("place", r"wo|woher|wohin"),
    ),
    "fr": (
        ("reason", r"pourquoi"),
        ("percent", r"pourcent|pour cent|pourcentage"),
        ("date", r"quand|quelle (?:année|date)|quel (?:jour|mois)"),
        ("money", r"combien (?:co[uû]te(?:nt)?|vaut|valent)|prix|chiffre d['’]affaires|bénéfices?"),
        ("number", r"combien|quelle (?:altitude|hauteur|longueur|température|distance)"),
        ("person", r"qui"),
        ("place", r"où"),
    ),
    "es": (
        ("reason", r"por qué"),
        ("percent", r"porcentaje|por ciento"),
        ("date", r"cuándo|qué (?:año|día|fecha|mes)"),
        ("money", r"cuánto (?:cuestan?|costó|costaron)|precio|ingresos|beneficios?"),
        ("number", r"cuánt[oa]s?"),
        ("person", r"quién(?:es)?"),
        ("place", r"dónde"),
    ),
    "it": (
        ("reason", r"perché"),
        ("percent", r"percentuale|per cento"),
        ("date", r"quando|(?:quale|che) (?:anno|giorno|data|mese)"),
        ("money", r"quanto costa(?:no)?|prezzo|fatturato"),
        ("number", r"quant[oaie]"),
        ("person", r"chi"),
        ("place", r"dove|dov['’]è"),
    ),
    "pt": (
        ("reason", r"por ?qu[eê]"),
        ("percent", r"percentagem|porcentagem|por cento"),
        ("date", r"quando|(?:qual|que) (?:ano|dia|data|mês)"),
        ("money", r"quanto custa(?:m|ram)?|preço|receita|lucro"),
        ("number", r"quant[oa]s?"),
        ("person", r"quem"),
        ("place", r"onde"),
    ),
    "nl": (
        ("reason", r"waarom"),
        ("percent", r"procent|percentage|aandeel"),
        ("date", r"wanneer|welke? (?:jaar|dag|datum|maand)"),
        ("money", r"hoeveel kost(?:te)?|wat kost(?:te)?|prijs|omzet|winst"),
        ("number", r"hoeveel|hoe (?:hoog|lang|ver|diep|oud|groot|zwaar|snel|vaak)"),
        ("person", r"wie"),
        ("place", r"waar"),
    ),
}
"""What asks for each kind in the other languages, the first that stands there."""


def foreign_kind(question: str, languages: Collection[str]) -> Kind:
    """Return the kind of answer that a question in one of these languages (ISO 639-1) asks for.

    `any` where the wording does not tell, or is of another kind in each.
    """
    kinds = {kind for code in languages if (kind := _kind_in(code, question)) != "any"}
    return kinds.pop() if len(kinds) == 1 else "any"


def _kind_in(language: str, question: str) -> Kind:
    asks = _FOREIGN.get(language, ())
    found = (kind for kind, pattern in asks if re.search(rf"\b(?:{pattern})(?!\w)", question, _I))
    return next(found, "any")


def expected_kind(question: str) -> Kind:
    """Return the kind of answer asked for; `any` where the wording does not tell. English rules.

    `which` or `what` with a noun asks for a thing of that name, whatever follows: "which country
    had the highest sales" asks for no money.
    """
    if _WHY.search(question):
        return "reason"
    for kind, pattern in _LEADS:
        if pattern.match(question):
            return kind
    noun = _WHICH.search(question)
    if noun and not _WHICH_ENDS.match(noun["noun"]):
        question = f"which {_WHICH_ENDS.split(noun['noun'])[0]}"
    for kind, pattern in _ASKS:
        if pattern.search(question):
            return kind
    return "definition" if _DEFINED.match(question) else "any"


def _only_digits(date: re.Match[str]) -> str:
    """Return a date that may be a number: a year alone, which may be of something else."""
    return date.group() if date.group().isdigit() else ""


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
    """Tell whether `text` holds such a thing that the question does not itself name.

    `named` are the words of the question, `language` is its own (ISO 639-1; None: English).
    A definition is one of what it names.
    """
    if kind == "any":
        return True
    if kind == "definition":
        return any(
            (found["term"] or found["short"]).casefold() in named
            for found in _DEFINES.finditer(text)
        )
    form = _dates(language) if kind == "date" else _HOLDS[kind]
    if kind in AMOUNTS:
        text = date_pattern(language).sub(_only_digits, text)
    if kind in ("money", "percent"):
        text = _CLOCK.sub("", text)
    return any(
        not (tokens := words(match.group())) or not all(word in named for word in tokens)
        for match in form.finditer(text)
    )
