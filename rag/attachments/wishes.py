"""What is asked of something attached: what it is, all that stands on it, a field, the greatest.

Words for fields are those of English, German, French and Spanish; the rest is English. Pure.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from rag.text import STOP_WORDS, fold, stem, words

Field = Literal["total", "date", "shop", "change"]
Wish = Literal["identity", "description", "lettering", "greatest", "least", "field", "content"]

_PICTURE: Final = (
    "(?:picture|photo|image|chart|graph|diagram|drawing|screenshot|receipt|scan|file|document|page|"
    "attachment)"
)
_IT: Final = "(?:this|that|it|these|those|here)"

_FIELDS: Final[dict[Field, re.Pattern[str]]] = {
    "change": re.compile(
        r"\b(?:change|ruckgeld|wechselgeld)\b.*\b(?:back|given|get|got)\b|how much change"
    ),
    "total": re.compile(
        r"\b(?:totals?|totale|sum|altogether|summe|gesamt\w*|betrag|montant|importe|amount|"
        r"how much(?: together| in all| overall)?\W*$|wie ?viel|combien|cuanto|"
        r"(?:how much|what) (?:was|is|did|does|do|were|has|have|had)\b.*"
        r"\b(?:it|they|he|she|we|i|this|that|cost|pay|paid|spent|spend|bill|charged?))(?!\w)"
    ),
    "date": re.compile(
        r"\b(?:dates?|dated|when|which day|what day|datum|wann|quand|cuando|fecha)\b"
    ),
    "shop": re.compile(
        r"\b(?:where|shops?|stores?|compan(?:y|ies)|merchants?|vendors?|sellers?|restaurants?|"
        r"suppliers?|issued|from (?:who|whom|which)|(?:who|which) (?:sold|issued|sent|made)|"
        r"wo|welche[rs]? (?:laden|firma|geschaft)|ou|magasin|donde|tienda)\b"
    ),
}
_IDENTITY: Final = re.compile(
    rf"^(?:so |and |ok,? )?what(?:'s| is| are|s)? (?:exactly )?(?:(?:on |in )?{_IT}|"
    rf"(?:on |in )?(?:the|this|that|my) {_PICTURE})(?: about| here| of| for| all about)*\W*$|"
    r"^(?:was ist (?:das|dies)|qu'est-ce que c'est|que es esto)\W*$"
)
_DESCRIPTION: Final = re.compile(
    r"^(?:please |can you |could you )*(?:describe|explain|summari[sz]e|tell me about)\b"
    rf"(?: (?:to|me|what|the|my|attached|shows?|is|on|in|see|you|{_IT}|{_PICTURE}))*\W*$|"
    rf"^what (?:does|do|can) (?:(?:the|my) )?(?:{_IT} ?)?(?:{_PICTURE}|you|we|i)?s? ?"
    r"(?:shows?|depicts?|see|tell(?: us)?)?(?: (?:on|in) (?:this|it|the \w+))?\W*$"
)
_LETTERING: Final = re.compile(
    r"\bwhat (?:does|do|is|'s).{0,40}\b(?:say|says|written|printed)\b|"
    r"\bread (?:it|this|that|out|me|the)\b|\bwhich (?:words|text|lettering)\b|\bwas steht\b|"
    r"\b(?:transcribe|ocr|extract (?:the |all )*text|all (?:the )?(?:text|words|lettering))\b"
)
_GREATEST: Final = re.compile(
    r"\b(?:highest|largest|biggest|greatest|most|maximum|max|top|leading|longest|best)\b"
)
_LEAST: Final = re.compile(
    r"\b(?:lowest|smallest|least|fewest|minimum|min|bottom|shortest|worst)\b"
)

_PLAIN: Final = frozenset(
    stem(fold(word))
    for word in "picture photo photograph image chart graph plot diagram drawing figure screenshot "
    "scan file document attachment attached pdf page sheet table slide receipt invoice bill ticket "
    "card sign this that these those it its here there above below one thing something anything "
    "describe description explain show shows shown depict see seen look summarise summarize tell "
    "say says read written text words lettering trend compare comparison difference develop "
    "development value values number numbers amount total sum date day time shop store company "
    "pay paid cost bought buy purchase item items highest largest biggest lowest smallest most "
    "least maximum minimum average what's whats who's how's please kind type color colour title "
    "first second third last both two three many much long large big high low one price prices "
    "currency change cash tax spend spent charged altogether answer question info information "
    "comment write together altogether combined overall sum".split()
)
"""Stems of words that name nothing of the documents: they ask about what lies there."""

_STORE: Final = (
    "(?:documents|files|manuals?|folder|library|reports|collection|archive|papers|contracts?|"
    "guidelines|polic(?:y|ies)|records)"
)
_DOCUMENTS: Final = re.compile(
    r"\b(?:which|what) (?:document|file|report|page|manual|paper|slide)s? "
    r"(?:is|was|does|do|are|has|have|mentions?|contains?|shows?)\b|"
    rf"\b(?:our|the|my|all|other|in|any) (?:\w+ )?{_STORE}\b|"
    r"\bdo we have\b|\bwe have (?:on|about)\b|\belsewhere\b|"
    r"\bwhere (?:is|does|did) (?:this|it|that) (?:\w+ )?(?:from|come|stand|appear)"
)
_THIS: Final = re.compile(
    rf"\b(?:{_IT}|attached|both {_PICTURE}s|"
    rf"(?:the|which|my) (?:attached|first|second|third|last|{_PICTURE}))\b"
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
    """Tell whether the documents are asked besides, as in "what do we have on this?"."""
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
