"""Which written sentences stand, checked against the places that they cite, before they are shown.

A sentence stands where each of its numbers, months and names stands in a source or in the question,
with what it is said of (`rag.generation.alignment`), most of its words do, and it repeats nothing;
there what speaks of another thing, orders, or is struck, counts for nothing. Its mark is moved to
the source that holds it best. Where it is asked how many, a draft without a number says nothing.
What was shown as a picture holds what cites it: its words can't be looked up, which is told.
What fails is left out: a quotation of the place follows anyway. Knows text; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rag.answer.question.answer_kind import holds_kind
from rag.generation.alignment import misaligned_facts
from rag.generation.context import Source
from rag.generation.draft import Draft, Sentence
from rag.generation.facts import readable, unheld_codes, unheld_facts
from rag.generation.names import unheld_names
from rag.generation.support import stems_of, supporting
from rag.languages import is_foreign, told_language
from rag.text import stem, unsaid, without_struck, words

_HOW_MANY: Final = re.compile(r"\bhow many\b", re.IGNORECASE)

MIN_COVER: Final = 0.5
"""Of a sentence's stems so many stand in its sources or in the question."""

_YES_OR_NO: Final = re.compile(
    r"\W*(?:yes|no|ja|nein|oui|non|s[ií]|sim|n[aã]o|nee)\b", re.IGNORECASE
)

_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
"""The words that answer; of those too, half stand in what is cited, the question's left out."""

MAX_REPEATED: Final = 0.85
"""A sentence of whose stems so many were said before says nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraft:
    """The sentences that stand, of the `draft` that was checked.

    `unheld` tells how many nothing bears out, `is_seen` that some may have been read off a picture,
    `is_translated` that some are in another language than their sources: their words can't be
    compared, only their numbers.
    """

    sentences: tuple[Sentence, ...] = ()
    draft: Draft = Draft()  # noqa: RUF009 - frozen
    unheld: int = 0
    is_seen: bool = False
    is_translated: bool = False


def check(draft: Draft, question: str, sources: Sequence[Source]) -> CheckedDraft:
    """Return the sentences of a draft that stand, each marked with what holds it."""
    if _HOW_MANY.search(question) and not _has_number(draft, question):
        return CheckedDraft(draft=draft)
    kept: list[Sentence] = []
    said = asked = stems_of(question)
    pictured = {source.hit.rank for source in sources if source.is_seen}
    is_seen, unheld = False, 0
    for sentence in draft.sentences:
        stems = stems_of(sentence.text)
        held = _held(sentence, question, sources)
        seen = () if held else tuple(n for n in sentence.numbers if n in pictured)
        unheld += not (held or seen)
        is_echo = stems <= asked and not _YES_OR_NO.match(sentence.text)
        is_told = kept and len(stems & said) >= MAX_REPEATED * len(stems)
        if not (held or seen) or is_echo or is_told:
            continue
        kept.append(replace(sentence, numbers=held or seen))
        said, is_seen = said | stems, is_seen or bool(seen)
    return CheckedDraft(
        sentences=tuple(kept),
        draft=draft,
        unheld=unheld,
        is_seen=is_seen,
        is_translated=any(_is_translated(sentence, sources) for sentence in kept),
    )


def says_result(text: str, result: str, known: str) -> bool:
    """Tell whether a sentence says each value of a result, and no fact but those `known`."""
    if not text or unheld_facts(text, known) or unheld_names(text, known, known=known):
        return False
    said = stems_of(text)
    values = result.split("; ")
    return all(not unheld_facts(value, text) and stems_of(value) <= said for value in values)


def _is_translated(sentence: Sentence, sources: Sequence[Source]) -> bool:
    """Tell whether no source of a sentence is in its language."""
    cited = [s.hit.chunk.text for s in sources if s.hit.rank in sentence.numbers]
    return bool(cited) and not any(readable(sentence.text, text) for text in cited)


def _has_number(draft: Draft, question: str) -> bool:
    """Tell whether a draft holds another number than the question; of other languages it may."""
    text = " ".join(sentence.text for sentence in draft.sentences)
    return is_foreign(text) or holds_kind("number", text, words(question))


def _held(sentence: Sentence, question: str, sources: Sequence[Source]) -> tuple[int, ...]:
    """Return the marks that hold a sentence; () where nothing does."""
    cited = [source for source in sources if source.hit.rank in sentence.numbers]
    for own in filter(None, (cited, *([source] for source in sources))):
        told = "\n".join(f"{one.hit.chunk.source}\n{one.hit.chunk.embedding_text}" for one in own)
        told = without_struck(told)
        cover = _cover(sentence.text, question, told, own[0].hit.chunk.language)
        if cover is None or cover < MIN_COVER:
            continue
        if not misaligned_facts(sentence.text, question, tuple(source.hit for source in own)):
            return tuple(source.hit.rank for source in own)
    return ()


@lru_cache(maxsize=1024)  # a draft comes again with each sentence that it grows by
def _cover(text: str, question: str, told: str, language: str | None) -> float | None:
    """Return the share of a sentence that stands in sources; None where a fact of it does not."""
    if unheld_codes(text, told):
        return None
    if not readable(text, told):
        # In another language: its numbers and months are all that can be looked up.
        return None if unheld_facts(text, f"{told}\n{question}") else 1.0
    language = language or told_language(told)
    told = supporting(told, text, question)
    if unheld_facts(text, f"{told}\n{question}") or unheld_names(text, told, known=question):
        return None
    asked = {stem(word, language) for word in words(question)}
    held = {stem(word, language) for word in words(told)} | asked

    def cover(said: str, known: set[str]) -> float:
        own = {stem(word, language) for word in set(words(said)) - unsaid(language)} - known
        return len(own & held) / len(own) if own else 1.0

    answering = " ".join(_BOLD.findall(text))
    return cover(text, set()) if cover(answering, asked) >= MIN_COVER else None
