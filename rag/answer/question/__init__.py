"""What is asked: the kind of answer, names, bounds, operations, wishes.

May use `base`.
"""

__all__ = [
    "abbreviations",
    "answer_kind",
    "asked",
    "compound",
    "document_names",
    "languages",
    "library_wish",
    "odd_input",
    "operations",
    "picture_wish",
    "qualities",
    "question_kind",
    "sides",
    "summary_wish",
]
