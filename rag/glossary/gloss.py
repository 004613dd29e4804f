"""Texts of other languages as English, word by word: their gloss.

Dictionary-based translation of queries (Pirkola, SIGIR 1998), and of documents. What reads and
embeds here knows English alone. Of a gloss it understands what a text is about, and each word of
it knows where it stands in the text. What is not listed stays as it is: names, numbers, words of
science.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.glossary.lexicon import LANGUAGES, LETTERS, Lexicon, english_words, lexicon
from rag.languages import chances, is_foreign_question, language_of
from rag.stop_words import languages_of
from rag.text import SHORT_MONTHS, STOP_WORDS, content_stems, fold, words

MIN_LETTERS: Final = 3
"""Shorter words are of any language."""

KNOWN_WEIGHT: Final = 2
"""What each word counts that the one language holds which function words tell."""

MIN_CHANCE: Final = 0.1
"""By its letters, of the language that words tell, where they are surely not English."""

MAX_READ: Final = 100
"""So many words of a text are looked up at most."""


def glossed_language(text: str) -> str | None:
    """Return the language (ISO 639-1) that a text is in; None of English, and where none is told.

    Where it may be in one of several, it is in the one that knows most of its words.
    """
    if "¿" in text or "¡" in text:
        return "es"
    said = LETTERS.findall(text)
    languages = languages_of([word.lower() for word in said])
    likely = [code for code in languages or LANGUAGES if code in LANGUAGES]
    words = [word.lower() for word in said if len(word) >= MIN_LETTERS]
    found = _by_words(words[:MAX_READ], likely, languages) if likely and words else None
    return found if found and _may_be_in(found, text) else None


def _may_be_in(language: str, text: str) -> bool:
    """Tell whether letters leave it open, as of a few words, or are those of a listed language."""
    language_code = language_of(text)
    if language_code is not None:
        return language_code in ("en", *LANGUAGES)
    return not is_foreign_question(text) or chances(text)[language] >= MIN_CHANCE


def _by_words(words: Sequence[str], likely: Sequence[str], languages: Sequence[str]) -> str | None:
    """Return the language that holds most of the words; None where English holds as many.

    Where function words told one language, half as many are enough, and words of both are English
    ones no more: single letters of a table are function words, too.
    """
    held = {code: [word for word in words if lexicon(code).held(word)] for code in likely}
    own = {code: [word for word in found if not is_english(word)] for code, found in held.items()}
    best = max(likely, key=lambda code: len(own[code]))
    english = sum(map(is_english, words))
    unknown = len(words) - english - len(own[best])
    if len(languages) > 1 or not languages:
        return best if len(own[best]) > english and len(own[best]) + 1 >= unknown else None
    english -= len(held[best]) - len(own[best])
    counted = KNOWN_WEIGHT * len(own[best])
    return best if held[best] and counted >= english and counted + 1 >= unknown else None


def is_english(word: str) -> bool:
    """Tell whether a small word is a common English one, or a month's short name: "Mar"."""
    return word in english_words() or word in _english_of_glosses() or word in SHORT_MONTHS


@functools.cache
def _english_of_glosses() -> frozenset[str]:
    found = (english for code in LANGUAGES for english in lexicon(code).listed.values())
    return frozenset(
        word for translations in found for english in translations for word in english.split()
    )


KEPT_GLOSSES: Final = 512
"""Glosses of so many texts are kept, some 25 MB: what is found is read, weighed and told."""

_JOINED: Final = re.compile(r"['’-]")
"""What ties two words to one: "l'ovule", "compare-t-on"."""


_MAY: Final = frozenset("mai mayo maggio mei maio".split())
"""The month, which is no verb in these languages."""


@dataclass(frozen=True, slots=True)
class GlossPiece:
    """A word of the range `start` to `end`, or what stands between two, in `english`."""

    start: int
    end: int
    english: str

    def at(self, offset: int, *, length: int, is_end: bool) -> int:
        """Return where an offset in what is told stands; of a word its start or its end."""
        if self.end - self.start == length:
            return self.start + offset
        return self.end if is_end else self.start


@dataclass(frozen=True, slots=True)
class Gloss:
    """A text in English. Its `pieces` are the whole text, and begin at `starts` in the gloss."""

    text: str
    starts: tuple[int, ...]
    pieces: tuple[GlossPiece, ...]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the text that a range of the gloss, not empty, is made of."""
        first = max(bisect.bisect_right(self.starts, start) - 1, 0)
        last = max(bisect.bisect_left(self.starts, end) - 1, first)
        return self._at(first, start, is_end=False), self._at(last, end, is_end=True)

    def _at(self, n: int, place: int, *, is_end: bool) -> int:
        piece = self.pieces[n]
        return piece.at(place - self.starts[n], length=len(piece.english), is_end=is_end)


def as_english(text: str) -> str:
    """Return a text in English: itself, or its gloss."""
    found = gloss(text)
    return found.text if found else text


def stems_read(text: str) -> frozenset[str]:
    """Return the stems of the telling words of a text as it is in English."""
    return frozenset(content_stems(as_english(text)))


@functools.lru_cache(KEPT_GLOSSES)
def gloss(text: str) -> Gloss | None:
    """Return a text word by word in English; None where it is in English, or it can't be told."""
    language = glossed_language(text)
    return glossed(text, lexicon(language)) if language else None


def in_language(text: str, language: str) -> tuple[str, float]:
    """Return the telling words of an English text in one of `LANGUAGES`, all that they may be.

    What is not listed stays. With them goes which share of the words is said: listed, or no common
    English word, as numbers and names are the same in all.
    """
    asked = [word for word in dict.fromkeys(words(text)) if word not in STOP_WORDS]
    found = [lexicon(language).words_for(word) for word in asked]
    said = (several or (word,) for word, several in zip(asked, found, strict=True))
    if not any(found):
        return "", 0.0
    known = [
        bool(several) or not is_english(word) for word, several in zip(asked, found, strict=True)
    ]
    return " ".join(word for several in said for word in several), sum(known) / len(known)


def glossed(text: str, known: Lexicon) -> Gloss:
    """Return the gloss of a text of the language of a lexicon."""
    pieces = tuple(_pieces(text, known))
    ends = itertools.accumulate(len(piece.english) for piece in pieces)
    starts = tuple(end - len(piece.english) for end, piece in zip(ends, pieces, strict=True))
    return Gloss("".join(piece.english for piece in pieces), starts, pieces)


def _pieces(text: str, known: Lexicon) -> Iterator[GlossPiece]:
    """Yield the words and what stands between them, in order: together the whole text."""
    found = [match.span() for match in LETTERS.finditer(text)]
    small = [text[start:end].lower() for start, end in found]
    folded = list(map(fold, small))
    at = n = 0
    was_known = False
    while n < len(small):
        count, translations = known.phrase(folded, n)
        translations = translations or known.english(small[n])
        start, end = found[n][0], found[n + max(count, 1) - 1][1]
        if start > at:
            # One in English is no part of the other: "l'ovule"
            between = text[at:start].replace("¿", "").replace("¡", "")
            if (was_known or translations) and _JOINED.fullmatch(between):
                between = " "
            yield GlossPiece(at, start, between)
        is_may = small[n] in _MAY and not count
        yield GlossPiece(
            start, end, "May" if is_may else translations[0] if translations else text[start:end]
        )
        at, n, was_known = end, n + max(count, 1), bool(translations)
    if at < len(text):
        yield GlossPiece(at, len(text), text[at:])
