"""Which written sentences stand, checked against the places that they cite, before they are shown.

A sentence stands where its numbers, months and names stand in a source or the question, with what
they are said of (`misplaced`; what most drafts say is believed), most of its words do, it is of a
year that is asked about, and repeats nothing. Struck words, orders and what speaks of another thing
count for nothing there. Its mark moves to what holds it best; what was shown as a picture holds
what cites it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rag.generation.context import MAX_REFUSALS, Source
from rag.generation.draft import Draft, Sentence
from rag.generation.verification.direction import contradicts_itself
from rag.generation.verification.facts import (
    readable,
    spelled_in,
    unheld_codes,
    unheld_facts,
    unheld_names,
)
from rag.generation.verification.misplaced import Misplaced, in_other_cells
from rag.generation.verification.support import stems_of, supporting
from rag.languages import is_foreign, language_of
from rag.months import years_in, years_meant
from rag.table_qa.scale import scaled
from rag.text import stem, unsaid, without_struck, words
from rag.understanding.question.answer_kind import holds_kind

_HOW_MANY: Final = re.compile(r"\bhow many\b", re.IGNORECASE)

MIN_COVER: Final = 0.5
"""Of a sentence's stems so many stand in its sources or in the question."""

_YES_OR_NO: Final = re.compile(
    r"^\W*(?:yes|no|ja|nein|oui|non|s[ií]|sim|n[aã]o|nee)\b", re.IGNORECASE
)

_CHINESE: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
"""And Japanese. A small model that writes another language falls into it amid a sentence."""

_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
"""The words that answer; of those too, half stand in what is cited, the question's left out."""

MAX_REPEATED: Final = 0.85
"""A sentence of whose stems so many were said before says nothing new."""


MAX_CHARACTERS: Final = 8_000
"""Of places that tell a fact otherwise: a larger model is given more, and each takes time."""

MIN_TRANSLATED: Final = -0.25
"""The mean log-probability of the tokens of a sentence in another language than its source."""

FindMisplaced = Callable[[str, str, str], Sequence[Misplaced]]
"""Returns what of a sentence, to a question, its place has otherwise."""


def none_misplaced(_sentence: str, _question: str, _place: str) -> Sequence[Misplaced]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraft:
    """The sentences that stand, of the `draft` that was checked.

    `unheld` tells how many nothing bears out. `is_seen` tells that some may have been read off a
    picture, `is_translated` that some are in another language than their sources: their words can't
    be compared, only their numbers.
    """

    sentences: tuple[Sentence, ...] = ()
    draft: Draft = Draft()  # noqa: RUF009 - frozen
    unheld: int = 0
    is_seen: bool = False
    is_translated: bool = False

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


def check(
    draft: Draft,
    question: str,
    sources: Sequence[Source],
    *,
    is_choice: bool = False,
    misplaced: FindMisplaced = none_misplaced,
) -> CheckedDraft:
    """Return the sentences that stand, marked; a choice may be told in the question's words."""
    if _HOW_MANY.search(question) and not _has_number(draft, question):
        return CheckedDraft(draft=draft)
    kept: list[Sentence] = []
    said = asked = stems_of(question)
    pictured = {source.hit.rank for source in sources if source.is_seen}
    is_seen, unheld = False, 0
    doubted = _without_common(misplaced, draft.common)
    for sentence in draft.sentences:
        stems = stems_of(sentence.text)
        held = _held(sentence, question, sources, doubted)
        seen = () if held else tuple(n for n in sentence.numbers if n in pictured)
        unheld += not (held or seen)
        chooses = is_choice or _YES_OR_NO.match(sentence.text)
        is_sure = chooses and draft.refusals <= MAX_REFUSALS
        is_echo = stems_of(_YES_OR_NO.sub("", sentence.text)) <= asked and not is_sure
        is_repeated = kept and len(stems & said) >= MAX_REPEATED * len(stems)
        is_other = not (kept or is_choice) and _is_of_other_years(sentence.text, question)
        is_torn = sentence.is_further and sentence.text[:2].islower()
        is_wrong = is_other or is_torn or contradicts_itself(sentence.text)
        if not (held or seen) or is_echo or is_repeated or is_wrong:
            continue
        kept.append(replace(sentence, numbers=held or seen))
        said, is_seen = said | stems, is_seen or bool(seen)
    if kept and kept[-1].text.endswith(":"):  # what it leads to is missing
        kept.pop()
    return CheckedDraft(
        sentences=tuple(kept),
        draft=draft,
        unheld=unheld,
        is_seen=is_seen,
        is_translated=any(_is_translated(sentence, sources) for sentence in kept),
    )


def well_translated(checked: CheckedDraft) -> CheckedDraft:
    """Return it without sentences of unlikely words in another language than their sources'."""
    sources = checked.draft.reading.sources
    translated = [one for one in checked.sentences if _is_translated(one, sources)]
    lost = [one for one in translated if one.mean_logprob < MIN_TRANSLATED]
    kept = tuple(one for one in checked.sentences if one not in lost)
    return replace(checked, sentences=kept, is_translated=len(lost) < len(translated))


def in_scale(checked: CheckedDraft, language: str = "en") -> CheckedDraft:
    """Return it with the amounts of tables that are "in millions" told so: $5 is "$5 million"."""
    sources = checked.draft.reading.sources
    told = (
        replace(one, text=scaled(one.text, [s.hit.chunk for s in _cited(one, sources)], language))
        for one in checked.sentences
    )
    return replace(checked, sentences=tuple(told))


def says_result(text: str, result: str, known: str) -> bool:
    """Tell whether a sentence says each value of a result, and no fact but those `known`."""
    if not text or unheld_facts(text, known) or unheld_names(text, known, known=known):
        return False
    said = stems_of(text)
    values = result.split("; ")
    return all(not unheld_facts(value, text) and stems_of(value) <= said for value in values)


def _is_translated(sentence: Sentence, sources: Sequence[Source]) -> bool:
    cited = _cited(sentence, sources)
    return bool(cited) and not any(readable(sentence.text, s.hit.chunk.text) for s in cited)


def _cited(sentence: Sentence, sources: Sequence[Source]) -> list[Source]:
    return [source for source in sources if source.hit.rank in sentence.numbers]


def _is_of_other_years(said: str, question: str) -> bool:
    """Tell whether a sentence names years, but none of those that are asked about."""
    meant, told = years_meant(question), years_in(said)
    return bool(meant and told) and meant.isdisjoint(told)


def _has_number(draft: Draft, question: str) -> bool:
    """Tell whether a draft holds another number than the question; of other languages it may."""
    text = " ".join(sentence.text for sentence in draft.sentences)
    return is_foreign(text) or holds_kind("number", text, words(question))


def _without_common(misplaced: FindMisplaced, common: frozenset[str]) -> FindMisplaced:
    """Return what finds facts that a place has otherwise, but for those that most drafts tell."""

    def found(said: str, question: str, place: str) -> Sequence[Misplaced]:
        facts = misplaced(said, question, place)
        return [one for one in facts if not stems_of(one.fact) <= common]

    return found


def _held(
    sentence: Sentence, question: str, sources: Sequence[Source], misplaced: FindMisplaced
) -> tuple[int, ...]:
    """Return the marks that hold a sentence: what it cites, another source, or several."""
    said = _YES_OR_NO.sub("", sentence.text)
    nearby: list[Source] = []
    for own in _groups(sentence, sources, said, question):
        if not _covers(own, said, question):
            continue
        if sum(len(source.text) for source in nearby) > MAX_CHARACTERS:
            break
        nearby = [*nearby, *(source for source in own if source not in nearby)]
        plain = said.replace("**", "")
        parts = (part for source in nearby for part in (source.lead, source.text))
        place = "\n".join(filter(None, parts)).replace("**", "")
        hits = [source.hit for source in nearby]
        if not (misplaced(plain, question, place) or in_other_cells(plain, question, hits)):
            return tuple(source.hit.rank for source in own)
    return ()


def _groups(
    sentence: Sentence, sources: Sequence[Source], said: str, question: str
) -> Iterator[Sequence[Source]]:
    """Yield what may hold a sentence: what it cites, each source, those that only together do."""
    cited = _cited(sentence, sources)
    yield from filter(None, (cited, *([source] for source in sources)))
    if len(sources) > 1 and _covers(sources, said, question):
        yield _fewest(sources, said, question)


def _fewest(sources: Sequence[Source], said: str, question: str) -> Sequence[Source]:
    """Return the sources that hold a sentence without those that nothing of it needs."""
    for source in sources:
        others = [one for one in sources if one is not source]
        if others and _covers(others, said, question):
            return _fewest(others, said, question)
    return sources


def _covers(sources: Sequence[Source], said: str, question: str) -> bool:
    text = "\n".join(
        f"{one.hit.chunk.source}\n{one.lead}\n{one.hit.chunk.embedding_text}" for one in sources
    )
    cover = _cover(said, question, without_struck(text), sources[0].hit.chunk.language)
    return cover is not None and cover >= MIN_COVER


@lru_cache(maxsize=1024)  # a draft comes again with each sentence that it grows by
def _cover(text: str, question: str, source: str, language: str | None) -> float | None:
    """Return the share of a sentence that stands in sources; None where a fact of it does not."""
    known = f"{source}\n{question}"
    if unheld_codes(text, source) or (_CHINESE.search(text) and not _CHINESE.search(known)):
        return None
    if not readable(text, source):
        # In another language: its numbers and months are all that can be looked up.
        return None if unheld_facts(text, known) else 1.0
    language = language or language_of(source)
    source = supporting(source, text, question)
    if unheld_facts(text, f"{source}\n{question}") or unheld_names(text, source, known=question):
        return None
    asked = {stem(word, language) for word in words(question)}
    held = {stem(word, language) for word in words(source)} | asked

    def cover(said: str, known: set[str]) -> float:
        own = {stem(word, language) for word in set(words(said)) - unsaid(language)} - known
        return len(own & held) / len(own) if own else 1.0

    answering = " ".join(_BOLD.findall(text))
    numbers = spelled_in(text)  # these, and digits, are looked up as facts
    is_number = (word for word in words(text) if word in numbers or any(map(str.isdigit, word)))
    counted = {stem(word, language) for word in is_number}
    is_told = cover(answering, asked) >= MIN_COVER and cover(text, asked | counted) > 0
    return cover(text, set()) if is_told else None
