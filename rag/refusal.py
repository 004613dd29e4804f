"""The sentences that stand in place of an answer, or before what is closest or less likely.

Knows words alone.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from rag.messages import in_all_languages
from rag.text import MARK

NOT_HELD: Final = "The documents do not hold an answer to this."
"""Conversations that were kept may hold it; today a reader is told what is closest, or
`NOTHING_FOUND`."""

NOTHING_FOUND: Final = "Nothing was found about this in the documents."
CLOSEST: Final = "Perhaps not stated directly; closest, in the documents' own words:"
"""What follows is quoted: an order in a document may stand there, and is no answer of ours. Two in
five times all of the answer stands there (see benchmarks/LOG.md)."""

NOT_ANSWERED: Final = "No answer to this was found in the documents. Closest:"
"""Above what is quoted where a model that writes finds no answer: it is right in one of twenty."""

PARTLY: Final = "Perhaps not stated:"
"""Above what is quoted where nothing that a model wrote stands."""

UNSURE: Final = "Not certain:"
"""Above what a model wrote that may be wrong; the documents mostly hold an answer."""

PERHAPS: Final = "Perhaps also:"
"""What follows is far less likely to answer than what stands above it."""

QUOTED: Final = "In the documents' own words:"
"""Above what is quoted in another language than the question's."""

MAX_WORDS: Final = 45
"""Of a plain refusal: what is longer tells something."""

_NO_SOURCE: Final = re.compile(r"(?<!\s)\s*+(?<![\w)])\[0\]")
"""What a model is told to write where the sources hold no answer: of no language."""

_LIKE_NO_SOURCE: Final = re.compile(
    r"\(0\)|\[0?|[\[(<]?(?:none|no[_ -]?answer|n/a|∅)[\])>]?|[\[(]\s*+(?:-\s*+)?[\])]",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(
    r"\b(?:sources?|documents?|passages?|texts?|excerpts?|context"
    r"|quellen?|dokumente?n?|unterlagen|texte?n?|auszügen?|extraits?|textes?|contexte"
    r"|fuentes?|documentos?|textos?|fragmentos?|contexto|fonti|documenti|testi|brani|contesto)\b",
    re.IGNORECASE,
)
_BEGINS: Final = re.compile(
    r"(?:i|there|it|this|no|not|none|ich|dazu|darüber|hierzu|hierüber|es|je|il|ce|cette|aucune?"
    r"|non|ningun\w*|nessun\w*)\b",
    re.IGNORECASE,
)
"""A refusal that names no place begins so."""

_NOT: Final = re.compile(
    r"\b(?:no|not|nothing|none|cannot|\w+n['’]t|unable|nicht|nichts|nirgends|kein\w*"
    r"|pas|rien|aucune?|ningun\w*|nada|non|nessun\w*|nulla)\b",
    re.IGNORECASE,
)
_SAY: Final = re.compile(
    r"\b(?:hold|contain|stat(?:e|ing)|sa(?:y|id)|mention|provid|includ|specif|answer|giv|tell"
    r"|address|describ|indicat|inform|f[io]u?nd"
    r"|enth[aä]lt|nenn|sag|gesagt|beantwort|antwort|geben|gibt|angab|erwähn|liefer|hervor"
    r"|contien|précis|indiqu|donn|disent|répon|fourni|trouv"
    r"|menc|indic|dice|respon|respuest|proporc|inclu|especif|encuentr|encontr"
    r"|conteng|menzion|dicono|rispo|forni|riport|trov)\w*",
    re.IGNORECASE,
)
_BUT: Final = re.compile(
    r"\b(?:but|however|although|instead|only|though|aber|jedoch|sondern|allerdings|nur|mais"
    r"|cependant|toutefois|seulement|pero|sino|aunque|solo|sólo|ma|però|tuttavia|soltanto|mas)\b"
    r"|\d",
    re.IGNORECASE,
)


@cache
def lead_ins() -> frozenset[str]:
    """Return the lines of ours above what is quoted, in all languages that answers are given in.

    Those in English are read in the page's language.
    """
    lines = (CLOSEST, NOT_ANSWERED, PARTLY, PERHAPS, QUOTED, UNSURE)
    return frozenset().union(*map(in_all_languages, lines))


def is_refusal(text: str) -> bool:
    """Whether a text says just that, as a model may too: by the mark of no source, or in words.

    Words are known in English, German, French, Spanish and Italian. What cites a source, tells a
    number or goes on with a "but" says more.
    """
    bare = text.strip(' \n\t"“”„«»*`.')
    numbers = {int(n) for mark in MARK.findall(bare) for n in mark.split(",")}
    if numbers:
        return numbers == {0} and bool(_NO_SOURCE.search(bare))
    if bare.startswith((NOT_HELD.rstrip("."), NOTHING_FOUND.rstrip("."))):
        return "[" not in bare
    return bool(_LIKE_NO_SOURCE.fullmatch(bare)) or _says_nothing(bare)


def _says_nothing(text: str) -> bool:
    if len(text.split()) > MAX_WORDS or _BUT.search(text):
        return False
    spoken_of = _PLACE.search(text) or _BEGINS.match(text)
    return bool(spoken_of and _NOT.search(text) and _SAY.search(text))
