"""Sentences, rows and short answers that may answer, and which is likeliest.

May use `base` and `question`.
"""

__all__ = [
    "agreement",
    "answer_candidates",
    "asked_kind",
    "evidence",
    "features",
    "other_dates",
    "other_forms",
    "other_plans",
    "quoting",
    "ranking",
    "reading",
]
