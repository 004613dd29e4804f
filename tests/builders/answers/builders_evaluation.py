"""Records and reports of evaluations, made up for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rag.evaluation.questions import EvaluationQuestion, Gold
from rag.evaluation.report import CitationRecord, EvaluationReport, HitRecord, QuestionRecord
from rag.evaluation.summary import groups_of, latency_of, metrics_of

QUESTION = EvaluationQuestion(
    id="q1",
    line=1,
    text="How deep was the snow?",
    modality="table",
    answerable=True,
    answers=("312 cm",),
    gold=Gold(pages={"report.pdf": (2,)}, bbox=(0.1, 0.2, 0.5, 0.3), evidence="Depth 312 cm"),
)


def a_record(text: str = QUESTION.text, *, name: str = "q1", **changes: Any) -> QuestionRecord:
    """Return a question about page 2 of a report, wrongly answered from its page 5."""
    values: dict[str, Any] = {
        "question": replace(QUESTION, text=text, id=name),
        "answer": "It was deep [1].",
        "answered": True,
        "state": "answered",
        "confidence": 0.8,
        "right": False,
        "why": "The answer does not hold “312 cm”.",
        "hits": (
            HitRecord(rank=1, source="report.pdf", page=5, score=0.9, text="deep"),
            HitRecord(rank=2, source="report.pdf", page=2, score=0.7, text="312 cm"),
        ),
        "citations": (CitationRecord(mark=1, source="report.pdf", page=5, quote="deep"),),
        "scores": {"right": 0.0, "page_hit@1": 0.0, "page_hit@5": 1.0},
        "seconds": {"total": 0.5},
    }
    return QuestionRecord(**values | changes)


def a_right_record(text: str = "Who measured it?", **changes: Any) -> QuestionRecord:
    scores = {"right": 1.0, "page_hit@1": 1.0, "page_hit@5": 1.0}
    values = {"answer": "312 cm [1]", "right": True, "why": "", "scores": scores}
    return a_record(text, **values | changes)


def a_report(*records: QuestionRecord, **changes: Any) -> EvaluationReport:
    """Return the report of these records, its figures computed as the program does."""
    values: dict[str, Any] = {
        "created": "2026-11-20T12:00:00+00:00",
        "questions": "questions.jsonl",
        "profile": "embedded",
        "seed": 0,
        "metrics": {"all": metrics_of(records, seed=0)},
        "by": groups_of(records, seed=0),
        "latency": latency_of(records),
        "records": records,
    }
    return EvaluationReport(**values | changes)
