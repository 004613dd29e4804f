"""What is asked: the kind of answer, names, bounds, operations, wishes.

May use `base`.
"""

__all__ = [
    "answer_kind",
    "asked",
    "document_names",
    "languages",
    "library_wish",
    "named_pages",
    "operations",
    "picture_wish",
    "qualities",
    "question",
    "question_kind",
    "summary_wish",
]
