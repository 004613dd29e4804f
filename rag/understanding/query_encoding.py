"""What of a query is searched: its words, and their vector. Knows an embedder by its protocol."""

from __future__ import annotations

from rag.datamodel import Query
from rag.protocols import Embedder, Matrix


def vector_of(query: Query, words: str, embedder: Embedder) -> Matrix:
    """Return words of the query as a unit row, shape (1, dim); made once a question."""
    return query.once((embedder, words), lambda: embedder.embed_queries([words]))


def searched_text(query: Query, words: str | None = None) -> str:
    """Return the words of the question, or such `words`, and the lettering of its picture."""
    ocr_text = query.image.lettering if query.image else ""
    return f"{query.text if words is None else words} {ocr_text}".strip()
