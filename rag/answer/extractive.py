"""The generator of the `embedded` profile: the best-supported words of the sources, quoted.

It writes nothing of its own: every claim is a quotation with its mark. Knows evidence; knows no
language model.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from rag.answer.citations import without_marks
from rag.answer.evidence import Evidence, EvidenceScorer
from rag.answer.tables import row_quotation, table_header
from rag.datamodel import CELL_SEPARATOR, Prompt
from rag.protocols import Embedder
from rag.text import content_stems, word_spans

MOST_QUOTES: Final = 4
RELATIVE_SCORE: Final = 0.2
"""A further quote must score at least this share of the best one."""

OTHER_DOCUMENT_SHARE: Final = 0.85
LONGEST_QUOTE_WORDS: Final = 28
_SAID_ALREADY: Final = 0.8


class ExtractiveGenerator:
    """Quotes evidence. Streams quote by quote; the same prompt gives the same answer."""

    def __init__(self, scorer: EvidenceScorer, embedder: Embedder) -> None:
        self._scorer = scorer
        self._embedder = embedder

    @property
    def model_id(self) -> str:
        return "extractive"

    def count_tokens(self, text: str) -> int:
        return self._embedder.count_tokens(text)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        evidence = self._scorer.find(prompt.query.text, prompt.context.hits)
        for place, chosen in enumerate(choose(evidence)):
            yield ("\n\n" if place else "") + quotation(chosen, prompt.query.text)


def choose(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return at most `MOST_QUOTES` of the evidence, none saying again what stands before it.

    Another document comes before more of the same one while it scores at least
    `OTHER_DOCUMENT_SHARE` as high: sources that disagree are then seen side by side.
    """
    chosen: list[Evidence] = []
    left = [e for e in evidence if e.score >= RELATIVE_SCORE * evidence[0].score]
    while left and len(chosen) < MOST_QUOTES:
        found = _next(left, {e.hit.chunk.doc_id for e in chosen})
        left.remove(found)
        if not any(_says_same(found, earlier) for earlier in chosen):
            chosen.append(found)
    return chosen


def _next(left: Sequence[Evidence], quoted: set[str]) -> Evidence:
    others = (e for e in left if e.hit.chunk.doc_id not in quoted)
    other = next(others, left[0])
    return other if other.score >= OTHER_DOCUMENT_SHARE * left[0].score else left[0]


def _says_same(one: Evidence, other: Evidence) -> bool:
    """Tell whether most words of the shorter are the other's, and all of its numbers."""
    stems, others = set(content_stems(one.text)), set(content_stems(other.text))
    if any(any(c.isdigit() for c in stem) for stem in stems - others):
        return False
    return len(stems & others) >= _SAID_ALREADY * min(len(stems), len(others))


def quotation(evidence: Evidence, question: str) -> str:
    """Return the evidence as a quotation with the mark of its source."""
    header = table_header(evidence.hit.chunk)
    if header and CELL_SEPARATOR in evidence.text:
        quote = row_quotation(header, evidence.text, question)
    else:
        quote = f"“{' '.join(shortened(evidence.text, question).split())}”"
    return f"{without_marks(quote)} [{evidence.hit.rank}]"


def shortened(text: str, question: str) -> str:
    """Return a quote of at most `LONGEST_QUOTE_WORDS`: the part that shares most with the question.

    What is left out is shown as `…`.
    """
    spans = word_spans(text)
    if len(spans) <= LONGEST_QUOTE_WORDS:
        return text
    wanted = set(content_stems(question))
    scores = [bool(wanted & set(content_stems(text[a:b]))) for a, b in spans]
    sums = [0, *itertools.accumulate(scores)]
    last = len(spans) - LONGEST_QUOTE_WORDS
    first = max(range(last + 1), key=lambda i: (sums[i + LONGEST_QUOTE_WORDS] - sums[i], -i))
    start = 0 if first == 0 else spans[first][0]
    end = len(text) if first == last else spans[first + LONGEST_QUOTE_WORDS - 1][1]
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
