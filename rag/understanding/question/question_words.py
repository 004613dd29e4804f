"""The words of a question, worked out when first asked for: stems, names, years, named pages."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from rag.datamodel import Query
from rag.glossary.gloss import as_english, in_language
from rag.languages import is_foreign_question, languages_in
from rag.messages import catalogue
from rag.protocols import Embedder, Matrix
from rag.stop_words import ENGLISH, QUESTION_WORD, languages_of
from rag.text import LONG_MONTHS, STOP_WORDS, content_stems, fold, stem, unsaid, words
from rag.understanding.question.qualities import SAME, picks, same_measure, short_months
from rag.understanding.question.question_kind import Floats


def vector_of(query: Query, words: str, embedder: Embedder) -> Matrix:
    """Return words of the query as a unit row, shape (1, dim); made once a question."""
    return query.once((embedder, words), lambda: embedder.embed_queries([words]))


def searched_text(query: Query, words: str | None = None) -> str:
    """Return the words of the question, or such `words`, and the lettering of its picture."""
    ocr_text = query.image.lettering if query.image else ""
    return f"{query.text if words is None else words} {ocr_text}".strip()


_MONTHS: Final = {stem(month): month[:3] for month in (*LONG_MONTHS, "sept")}
_NUMBER_SIGN: Final = re.compile(r"(?<=\s)#(?=[\s:]|$)|№|\b(?:No|Nr)\.(?=[\s:]|$)")

REGION_WORDS: Final = 40
"""So many words of a part of a page are searched with the question about it."""

Stems = frozenset[str]


def alias(stem_: str) -> str:
    """Return the stem of a month's short name for its long one; any other as it is."""
    return _MONTHS.get(stem_, stem_)


@functools.lru_cache(maxsize=16384)
def stems_of(text: str, language: str | None = None) -> Stems:
    """Return the stems of a text; a month's long and short names are one, `#` is a number."""
    return frozenset(map(alias, content_stems(_NUMBER_SIGN.sub(" number ", text), language)))


@functools.lru_cache(maxsize=4096)
def content_of(text: str, language: str | None = None) -> frozenset[str]:
    """Return the stems of a text as they are; a sentence's are asked for by several stages."""
    return frozenset(content_stems(text, language))


def share(stems: Collection[str], found: Collection[str]) -> float:
    """Return how many of the stems are found, in 0..1; 0 of none."""
    return sum(stem in found for stem in stems) / len(stems) if stems else 0.0


_COUNTED: Final = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER: Final = rf"(?:\d{{1,4}}|{'|'.join(_COUNTED)})\b"
_NOUN: Final = (
    r"(?:pages?|slides?|pp?\.|seiten?|folien?|diapositives?|diapositivas?|páginas?)(?:\s++|(?<=\.))"
)
_NAMED: Final = re.compile(
    r"(?<!['\"“‘\[])(?:\b(?:on|in|at|of|from|auf|von|sur|de|en|la|las|der|den)\s++){0,2}+"
    rf"(?:the\s++)?\b{_NOUN}(?P<pages>{_NUMBER}"
    rf"(?:\s*+(?:,|&|-|–|to|through|and|und|bis|et|à|y|a)\s*+(?:the\s++)?(?:{_NOUN})?{_NUMBER})*+)",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(
    rf"(?P<to>(?:-|–|\bto|\bthrough|\bbis|à)\s*+)?(?P<page>{_NUMBER})", re.IGNORECASE
)
_SPACES: Final = re.compile(r"\s+(?=[?.!,]|\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPages:
    """The `pages`, counted from 1, and the `rest` of the question without them."""

    pages: frozenset[int] = frozenset()
    rest: str = ""


def named_pages(text: str) -> NamedPages:
    """Return the pages that a question names, and what it asks of them."""
    pages = frozenset(page for match in _NAMED.finditer(text) for page in _pages(match["pages"]))
    rest = _SPACES.sub("", _NAMED.sub(" ", text)).strip(" ,")
    return NamedPages(pages=pages, rest=rest)


def _pages(text: str) -> Iterator[int]:
    """Yield the pages of a list; "3 to 5" names the one between as well."""
    before = 0
    for match in _NUMBERS.finditer(text):
        word = match["page"].lower()
        page = int(word) if word.isdecimal() else _COUNTED.index(word) + 1
        yield from range(before, page) if match["to"] else ()
        yield page
        before = page


Thing = TypeVar("Thing")


Findings = dict[Hashable, object]
"""What is found for a question, by who finds (an index, a model, a stage) and what it was given."""


def once(findings: Findings, key: Hashable, make: Callable[[], Thing]) -> Thing:
    """Return what was found under the key; `make` finds it the first time, in each thread."""
    if key not in findings:
        findings[key] = make()
    found: Thing = findings[key]  # type: ignore[assignment]  # as it was made for this key
    return found


_ASKING: Final = rf"(?:{QUESTION_WORD}|(?:is|are|was|were|do|does|did|has|have|can)\b)"
_OPENING: Final = re.compile(
    r"^(?:in|for|according to|on|at|per|from|based on|within|of)\b"
    r"(?!\s+(?:what|which|whose)\b).{3,}?[,:]\s+"
    rf"(?=(?:(?:in|by|at|on|to|for|of|with|from)\s+)?{_ASKING})",
    re.IGNORECASE | re.DOTALL,
)
_CAPITALISED: Final = re.compile(r"\b[^\W\d_a-z][\w'’&.-]*")
_FISCAL: Final = re.compile(r"\bfy\s?(?=\d)", re.IGNORECASE)
_LONG_OPENING: Final = 12
"""Characters, comma and spaces included."""

_MIN_LETTERS: Final = 3
_LIGHT: Final = frozenset(
    "get gets got come comes came coming going goes went gone make makes made take takes took put"
    " want wants need needs say says see know find use let keep look help".split()
)
"""Verbs that mean what stands beside them: others stand for them nowhere."""


@dataclass(frozen=True, kw_only=True)
class QuestionWords(Query):
    """`text` stands alone; `said` is what the person sent."""

    said: Query

    def vector(self, embedder: Embedder) -> Floats:
        row: Floats = vector_of(self, self.text, embedder)[0]
        return row

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) that its words may be in, all as likely."""
        return ("en",) if self.original else self.spoken_languages

    @cached_property
    def spoken_languages(self) -> tuple[str, ...]:
        """Those that they may have been said in: a document may tell months in these."""
        return languages_in(self.said.text or self.text)

    def say(self, sentence: str) -> str:
        """Return a sentence of ours in the language that it was asked in, if that has it."""
        languages = self.spoken_languages
        return catalogue(languages[0]).get(sentence, sentence) if languages else sentence

    def is_in_other_language_than(self, text: str) -> bool:
        """Tell whether it is surely asked in another language than a text is in."""
        own, others = self.spoken_languages, languages_in(text)
        return bool(own and others) and set(own).isdisjoint(others)

    @property
    def language(self) -> str | None:
        """The language (ISO 639-1) that its words are in; None where they don't tell."""
        return self.languages[0] if len(self.languages) == 1 else None

    @cached_property
    def is_foreign(self) -> bool:
        """Whether it is surely not in English: no rule over English words reads it."""
        return not self.original and is_foreign_question(self.said.text or self.text)

    @cached_property
    def core(self) -> str:
        """The words without an opening that only names the document ("In the report X, ...")."""
        opening = _OPENING.match(self.text)
        return self.text[opening.end() :] if opening else self.text

    @cached_property
    def of_passage(self) -> str:
        """What a passage is read with: without a long opening, which fits all of the document."""
        return self.core if len(self.text) - len(self.core) >= _LONG_OPENING else self.text

    @cached_property
    def named(self) -> frozenset[str]:
        return frozenset(words(self.text))

    @cached_property
    def content(self) -> frozenset[str]:
        """The stems of the words that say something."""
        return self.content_in(self.text)

    def in_language(self, language: str) -> tuple[str, float]:
        """Return its telling words in another language (ISO 639-1), and which share is listed."""
        return in_language(self.text, language)

    def content_in(self, text: str) -> frozenset[str]:
        """Return a text's stems as the question's own are cut; with its gloss those of both."""
        return self._of_both(text, content_of)

    def content_read(self, text: str) -> frozenset[str]:
        """Return the same of what is read alone."""
        return content_of(self.read(text), self.language)

    def stems_in(self, text: str) -> Stems:
        """Return the same, months by their short names."""
        return self._of_both(text, stems_of)

    def _of_both(self, text: str, stems: Callable[[str, str | None], Stems]) -> Stems:
        read = self.read(text)
        own = frozenset() if read == text else stems(text, self.language)
        return stems(read, self.language) | own

    def read(self, text: str) -> str:
        """Return a text as the question is read: where that is in English, in English."""
        return text if self.is_foreign else as_english(text)

    @cached_property
    def worded(self) -> Mapping[str, str]:
        """The last word of each stem that says something."""
        unsaid_ = unsaid(self.language)
        found = (word for word in words(self.text) if word not in unsaid_)
        return {stem(word, self.language): word for word in found}

    @cached_property
    def stems(self) -> Stems:
        """The same, months by their short names."""
        return frozenset(map(alias, self.content))

    @cached_property
    def dated(self) -> str:
        """The text with its years plain: "FY2021" as 2021."""
        return _FISCAL.sub("", self.text)

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """The words whose frequency tells how much they say, each once, in order."""
        tokens = (*words(self.text), *words(self.dated))
        unsaid_ = unsaid(self.language)
        return tuple(dict.fromkeys(word for word in tokens if word not in unsaid_))

    @cached_property
    def names(self) -> Stems:
        """The stems of its capitalised words, but for those that begin it or its core."""
        first = (0, len(self.text) - len(self.core))
        found = (m.group() for m in _CAPITALISED.finditer(self.text) if m.start() not in first)
        return frozenset(map(alias, content_stems(" ".join(found), self.language)))

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The words that documents may say otherwise; what a superlative measures is known."""
        found = words(self.text)
        languages = languages_of(found)
        if languages and "en" not in languages:
            return ()
        capitals = {fold(word) for word in self.text.split()[1:] if word[:1].isupper()}
        other = STOP_WORDS | ENGLISH | _LIGHT | capitals
        telling = (word for word in found if len(word) >= _MIN_LETTERS and word.isalpha())
        said = dict.fromkeys(word for word in telling if word not in other)
        return tuple(word for word in said if not (self.picks and word.endswith("est")))

    @cached_property
    def same_measure(self) -> Mapping[str, Mapping[str, float]]:
        """Other words for the measures and months that it names, as in `related`."""
        return same_measure(self.text) | short_months(self.text)

    @cached_property
    def related_stems(self) -> Mapping[str, Mapping[str, float]]:
        """For a stem of the question, the stems of what documents have for it, and how surely."""
        return {
            alias(own): {alias(stem(word)): sure for word, sure in found.items()}
            for own, found in self.related.items()
        }

    @cached_property
    def content_or_same(self) -> frozenset[str]:
        """The stems of the words that say something, and of words that surely mean the same."""
        same = (
            other
            for own in self.content
            for other, sure in self.related_stems.get(own, {}).items()
            if sure >= SAME
        )
        return self.content.union(same)

    def standing(self, own: str, stems: Collection[str]) -> float:
        """Return how surely a stem of the question, or a word of like meaning, is among stems."""
        if own in stems:
            return 1.0
        found = self.related_stems.get(own)
        if not found:
            return 0.0
        return max((sure for other, sure in found.items() if other in stems), default=0.0)

    @cached_property
    def picks(self) -> bool:
        return not self.is_foreign and picks(self.core)
