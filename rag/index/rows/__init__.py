"""How values are written as rows, which words they have, and who may see them.

May use the values of `rag`.
"""

__all__ = [
    "answer_codec",
    "codec",
    "document_kinds",
    "kind_words",
    "records",
    "scope",
    "seals",
    "stems",
    "turned_hash",
    "words",
]
