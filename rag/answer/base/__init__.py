"""What every part of answering stands on: tables, boxes, citations, numbers, prompts.

May use `rag.retrieve` and the rows of `rag.index`.
"""

__all__ = [
    "citations",
    "claims",
    "context",
    "explain",
    "geometry",
    "kept_vectors",
    "logistic",
    "meter",
    "prompt",
    "quantities",
    "refusal",
    "rules",
    "scale",
    "tables",
    "written_marks",
]
