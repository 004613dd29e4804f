"""A question as a careful writer puts it: months with a capital, its mark at the end.

A person types "how warm was it in may". Whatever tells a month goes by the capital, as "may" and
"march" are words, too; and what reads was taught questions with their mark. Knows words alone.
"""

from __future__ import annotations

import re
from typing import Final

from rag.stop_words import ASKING, AUXILIARIES, COMMANDS, QUESTION_WORDS

_SURE: Final = "january february april june july august september october november december".split()
_DOUBTFUL: Final = "may march jan feb mar apr jun jul aug sep sept oct nov dec".split()
"""Words that are something else as well: "may", "march", "mar", "apr"."""

_ANY: Final = "|".join((*_SURE, *_DOUBTFUL))
_OR: Final = "|".join(_DOUBTFUL)
_AND: Final = r"(?:,|,? (?:and|or|to|vs\.?|versus|with|than|until|till|through)| ?[-–/]) ?"

_MONTH: Final = re.compile(
    rf"\b(?:{'|'.join(_SURE)})\b"
    rf"|(?<=\bin )(?:{_OR})\b|(?<=\b(?:of|by) )(?:{_OR})\b|(?<=\bsince )(?:{_OR})\b"
    rf"|(?<=\b(?:from|late) )(?:{_OR})\b|(?<=\b(?:until|early) )(?:{_OR})\b"
    rf"|(?<=\bduring )(?:{_OR})\b|(?<=\blast )(?:{_OR})\b"
    rf"|\b(?:{_OR})(?=\.? \d)|(?<=\d )(?:{_OR})\b|(?<=\d(?:st|nd|rd|th) )(?:{_OR})\b"
    rf"|\b(?:{_OR})(?={_AND}(?i:{_ANY})\b)",
)
"""A month that is written small, where what stands around it leaves no doubt."""

_JOINED: Final = re.compile(rf"(\b(?i:{_ANY})\b{_AND})({_OR})\b")
"""A month after another one: "april and may"."""


_CONTRACTED: Final = re.compile(r"^(\W*(?:who|what|where|when|how|why))s\b", re.IGNORECASE)
"""A word that asks with its verb, written without the apostrophe: "whos the boss"."""

LONGEST_BEFORE: Final = 7
"""Letters of a word that stands before the one that asks: "in which", "à quelle", "during what"."""

_FIRST: Final = re.compile(r"\W*(\w+)(?:\W+(\w+))?")
_ENDED: Final = re.compile(r"[^\w\s%°€$)\]\"”»]\s*\Z")
"""A mark at the end."""

_ASKS: Final = QUESTION_WORDS | frozenset().union(*ASKING.values()) - COMMANDS
_OPENS: Final = _ASKS | AUXILIARIES


def carefully_written(question: str) -> str:
    """Return the question with a capital for each month, and the marks that it lacks."""
    written = _CONTRACTED.sub(r"\1's", question)
    written = _MONTH.sub(lambda match: match.group().capitalize(), written)
    written = _JOINED.sub(lambda match: match[1] + match[2].capitalize(), written)
    return f"{written.rstrip()}?" if _lacks_mark(written) else written


def _lacks_mark(question: str) -> bool:
    found = _FIRST.match(question)
    if found is None or _ENDED.search(question):
        return False
    first, second = found[1].lower(), (found[2] or "").lower()
    return first in _OPENS or (len(first) <= LONGEST_BEFORE and second in _ASKS)
