"""Records and reports of evaluations, made up for tests."""

from __future__ import annotations

from typing import Any

from rag.evaluation.measures.summary import curves_of, groups_of, latency_of, metrics_of
from rag.evaluation.records.report import (
    CitationRecord,
    EvaluationReport,
    Gold,
    HitRecord,
    QuestionRecord,
)

BOX = (0.1, 0.2, 0.5, 0.3)
OTHER_BOX = (0.1, 0.6, 0.5, 0.7)


def a_record(**changes: Any) -> QuestionRecord:
    """Return a question about page 2 of a report, wrongly answered from its page 5."""
    values: dict[str, Any] = {
        "id": "q1",
        "line": 1,
        "question": "How deep was the snow?",
        "modality": "table",
        "file_type": "pdf",
        "answerable": True,
        "expected": ("312 cm",),
        "gold": Gold(sources=("report.pdf",), pages=(2,), bbox=BOX, evidence="Depth 312 cm"),
        "answer": "It was deep [1].",
        "answered": True,
        "confidence": 0.8,
        "right": False,
        "why": "The answer does not hold “312 cm”.",
        "hits": (
            HitRecord(rank=1, source="report.pdf", page=5, score=0.9, text="deep", boxes=(BOX,)),
            HitRecord(rank=2, source="report.pdf", page=2, score=0.7, text="312 cm"),
        ),
        "citations": (
            CitationRecord(mark=1, source="report.pdf", page=5, boxes=(OTHER_BOX,), quote="deep"),
        ),
        "scores": {"right": 0.0, "page_hit@1": 0.0, "page_hit@5": 1.0},
        "seconds": {"total": 0.5},
    }
    return QuestionRecord(**values | changes)


def a_right_record(**changes: Any) -> QuestionRecord:
    values = {
        "id": "q2",
        "question": "Who measured it?",
        "answer": "312 cm [1]",
        "right": True,
        "why": "",
        "scores": {"right": 1.0, "page_hit@1": 1.0, "page_hit@5": 1.0},
    }
    return a_record(**values | changes)


def a_report(*records: QuestionRecord, **changes: Any) -> EvaluationReport:
    """Return the report of these records, its figures computed as the program does."""
    values: dict[str, Any] = {
        "created": "2026-11-20T12:00:00+00:00",
        "questions": "questions.jsonl",
        "profile": "embedded",
        "seed": 0,
        "metrics": {"all": metrics_of(records, seed=0)},
        "by": groups_of(records, seed=0),
        "curves": curves_of(records),
        "latency": latency_of(records),
        "records": records,
    }
    return EvaluationReport(**values | changes)
