"""One question and its answer to a record: what was found, each metric, and why it is wrong.

Knows questions, answers and the metrics of one question; knows nothing of averages. Whether texts
hold what an answer must hold is told by words alone: nugget recall is as in Voorhees, Overview of
the TREC 2003 Question Answering Track, the share of the facts that stand in an answer of limited
length. The metrics of one ranked list are as trec_eval computes them: a run is a list of ids, best
first; `grades` maps the judged ids to their grade, relevant from 1. An id that stands in a run
twice counts at its better rank and holds both places.
"""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Answer, BBox, Citation
from rag.evaluation.questions import EvaluationQuestion, Gold, Nuggets
from rag.evaluation.report import CitationRecord, HitRecord, QuestionRecord, place_of, places
from rag.text import MARK

LONG_LETTERS: Final = 5
"""A form of more letters also counts inside a longer word: "cave" not in "excavate", but
"inaccessible" in "inaccessibles"."""

_MARKS: Final = re.compile(rf"{MARK.pattern}|\*\*")
_THOUSANDS: Final = re.compile(r"(?<=\d)[,'’ ](?=\d{3}\b)")
_BETWEEN: Final = re.compile(r"[^\w.%-]+")
_ONE_MINUS: Final = str.maketrans("−–", "--")
_PLAIN_LETTERS: Final = str.maketrans("‐‑‒–—−‘’“”„", '------\'\'"""')
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


def opening(text: str, *, words: int | None) -> str:
    """Return the first `words` words (None: all) without marks [n] and without bold signs."""
    return " ".join(_MARKS.sub(" ", text).split()[:words])


def missing_answers(text: str, expected: Sequence[str]) -> list[str]:
    """Return the expected strings that do not stand in the text, whole words of it."""
    folded = _folded_answer(text)
    return [
        answer
        for answer in expected
        if not re.search(rf"(?<![\w.]){re.escape(_folded_answer(answer))}(?![\w]|\.\d)", folded)
    ]


def holds_answer(text: str, expected: Sequence[str], *, match: str) -> bool:
    """Tell whether one of the expected strings (`match` "all": each) stands in the text."""
    lacking = len(missing_answers(text, expected))
    return lacking == 0 if match == "all" else lacking < len(expected)


def _folded_answer(text: str) -> str:
    """Return words as they are compared: no case, marks, thousands' commas or odd spaces.

    Dashes and quotation marks of every form are one.
    """
    plain = MARK.sub(" ", unicodedata.normalize("NFKC", text).lower()).translate(_PLAIN_LETTERS)
    return " ".join(re.sub(r"(?<=\d),(?=\d)", "", plain).split())


def missing_facts(text: str, nuggets: Nuggets) -> list[str]:
    """Return the first form of each fact that the text does not hold."""
    words = _folded_fact(text)
    return [
        forms[0]
        for forms in nuggets
        if not any(
            f" {form.rstrip('.')} " in f" {words} "
            or (len(form) > LONG_LETTERS and form.rstrip(".") in words)
            for form in map(_folded_fact, forms)
        )
    ]


def fact_recall(text: str, nuggets: Nuggets) -> float:
    """Return the share of the facts that the text holds; there must be one."""
    return 1 - len(missing_facts(text, nuggets)) / len(nuggets)


def _folded_fact(text: str) -> str:
    """Return words as they are compared: no case, thousands' separators or punctuation.

    Hyphens, % and points that no space follows stay: also the one that ends the text. A minus of
    any form is a hyphen.
    """
    plain = _THOUSANDS.sub("", text.lower().translate(_ONE_MINUS))
    return " ".join(_BETWEEN.sub(" ", plain).replace(". ", " ").split())


def word_recall(text: str, evidence: str) -> float:
    """Return the share of the evidence's words, without punctuation, that the text holds."""
    found, wanted = (
        Counter(one.lower().translate(_PUNCTUATION).split()) for one in (text, evidence)
    )
    whole = sum(wanted.values())
    return sum((wanted & found).values()) / whole if whole else 0.0


PAGE_DEPTHS: Final = (1, 5, 20)
RANK_DEPTH: Final = 10
"""nDCG and MRR look at so many hits, as BEIR and MS MARCO do."""

SHOWN_LETTERS: Final = 300
"""How much of a hit's text a record keeps."""


def record_of(question: EvaluationQuestion, answer: Answer, *, words: int) -> QuestionRecord:
    """Return the record of an answered question; the answer counts by its first `words` words."""
    record = QuestionRecord(
        question=question,
        standalone_query=answer.standalone_query,
        answer=answer.text,
        answered=answer.answered,
        state=answer.state,
        confidence=round(answer.confidence, 6),
        hits=tuple(
            HitRecord(
                rank=hit.rank,
                source=hit.chunk.source,
                page=hit.chunk.page,
                score=round(hit.score, 6),
                text=" ".join(hit.chunk.text.split())[:SHOWN_LETTERS],
            )
            for hit in answer.hits
        ),
        citations=tuple(
            CitationRecord(
                mark=citation.number,
                source=citation.chunk.source,
                page=citation.page,
                quote=citation.quote,
            )
            for citation in (answer.citations if answer.answered else ())
        ),
        seconds={stage: round(seconds, 6) for stage, seconds in answer.timings_s},
    )
    right = _is_right(record, words=words)
    scores = {**dict(_decision_scores(record, right=right)), **dict(_scores(record, words=words))}
    if question.gold.bbox and answer.answered and question.answerable is not False:
        scores["box_iou"] = _box_iou(record, answer.citations)
    why = reason(record, words=words) if right is False else ""
    return replace(record, right=right, why=why, scores=scores)


def _is_right(record: QuestionRecord, *, words: int) -> bool | None:
    """Tell whether it was rightly answered, with all nuggets, or not at all; None: not known."""
    question = record.question
    if question.answerable is False:
        return not record.answered
    shown = opening(record.answer, words=words)
    if question.nuggets:
        return record.state != "not_found" and not missing_facts(shown, question.nuggets)
    if not question.answers:
        return None
    return record.answered and holds_answer(shown, question.answers, match=question.match)


def _decision_scores(record: QuestionRecord, *, right: bool | None) -> Iterator[tuple[str, float]]:
    answerable, refused = record.question.answerable, not record.answered
    if right is not None:
        yield "right", float(right)
        good = right and answerable is not False
        yield "brier", (record.confidence - good) ** 2
    if answerable is not None and refused:
        yield "abstention_precision", float(not answerable)
    if answerable is False:
        yield "unanswerable_refused", float(refused)
    if answerable:
        yield "answerable_refused", float(refused)
        yield "answerable_nothing", float(record.state == "not_found")


def _scores(record: QuestionRecord, *, words: int) -> Iterator[tuple[str, float]]:
    question = record.question
    if question.answerable is False:
        return
    shown = opening(record.answer, words=words) if record.state != "not_found" else ""
    if question.nuggets:
        share = fact_recall(shown, question.nuggets)
        yield "nugget_recall", share
        yield "nugget_strict", float(share == 1)
        if question.optional:
            yield "optional_recall", fact_recall(shown, question.optional)
    if question.answers:
        held = holds_answer(shown, question.answers, match=question.match)
        yield "answer_contains", float(held and record.answered)
        yield "shown_contains", float(held)
    if question.gold.pages:  # a second hit on one place gains nothing
        grades = dict.fromkeys(places(question.gold), 1)
        run = [place_of(hit, question.gold) or f"other {hit.rank}" for hit in record.hits]
        for k in PAGE_DEPTHS:
            yield f"page_hit@{k}", hit_at(run, grades, k=k)
            yield f"recall@{k}", recall_at(run, grades, k=k)
        yield f"ndcg@{RANK_DEPTH}", ndcg_at(run, grades, k=RANK_DEPTH)
        yield f"mrr@{RANK_DEPTH}", reciprocal_rank_at(run, grades, k=RANK_DEPTH)
    if record.answered:
        yield from _citation_scores(record)


def _citation_scores(record: QuestionRecord) -> Iterator[tuple[str, float]]:
    """Yield how the citations fit, of an answered question; without any, each metric is 0.

    Precision and recall as in Gao et al., Enabling Large Language Models to Generate Text with
    Citations, EMNLP 2023, with the known page in place of a model's judgement.
    """
    gold, cited = record.question.gold, record.citations
    if gold.pages:
        found = [place_of(citation, gold) for citation in cited]
        known = {place for place in found if place is not None}
        yield "cited_page", float(bool(known))
        yield "citation_precision", sum(map(bool, found)) / len(found) if found else 0.0
        yield "citation_recall", len(known) / len(places(gold))
    if gold.evidence:
        quotes = " ".join(dict.fromkeys(citation.quote for citation in cited))
        yield "evidence_coverage", word_recall(quotes, gold.evidence)


def _box_iou(record: QuestionRecord, citations: Sequence[Citation]) -> float:
    """Return how well the lit box of the best citation fits (PASCAL VOC Challenge, 2010)."""
    gold = record.question.gold
    wanted = BBox(**dict(zip(("x0", "y0", "x1", "y1"), gold.bbox or (), strict=True)))
    lit = [
        BBox.around(p.bbox for p in citation.provenances if p.bbox is not None)
        for citation, place in zip(citations, record.citations, strict=True)
        if place_of(place, gold) is not None
    ]
    shared = [(wanted.intersection_area(box), box.area) for box in lit if box is not None]
    return max((common / (wanted.area + area - common) for common, area in shared), default=0.0)


def reason(record: QuestionRecord, *, words: int) -> str:
    """Say what is wrong with an answer that is wrong, and how far retrieval is to blame."""
    question, sure = record.question, f"confidence {record.confidence:.2f}"
    if question.answerable is False:
        return f"The documents do not hold the answer, but one was given ({sure})."
    if record.state == "not_found":
        parts = [f"Nothing was answered ({sure})"]
    elif question.nuggets:
        lacking = missing_facts(record.answer, question.nuggets)
        verb = "does not hold" if len(lacking) == len(question.nuggets) else "lacks"
        within = f"Not all that it must hold comes within its first {words} words"
        parts = [f"The answer {verb} {_listed(lacking, 'and')}" if lacking else within]
    else:
        parts = [_missing_answer(record, words=words)]
    if question.gold.pages:
        parts += [_cited(record, question.gold)] if record.answered else []
        parts.append(_found(record, question.gold))
    return f"{'; '.join(parts)}."


def _missing_answer(record: QuestionRecord, *, words: int) -> str:
    expected, match = record.question.answers, record.question.match
    begun = opening(record.answer, words=words)
    if holds_answer(begun, expected, match=match):
        return "The closest places hold the answer, but none was stated"
    if holds_answer(record.answer, expected, match=match):
        return f"The answer comes only after its first {words} words"
    lacking = missing_answers(record.answer, expected)
    if match == "all" and len(lacking) < len(expected):
        return f"The answer lacks {_listed(lacking, 'and')}"
    return f"The answer does not hold {_listed(lacking, 'or')}"


def _cited(record: QuestionRecord, gold: Gold) -> str:
    if not record.citations:
        return "it cites nothing"
    if any(place_of(citation, gold) for citation in record.citations):
        return "it cites the right page"
    if any(citation.source in gold.pages for citation in record.citations):
        return "it cites another page of the right file"
    return "it cites other files"


def _found(record: QuestionRecord, gold: Gold) -> str:
    for hit in record.hits:
        if place_of(hit, gold) is not None:
            return f"the right page is hit {hit.rank}"
    for hit in record.hits:
        if hit.source in gold.pages:
            return f"the right file is hit {hit.rank}, but its right page is not among the hits"
    return "the right file is not among the hits"


def _listed(texts: Sequence[str], last: str) -> str:
    quoted = [f"“{text}”" for text in texts]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def hit_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return 1 if something relevant is among the first `k`, else 0 (trec_eval's success_k)."""
    return float(any(grades.get(item, 0) > 0 for item in run[:k]))


def recall_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return the share of what is relevant that is among the first `k` (trec_eval's recall_k)."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant & set(run[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return 1 / rank of the first relevant of the first `k`, else 0: its mean is the MRR."""
    ranks = (rank for rank, item in enumerate(run[:k], start=1) if grades.get(item, 0) > 0)
    return 1 / next(ranks, math.inf)


def ndcg_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return the discounted cumulated gain of the first `k` over that of the best order.

    Järvelin and Kekäläinen, ACM TOIS 20(4), 2002, with trec_eval's linear gain and discount
    log2(rank + 1).
    """
    first = {item: rank for rank, item in reversed([*enumerate(run[:k], start=1)])}
    gained = _gain((grades.get(item, 0), rank) for item, rank in first.items())
    ideal = sorted(grades.values(), reverse=True)[:k]
    best = _gain((grade, rank) for rank, grade in enumerate(ideal, start=1))
    return gained / best if best else 0.0


def _gain(ranked: Iterable[tuple[int, int]]) -> float:
    return math.fsum(max(0, grade) / math.log2(rank + 1) for grade, rank in ranked)
