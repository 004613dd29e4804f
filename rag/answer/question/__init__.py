"""What is asked: the kind of answer, names, bounds, operations.

May use `wishes` and below.
"""

__all__ = [
    "answer_kind",
    "asked",
    "changes",
    "document_names",
    "languages",
    "named_pages",
    "operations",
    "qualities",
    "question",
    "question_kind",
    "units",
]
