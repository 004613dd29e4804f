"""What is asked of something attached: what it is, all that stands on it, a field, the greatest.

Words for fields are those of English, German, French and Spanish; the rest is English. Pure.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from rag.text import STOP_WORDS, fold, stem, words

Field = Literal["total", "date", "shop", "change"]
Wish = Literal["identity", "description", "lettering", "greatest", "least", "field", "content"]

_FIELDS: Final[dict[Field, re.Pattern[str]]] = {
    "change": re.compile(
        r"\b(?:change|ruckgeld|wechselgeld)\b.*\b(?:back|given|get|got)\b|how much change"
    ),
    "total": re.compile(
        r"\b(?:totals?|sum|altogether|summe|gesamt\w*|betrag|montant|importe|totale?s?|"
        r"(?:how much|what) (?:was|is|did|does|do|were|has|have|had)\b.*\b(?:it|they|he|she|we|i|this|that|"
        r"cost|pay|paid|spent|spend|bill|charged?)|amount|"
        r"(?:grand|final) (?:total|amount)|wie viel|wieviel|combien|cuanto)\b"
    ),
    "date": re.compile(
        r"\b(?:dates?|dated|when|which day|what day|datum|wann|quand|cuando|fecha)\b"
    ),
    "shop": re.compile(
        r"\b(?:where|shops?|stores?|compan(?:y|ies)|merchants?|vendors?|sellers?|restaurants?|suppliers?|"
        r"issued|from (?:who|whom|which)|(?:who|which) (?:sold|issued|sent|made)|"
        r"wo|welche[rs]? (?:laden|firma|geschaft)|ou|magasin|donde|tienda)\b"
    ),
}
_IDENTITY: Final = re.compile(
    r"^(?:so |and |ok,? )?what(?:'s| is| are|s)? (?:exactly )?(?:this|that|it|these|those|here|on it|in it|"
    r"(?:on |in )?(?:the|this|that|my) (?:picture|photo|image|chart|graph|diagram|drawing|file|document|"
    r"scan|screenshot|receipt|page))(?: about| here| of| for| all about)*\W*$|"
    r"^(?:was ist (?:das|dies)|qu'est-ce que c'est|que es esto)\W*$"
)
_DESCRIPTION: Final = re.compile(
    r"^(?:please |can you |could you )*(?:describe|explain|summari[sz]e|tell me about)"
    r"(?: (?:to )?me)?(?: what)?(?: (?:this|that|it|these|the|my|attached|attachment|picture|photo|image|chart|graph|"
    r"diagram|drawing|file|document|scan|screenshot|receipt|page|shows?|is|on|in|see|you|s))*\W*$|"
    r"^what (?:does|do|can) (?:this|that|it|these|the|my|you|we|i) ?"
    r"(?:picture|photo|image|chart|graph|diagram|drawing|screenshot|see)?s? ?(?:show|shows|depict|see|tell us|tell)?"
    r"(?: (?:on|in) (?:this|it|the \w+))?\W*$"
)
_LETTERING: Final = re.compile(
    r"\bwhat (?:does|do|is|'s).{0,40}\b(?:say|says|written|printed)\b|\bread (?:it|this|that|out|me|the)\b|"
    r"\b(?:transcribe|ocr|extract (?:the |all )*text|all (?:the )?(?:text|words|lettering))\b|"
    r"\bwhich (?:words|text|lettering)\b|\bwas steht\b"
)
_GREATEST: Final = re.compile(
    r"\b(?:highest|largest|biggest|greatest|most|maximum|max|top|leading|longest|best)\b"
)
_LEAST: Final = re.compile(
    r"\b(?:lowest|smallest|least|fewest|minimum|min|bottom|shortest|worst)\b"
)

_PLAIN: Final = frozenset(
    stem(fold(word))
    for word in "picture photo photograph image chart graph plot diagram drawing figure screenshot scan file "
    "document attachment attached pdf page sheet table slide receipt invoice bill ticket card sign "
    "this that these those it its here there above below one thing something anything "
    "describe description explain show shows shown depict see seen look summarise summarize tell say "
    "says read written text words lettering trend compare comparison difference develop development "
    "value values number numbers amount total sum date day time shop store company pay paid cost "
    "bought buy purchase item items highest largest biggest lowest smallest most least maximum "
    "minimum average what's whats who's how's please kind type color colour title first second third "
    "last both two three many much long large big high low price prices currency change cash tax "
    "spend spent charged altogether answer question info information comment write".split()
)
"""Stems of words that name nothing of the documents: they ask about what lies there."""

_DOCUMENTS: Final = re.compile(
    r"\b(?:which|what) (?:document|file|report|page|manual|paper|slide)s? (?:is|was|does|do|are|has|have|mentions?|contains?|shows?)\b.*|"
    r"\b(?:our|the|my|all|other|in|any) (?:\w+ )?(?:documents|files|manuals?|folder|library|reports|collection|archive|papers|contracts?|guidelines|policy|policies|records)\b|"
    r"\bdo we have\b|\bwe have (?:on|about)\b|\belsewhere\b|\bwhere (?:is|does) (?:this|it|that) (?:from|come|stand|appear)|"
    r"\bwhere (?:does|did) (?:this|it|that) (?:\w+ )?(?:come from|appear|stand)"
)
_THIS: Final = re.compile(
    r"\b(?:this|these|attached|attachment|here|the (?:picture|photo|image|chart|graph|receipt|screenshot|drawing|scan|"
    r"attachment|attached|first|second|third)|it)\b"
)


def field_of(question: str) -> Field | None:
    """Return which field of a receipt or form is asked for."""
    asked = _folded(question)
    return next((name for name, pattern in _FIELDS.items() if pattern.search(asked)), None)


def wish_of(question: str) -> Wish:
    """Return the form of answer that is asked for; `content` is any other question."""
    asked = _folded(question)
    if not asked.strip(" ?!.") or _IDENTITY.search(asked):
        return "identity"
    if _LETTERING.search(asked):
        return "lettering"
    if _DESCRIPTION.search(asked):
        return "description"
    if _GREATEST.search(asked):
        return "greatest"
    if _LEAST.search(asked):
        return "least"
    return "field" if field_of(question) else "content"


def asks_documents(question: str) -> bool:
    """Tell whether the documents are asked besides: what do *we* have on this?"""
    return bool(_DOCUMENTS.search(_folded(question)))


def points(question: str) -> bool:
    """Tell whether the question points at what is attached: this, here, the picture."""
    return bool(_THIS.search(_folded(question)))


def named(question: str) -> list[str]:
    """Return the stems of the words that name something, in order: all but those that only ask."""
    stems = [stem(word) for word in words(question) if word not in STOP_WORDS]
    return [each for each in stems if each not in _PLAIN]


def _folded(question: str) -> str:
    return " ".join(fold(word) for word in question.lower().replace("’", "'").split())
