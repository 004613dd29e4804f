"""What is asked: the kind of answer, names, bounds, operations, wishes.

May use `base` and `followup`.
"""

__all__ = [
    "abbreviations",
    "answer_kind",
    "asked",
    "bounds",
    "compound",
    "document_names",
    "library_wish",
    "operations",
    "picture_wish",
    "qualities",
    "question",
    "question_kind",
    "sides",
    "summary_wish",
]
