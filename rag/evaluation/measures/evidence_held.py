"""Whether what answers a question is in what a model is given to read: in words, or as a picture.

Knows questions, chunks and pages; knows no budget and no model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import BBox, Chunk
from rag.evaluation.measures.places import pages_in, place_of, places
from rag.evaluation.records import nuggets, text_match
from rag.evaluation.records.questions import EvaluationQuestion

LEAST_RECALL: Final = 0.8
"""Of the words of the gold evidence: so many must be there. Layout and hyphens cost some."""

LEAST_SHOWN: Final = 0.5
"""Of the gold box: a picture that covers so much of it shows it."""

_PICTURED: Final = frozenset({"figure", "image"})

PageOf = Callable[[str, int | None], Sequence[Chunk]]
"""Returns all chunks that stand on a page of a document, by its source; None: all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenToRead:
    """What a model is given: `chunks` in words, `figures` as pictures of their own, and pages.

    `pages` are shown whole, by source and number.
    """

    chunks: Sequence[Chunk]
    figures: Collection[Chunk] = ()
    pages: Collection[tuple[str, int | None]] = ()


def is_judged(question: EvaluationQuestion) -> bool:
    """Tell whether the question has an answer, and tells where it stands."""
    return question.answerable is True and bool(question.gold.sources)


def is_held(question: EvaluationQuestion, given: GivenToRead, page_of: PageOf) -> bool:
    """Tell whether the evidence of a judged question is there, of each place that it needs."""
    shown = {place for place in places(question.gold) if _is_shown(question, place, given)}
    if set(places(question.gold)) <= shown:
        return True
    told = [chunk for chunk in given.chunks if place_of(chunk, question.gold)]
    known = shown | {place for c in told if (place := place_of(c, question.gold))}
    if len(question.gold.sources) > 1 and not set(places(question.gold)) <= known:
        return False
    return _is_told(question, told) or _are_whole(question, told, page_of)


def _is_told(question: EvaluationQuestion, told: Sequence[Chunk]) -> bool:
    """Tell whether the words of the gold places hold the answer, or the evidence."""
    text = "\n".join(chunk.embedding_text for chunk in told)
    if not told:
        return False
    if question.nuggets:
        return not nuggets.missing(text, question.nuggets)
    evidence = question.gold.evidence
    if evidence and text_match.word_recall(text, evidence) >= LEAST_RECALL:
        return True
    return bool(question.answers) and text_match.contains(
        text, question.answers, match=question.match, words=None
    )


def _are_whole(question: EvaluationQuestion, told: Sequence[Chunk], page_of: PageOf) -> bool:
    """Tell whether all words of the gold pages, or files, are there, of a question about words.

    So an answer that is worked out of them, or told in other words, is held too.
    """
    gold = question.gold
    pages = [
        (source, page) for source in gold.sources for page in pages_in(source, gold) or (None,)
    ]
    if question.modality in _PICTURED:
        return False
    held = {chunk.id for chunk in told}
    wanted = [chunk for source, page in pages for chunk in page_of(source, page) if chunk.text]
    return bool(wanted) and all(chunk.id in held for chunk in wanted)


def _is_shown(question: EvaluationQuestion, place: str, given: GivenToRead) -> bool:
    """Tell whether a gold place is shown: its page, its file, or the figure in the gold box."""
    if any(_place(question, source, page) == place for source, page in given.pages):
        return True
    return any(
        place_of(figure, question.gold) == place and _covers(question, figure)
        for figure in given.figures
    )


@dataclass(frozen=True, slots=True)
class _ShownPage:
    source: str
    page: int | None


def _place(question: EvaluationQuestion, source: str, page: int | None) -> str | None:
    return place_of(_ShownPage(source, page), question.gold)


def _covers(question: EvaluationQuestion, figure: Chunk) -> bool:
    """Tell whether a figure shows the gold box; without a box, whether a picture is asked about."""
    if question.gold.bbox is None:
        kinds = (question.modality, *question.labels.get("kind", ()))
        return not _PICTURED.isdisjoint(kinds)
    box = BBox(**dict(zip(("x0", "y0", "x1", "y1"), question.gold.bbox, strict=True)))
    around = BBox.around(p.bbox for p in figure.provenances if p.bbox is not None)
    return around is not None and box.intersection_area(around) >= LEAST_SHOWN * box.area
