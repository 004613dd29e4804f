"""A question's misspelt words, read as the documents have them. Knows words; knows no index.

Doubtful is a word of small letters that is no common word of the language. The documents then tell
whether they hold it, and what of theirs is nearest. Numbers, codes and what is quoted stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from rapidfuzz.distance import Prefix

from rag.datamodel import Filters
from rag.retrieve.dictionary import dictionary
from rag.stop_words import BY_LANGUAGE, languages_of
from rag.text import STOP_WORDS, fold

LEAST_LETTERS: Final = 4
LONG: Final = 8
"""One edit of four to seven letters, two of more (as Elasticsearch's fuzziness AUTO, a little
stricter, as a word is replaced and not added)."""

LEAST_NAME: Final = 6
"""A name written large is another's, sooner than misspelt: from here on, one edit."""

LEAST_SHARED: Final = 4
SHARED: Final = 0.7
"""A word of another language stands for one of the documents that shares its beginning: so many
letters, and this share of the longer of the two (`visita` and visit, `Februar` and February)."""

LEAST_PART: Final = 3
MOST_DOUBTED: Final = 12
"""Words of one question that are sought; a text with more is no question."""

_UNSAID: Final = STOP_WORDS.union(*BY_LANGUAGE.values())
_BEFORE: Final = r"(?<![\w.@/\\'’-])"
_AFTER: Final = r"(?![\w@/\\-]|\.\w|['’](?!s\b))"
_WORD: Final = re.compile(rf"{_BEFORE}[^\W\d_]+{_AFTER}")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^“”]*”|«[^«»]*»|`[^`]*`")


class Nearest(Protocol):
    """`rag.protocols.Index.nearest_words`."""

    def __call__(self, words: Mapping[str, int], /, *, filters: Filters) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A question as it is read, and a sentence for each word that was read as another."""

    text: str
    notes: tuple[str, ...] = ()


def mended(
    question: str, filters: Filters, *, nearest: Nearest, is_word: Callable[[str], bool]
) -> Meant:
    """Return the question with what no admitted document holds as the nearest that one does."""
    doubted = doubtful(question, is_word)
    if not doubted or len(doubted) > MOST_DOUBTED:
        return Meant(text=question)
    found = nearest(doubted, filters=filters)
    foreign = _foreign(question)
    meant = {
        word: other
        for word, other in found.items()
        if word.lower() not in foreign or _begin_alike(word.lower(), other.lower())
    }
    return _read_as(question, meant) if meant else Meant(text=question)


def _foreign(question: str) -> Collection[str]:
    """Return the words of the language that a question is in; none for English."""
    languages = _languages(_WORD.finditer(_unquoted(question)))
    if "en" in languages:
        return frozenset()
    return frozenset().union(*(dictionary(language) for language in languages))


def _languages(matches: Iterable[re.Match[str]]) -> Collection[str]:
    """Return the languages that words may be of: English where none is told."""
    return languages_of([match[0].lower() for match in matches]) or ("en",)


def _begin_alike(word: str, other: str) -> bool:
    """Tell whether two words are likely one, inflected or in two languages."""
    shared = Prefix.similarity(word, other)
    return shared >= max(LEAST_SHARED, SHARED * max(len(word), len(other)))


def _read_as(question: str, found: Mapping[str, str]) -> Meant:
    """Return the question with each of the words found in place of those asked."""
    asked = "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))
    text, end, notes = "", 0, []
    for match in re.finditer(f"{_BEFORE}(?:{asked}){_AFTER}", _unquoted(question)):
        meant = found[match[0]]
        read = meant[:1].upper() + meant[1:] if match[0][:1].isupper() else meant
        text += question[end : match.start()] + read
        end = match.end()
        notes.append(f"Read “{match[0]}” as “{read}”.")
    return Meant(text=text + question[end:], notes=tuple(dict.fromkeys(notes)))


def _unquoted(question: str) -> str:
    """Return the question, as long as it is, without what stands in quotation marks."""
    return _QUOTED.sub(lambda match: "\0" * len(match[0]), question)


def doubtful(question: str, is_word: Callable[[str], bool]) -> dict[str, int]:
    """Return the words that may be misspelt and the edits allowed; pairs that may be one word."""
    plain = _unquoted(question)
    matches = list(_WORD.finditer(plain))
    first = next((match.start() for match in matches), 0)
    is_known = _known_in(_languages(matches), is_word)
    words = {
        match[0]: edits
        for match in matches
        if (edits := _edits(match[0], begins=match.start() == first))
        and not is_known(match[0].lower())
    }
    return words | dict.fromkeys(_pairs(plain, matches), 0)


def _known_in(languages: Collection[str], is_word: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return what tells whether a word is known: one of English.

    In another language any may stand for one of the documents that begins alike.
    """
    if "en" not in languages:
        return lambda _: False
    return lambda word: is_word(word) or word in dictionary("en")


def _edits(word: str, *, begins: bool) -> int:
    """Return how many edits away what was meant may be; 0 for what may be meant as it is."""
    if len(word) < LEAST_LETTERS or not word[1:].islower() or fold(word) in _UNSAID:
        return 0
    if word[0].isupper() and not begins:
        return int(len(word) >= LEAST_NAME)
    return 2 if len(word) >= LONG else 1


def _pairs(question: str, matches: list[re.Match[str]]) -> Iterator[str]:
    """Yield the words that stand beside each other and tell something, as they are written."""
    for one, other in pairwise(matches):
        pair = question[one.start() : other.end()]
        telling = all(
            len(word) >= LEAST_PART and word.islower() and fold(word) not in _UNSAID
            for word in (one[0], other[0])
        )
        if telling and pair == f"{one[0]} {other[0]}":
            yield pair
