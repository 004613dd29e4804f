"""The words of a language with what they are in English: our own lists.

The lists were written for Pagelight: 7,000 to 10,000 words and phrases of everyday documents each.
A word that is not listed is looked for without its accents, as its stem, and in German and Dutch
as a superlative, and as the words that it is made of. A list has a word or a phrase a line, a tab,
and its English words, the most usual first.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from rag.compounds import divided
from rag.text import fold, stem

COMPOUNDING: Final = frozenset({"de", "nl"})
"""The languages (ISO 639-1) that write such words as one."""

LANGUAGES: Final = ("de", "fr", "es", "it", "nl", "pt")
"""By ISO 639-1 code: those that there are lists of."""

MAX_WORDS: Final = 3
"""So many English words are kept for a word."""

_SUPERLATIVE: Final = re.compile(r"(\w{3,20}?)e?ste[nrsm]?")
"""Of German and Dutch adjectives."""

LETTERS: Final = re.compile(r"[^\W\d_]+")

SHORTEST: Final = 3
"""A part of a word has so many letters."""

SHORT: Final = 3
"""Parts of a word with no more letters must be listed as they are."""

Glosses = Mapping[str, tuple[str, ...]]
"""For a word, a phrase or a stem its English words."""


@functools.cache
def english_words() -> frozenset[str]:
    """Return some 20,000 common English words, of the forms of one stem the commonest."""
    kept = resources.files(__package__) / "words" / "english.txt"
    return frozenset(kept.read_text(encoding="utf-8").split())


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """`listed` are small words, `plain` the same without accents, as are the `phrases`.

    `longest` has for the first word of phrases how many words they have at most.
    """

    language: str
    listed: Glosses
    phrases: Glosses
    plain: Glosses
    stems: Glosses
    longest: Mapping[str, int]

    @classmethod
    def of(cls, language: str, lines: Iterable[str]) -> Lexicon:
        """Return what the lines of a list hold; of two for one word the first comes first."""
        entries = list(_entries(lines))
        single = _together((said, english) for said, english in entries if " " not in said)
        phrases = _together((fold(said), english) for said, english in entries if " " in said)
        longest: dict[str, int] = defaultdict(lambda: 1)
        for said in phrases:
            first, *others = said.split()
            longest[first] = max(longest[first], 1 + len(others))
        return cls(
            language=language,
            listed=single,
            phrases=phrases,
            plain=_together((fold(said), english) for said, english in single.items()),
            stems=_together(
                (stem(form, language), single[said])
                for form_of in (str, fold)
                for said in single
                for form in [form_of(said)]
                if form_of is str or form != said
            ),
            longest=dict(longest),
        )

    @functools.cached_property
    def own(self) -> Glosses:
        """For the stems of an English word the words of the language."""
        return _turned(self.listed)

    def english(self, word: str) -> tuple[str, ...]:
        """Return the English words for a small word; () where it is not known."""
        if held := self.held(word):
            return held
        is_joined = self.language in COMPOUNDING
        parts = divided(fold(word), self._is_part, shortest=SHORTEST) if is_joined else ()
        return (" ".join(self.held(part)[0] for part in parts),) if parts else ()

    def held(self, word: str) -> tuple[str, ...]:
        """Return the same of a word that is listed, in any form; an English word is of no form."""
        found = self.listed.get(word) or self.plain.get(fold(word))
        if found or word in english_words():
            return found or ()
        of_stems = (self.stems.get(stem(form, self.language)) for form in (word, fold(word)))
        return self._superlative(word) or next(filter(None, of_stems), ())

    def _superlative(self, word: str) -> tuple[str, ...]:
        """Return what the most of a quality is: "sonnigste", of sonnig, is most sunny."""
        said = _SUPERLATIVE.fullmatch(word) if self.language in COMPOUNDING else None
        known = self.plain.get(fold(said[1]), ()) if said else ()
        return tuple(f"most {one}" for one in known[:1])

    def phrase(self, words: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
        """Return how many folded words from one on are a listed phrase, and its English."""
        most = min(self.longest.get(words[at], 1), len(words) - at)
        for count in range(most, 1, -1):
            found = self.phrases.get(" ".join(words[at : at + count]))
            if found:
                return count, found
        return 0, ()

    def words_for(self, english: str) -> tuple[str, ...]:
        """Return the words of the language for an English one, the most usual first."""
        return self.own.get(_english_key(fold(english)), ())

    def _is_part(self, part: str) -> bool:
        return bool(self.plain.get(part) if len(part) <= SHORT else self.held(part))


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in lines:
        said, tab, english = line.rstrip("\n").partition("\t")
        if tab:
            yield " ".join(LETTERS.findall(said.lower())), tuple(english.split(",")[:MAX_WORDS])


def _together(entries: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Return for each key all that its entries have, in order, each once."""
    found: dict[str, tuple[str, ...]] = {}
    for key, english in entries:
        known = found.setdefault(key, english)
        if known is not english:
            found[key] = tuple(dict.fromkeys((*known, *english)))[:MAX_WORDS]
    return found


def _turned(listed: Glosses) -> dict[str, tuple[str, ...]]:
    """Return for stems of English words those that have it first; of none, those that have it."""
    found: dict[str, list[list[str]]] = defaultdict(lambda: [[] for _ in range(MAX_WORDS)])
    for said, english in listed.items():
        for place, word in enumerate(english):
            found[_english_key(word)][place].append(said)
    return {key: tuple(next(filter(None, places)))[:MAX_WORDS] for key, places in found.items()}


def _english_key(word: str) -> str:
    return " ".join(map(stem, word.split()))


@functools.cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of one of `LANGUAGES`; the first time some 0.1 s."""
    file = resources.files(__package__) / "words" / f"{language}.tsv"
    with file.open(encoding="utf-8") as lines:
        return Lexicon.of(language, lines)


def open_lexicons() -> None:
    """Read all lists now; some .6 s, the first time."""
    for language in LANGUAGES:
        lexicon(language)
