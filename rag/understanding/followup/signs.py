"""Does a question lean on an earlier one, and how a careful writer puts it. English alone."""

from __future__ import annotations

import re
from typing import Final

from rag.stop_words import ASKING, AUXILIARIES, COMMANDS, ENGLISH, PREPOSITIONS, QUESTION_WORDS
from rag.text import STOP_WORDS, words

OPENING: Final = re.compile(
    r"^\s*+(?:(?:and|but|or|so|also|then|now|ok(?:ay)?)\b[\s,]*+)+"
    r"(?:(?:what|how) (?:about|of|if|so)\b\s*)?"
    r"|^\s*+(?:(?:what|how) (?:about|of|if|so)|since when|which ones?(?! of))\b\s*"
    r"|^\s*+(?:(?:no|sorry)\b[\s,]*+)?i mean(?:t)?\b[\s,]*",
    re.IGNORECASE,
)
"""What goes on with an earlier question: "and for", "what about", "no, I meant"."""

_AGAIN: Final = re.compile(
    r"\W*(?:(?:and|but|ok|so|please|say (?:it|that)|tell me|can you|make it)\b\W*)*"
    r"(?:are you (?:quite |really )?(?:sure|certain)|really"
    r"|is (?:that|this|it) (?:true|right|correct)"
    r"|says who|who (?:said|says|told you) (?:so|that|this|it)|how do you know(?: that| this)?"
    r"|where (?:does (?:it|that|this) (?:say|stand|come from)|is (?:that|this|it) (?:from|written))"
    r"(?: that| so| this)?|(?:what(?:'s| is) )?(?:your|the)? ?sources?|(?:in short|shorter|shortly"
    r"|briefly|in other words|again|repeat(?: that)?|simpler|in (?:english|german|french|spanish))"
    r"(?: please)?)\W*",
    re.IGNORECASE,
)
_AUX: Final = "|".join(sorted(AUXILIARIES))
_BEFORE: Final = "|".join(sorted(PREPOSITIONS | AUXILIARIES))
_PRONOUN: Final = re.compile(
    r"\b(?:he|him|his|she|hers?|its?|they|them|theirs?)\b"
    rf"|\b(?:{_BEFORE}) (?:this|that|these|those)\b(?! year)"
    rf"|^(?:[\w'’-]+ )?(?:this|that|these|those) (?:{_AUX})\b"
    r"|\bthere\W*$|\bones\b|\bthe one\b|\bthe same (?:year|month|day|time|place)\b",
    re.IGNORECASE,
)
_MORE: Final = re.compile(r"\b(?:another|others?|else|former|latter)\b", re.IGNORECASE)
_JOINS: Final = re.compile(r"\b(?:and|or|so|because|although|if|as)\b|,")
_WORD: Final = re.compile(r"\w{3} ")

_NOTHING: Final = re.compile(
    r"\bhow (?:cold|hot|warm|cool|windy|wet|dry|sunny|dark|late|early|far|much) (?:\w+ )?it\b"
    r"|\bit (?:rain|snow|hail|freez|thunder)\w*"
    r"|\b(?:is|was|be|does|did) it (?:(?:safe|possible|important|useful|easy|hard|difficult|legal"
    r"|allowed|necessary|true|better|best|common|normal|worth) )?(?:to|that|if|whether)\b"
    rf"|\b(?:{_AUX}) there\b|\bthere (?:{_AUX})\b",
    re.IGNORECASE,
)
"""Where "it" and "there" stand for nothing: of the weather, and for a clause that comes after
(Lappin and Leass, An Algorithm for Pronominal Anaphora Resolution, 1994)."""

_MAX_PART_WORDS: Final = 5
"""Of a phrase that is no question: "in which city?", "in March 2020?"."""

_BARE: Final = re.compile(r"\bthe (?!most\b)[\w'’-]+(?: [\w'’-]+)?\W*$", re.IGNORECASE)
_MAX_BARE_WORDS: Final = 2

_NAME: Final = re.compile(r"(?<=\w )[A-Z][\w'’-]+|\b\w+[A-Z]\w*|\d{4}")


def asks_again(question: str) -> bool:
    """Whether it asks for nothing but the last answer: surer, shorter, in other words."""
    return _AGAIN.fullmatch(question) is not None


def names_nothing(text: str) -> bool:
    """Whether all of its words are such as name nothing: "why?", "how many are there"."""
    found = words(text)
    return bool(found) and all(word in ENGLISH | STOP_WORDS for word in found)


def opens_as_follow_up(question: str) -> bool:
    """Whether it goes on with an earlier question by its first words, or asks nothing by itself."""
    first = question.split(maxsplit=1)[0].lower() if question.split() else ""
    is_part = first in PREPOSITIONS and len(question.split()) <= _MAX_PART_WORDS
    return OPENING.match(question) is not None or is_part or names_nothing(question)


def points_back(question: str) -> bool:
    """Whether a word stands for something that the question itself doesn't name."""
    if _MORE.search(question) and not _NAME.search(question):
        return True
    meant = _NOTHING.sub("", question)
    found = _PRONOUN.search(meant)
    before = meant[: found.start()] if found else ""
    return found is not None and not (_NAME.search(before) or _ends_in_clause(before))


def _ends_in_clause(before: str) -> bool:
    """Tell whether words of a clause stand there that explain a pronoun after them."""
    joins = list(_JOINS.finditer(before))
    return bool(joins) and _WORD.search(before, 0, joins[-1].start()) is not None


def leans(question: str) -> bool:
    return asks_again(question) or opens_as_follow_up(question) or points_back(question)


def names_barely(question: str) -> bool:
    """Whether it may lean: it names a thing without telling whose, as in "what are the costs?"."""
    is_short = sum(word not in STOP_WORDS for word in words(question)) <= _MAX_BARE_WORDS
    return is_short and _BARE.search(question) is not None and not _NAME.search(question)


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
    rf"|\b(?:{_OR})(?={_AND}(?i:{_ANY})\b)"
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
