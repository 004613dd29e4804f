"""The order of hits, from what is read in them.

May use `evidence` and below.
"""

__all__ = [
    "answering_page",
    "late_interaction",
    "page_scope",
    "reranking",
]
