"""A question's misspelt words, read as the documents have them. Knows words; knows no index.

Doubtful is a word of small letters that is no common word of the language. The documents then tell
whether they hold it, and what of theirs is nearest. Numbers, codes and what is quoted stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from rag.datamodel import Filters
from rag.retrieval.dictionary import dictionary
from rag.stop_words import BY_LANGUAGE
from rag.text import STOP_WORDS, fold

LEAST_LETTERS: Final = 4
LONG: Final = 8
"""One edit of four to seven letters, two of more (as Elasticsearch's fuzziness AUTO, a little
stricter, as a word is replaced and not added)."""

LEAST_NAME: Final = 6
"""A name written large is another's, sooner than misspelt: from here on, one edit."""

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
    return _read_as(question, found) if found else Meant(text=question)


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
    """Return the words that may be misspelt, and how many edits each may be away."""
    matches = list(_WORD.finditer(_unquoted(question)))
    first = next((match.start() for match in matches), 0)
    return {
        match[0]: edits
        for match in matches
        if (edits := _edits(match[0], begins=match.start() == first))
        and not is_word(match[0].lower())
        and not _is_common(match[0].lower())
    }


def _is_common(word: str) -> bool:
    """Tell whether a small word is an English one, or one without its apostrophe: "shouldnt"."""
    return not dictionary("en").isdisjoint({word, f"{word[:-1]}'{word[-1]}"})


def _edits(word: str, *, begins: bool) -> int:
    """Return how many edits away what was meant may be; 0 for what may be meant as it is."""
    if len(word) < LEAST_LETTERS or not word[1:].islower() or fold(word) in _UNSAID:
        return 0
    if word[0].isupper() and not begins:
        return int(len(word) >= LEAST_NAME)
    return 2 if len(word) >= LONG else 1
