"""One question and its answer to a record: what was found, each metric, and why it is wrong.

Knows questions, answers and the metrics of one question; knows nothing of averages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Answer, BBox, Citation, Hit
from rag.evaluation.measures import boxes, ranking
from rag.evaluation.measures.passages import passage_scores
from rag.evaluation.measures.places import PagePlace, place_of, places
from rag.evaluation.measures.reasons import reason
from rag.evaluation.records import nuggets, text_match
from rag.evaluation.records.questions import EvaluationQuestion
from rag.evaluation.records.report import Box, CitationRecord, Gold, HitRecord, QuestionRecord

PAGE_DEPTHS: Final = (1, 5, 20)
RANK_DEPTH: Final = 10
"""nDCG and MRR look at so many hits, as BEIR and MS MARCO do."""

SHOWN_LETTERS: Final = 300
"""How much of a hit's text a record keeps."""


def record_of(question: EvaluationQuestion, answer: Answer, *, words: int) -> QuestionRecord:
    """Return the record of an answered question; the answer counts by its first `words` words."""
    record = QuestionRecord(
        id=question.id,
        line=question.line,
        question=question.text,
        history=question.history,
        image=question.image,
        standalone_query=answer.standalone_query,
        modality=question.modality,
        file_type=question.file_type,
        answerable=question.answerable,
        expected=question.answers,
        match=question.match,
        nuggets=question.nuggets,
        optional=question.optional,
        labels=question.labels,
        gold=question.gold,
        answer=answer.text,
        answered=answer.answered,
        state=state_of(answer),
        confidence=round(answer.confidence, 6),
        hits=tuple(map(_hit, answer.hits)),
        citations=tuple(map(_citation, answer.citations)) if answer.answered else (),
        seconds={stage: round(seconds, 6) for stage, seconds in answer.timings_s},
    )
    right = is_right(record, words=words)
    passages = [hit.chunk.text for hit in answer.hits]
    scores = dict(_scores(record, passages, words=words))
    if right is not None:
        scores["right"] = float(right)
    told = reason(record, words=words) if right is False else ""
    return replace(record, right=right, why=told, scores=scores)


def state_of(answer: Answer) -> str:
    """Return stated, closest or nothing; an answer that tells no state is stated or nothing."""
    told = "stated" if answer.answered else "nothing"
    return str(getattr(answer, "state", told))


def is_right(record: QuestionRecord, *, words: int) -> bool | None:
    """Tell whether it was answered rightly, or rightly not at all; None if no one can tell.

    All nuggets must be there; the closest places count for them, as a person sees them there.
    """
    if record.answerable is False:
        return not record.answered
    if record.nuggets:
        shown = nuggets.opening(record.answer, words=words)
        return record.state != "nothing" and not nuggets.missing(shown, record.nuggets)
    if not record.expected:
        return None
    return record.answered and text_match.contains(
        text_match.without_marks(record.answer), record.expected, match=record.match, words=words
    )


def _scores(
    record: QuestionRecord, passages: Sequence[str], *, words: int
) -> Iterator[tuple[str, float]]:
    """Yield each metric that the question allows; `passages` are the texts of the hits."""
    if record.answerable is False:
        return
    yield from passage_scores(record, passages, words=words)
    if record.gold.sources:
        yield from retrieval_scores(record.hits, record.gold)
    if record.expected:
        yield from _answer_scores(record, words=words)
    if record.answered:
        yield from _citation_scores(record)


def retrieval_scores(hits: Sequence[PagePlace], gold: Gold) -> Iterator[tuple[str, float]]:
    """Yield the metrics of the ranked places; a second hit on one place gains nothing."""
    grades = dict.fromkeys(places(gold), 1)
    run = [place_of(hit, gold) or f"other {rank}" for rank, hit in enumerate(hits, start=1)]
    for k in PAGE_DEPTHS:
        yield f"page_hit@{k}", ranking.hit_at(run, grades, k=k)
    for k in PAGE_DEPTHS:
        yield f"recall@{k}", ranking.recall_at(run, grades, k=k)
    yield f"ndcg@{RANK_DEPTH}", ranking.ndcg_at(run, grades, k=RANK_DEPTH)
    yield f"mrr@{RANK_DEPTH}", ranking.reciprocal_rank_at(run, grades, k=RANK_DEPTH)


def _answer_scores(record: QuestionRecord, *, words: int) -> Iterator[tuple[str, float]]:
    """Yield how the words fit; no answer is the empty string, as in SQuAD 2.0.

    Where all of the accepted strings must appear, they are one string for the other metrics.
    """
    text = text_match.without_marks(record.answer) if record.answered else ""
    whole = record.expected if record.match == "any" else (" ".join(record.expected),)
    yield (
        "answer_contains",
        float(text_match.contains(text, record.expected, match=record.match, words=words)),
    )
    yield "answer_exact", text_match.exact(text, whole)
    yield "answer_f1", text_match.f1(text, whole)
    yield "answer_anls", text_match.anls(text, whole)


def _citation_scores(record: QuestionRecord) -> Iterator[tuple[str, float]]:
    """Yield how the citations fit, of an answered question; without any, each metric is 0.

    Precision and recall as in Gao et al., Enabling Large Language Models to Generate Text with
    Citations, EMNLP 2023, with the known page in place of a model's judgement.
    """
    gold, cited = record.gold, record.citations
    if gold.sources:
        found = [place_of(citation, gold) for citation in cited]
        known = {place for place in found if place is not None}
        yield "cited_page", float(bool(known))
        yield "citation_precision", sum(map(bool, found)) / len(found) if found else 0.0
        yield "citation_recall", len(known) / len(places(gold))
    if gold.evidence:
        quotes = " ".join(dict.fromkeys(citation.quote for citation in cited))
        yield "evidence_coverage", text_match.word_recall(quotes, gold.evidence)
    if gold.bbox:
        lit = [c.boxes for c in cited if place_of(c, gold) is not None and c.boxes]
        ious = (boxes.iou(gold.bbox, boxes.around(lines)) for lines in lit)
        yield "box_iou", max(ious, default=0.0)
        yield "box_coverage", boxes.covered(gold.bbox, [line for lines in lit for line in lines])


def _hit(hit: Hit) -> HitRecord:
    return HitRecord(
        rank=hit.rank,
        source=hit.chunk.source,
        page=hit.chunk.page,
        score=round(hit.score, 6),
        text=" ".join(hit.chunk.text.split())[:SHOWN_LETTERS],
        boxes=_on_page(hit.chunk.page, [(p.page, p.bbox) for p in hit.chunk.provenances]),
    )


def _on_page(page: int | None, found: Sequence[tuple[int | None, BBox | None]]) -> tuple[Box, ...]:
    """Return the one box around all that stands on this page; nothing without boxes."""
    there = [_box(box) for its_page, box in found if its_page == page and box is not None]
    return (boxes.around(there),) if there else ()


def _citation(citation: Citation) -> CitationRecord:
    return CitationRecord(
        mark=citation.number,
        source=citation.chunk.source,
        page=citation.page,
        boxes=tuple(_box(p.bbox) for p in citation.provenances if p.bbox is not None),
        quote=citation.quote,
    )


def _box(box: BBox) -> Box:
    return round(box.x0, 4), round(box.y0, 4), round(box.x1, 4), round(box.y1, 4)
