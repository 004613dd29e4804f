"""What of a chunk reaches the embedder, and what its vector is made of."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeEmbedder

from rag.datamodel import Chunk
from rag.storage.vectors.chunk_vectors import ChunkEmbedder, embedded_words


def a_chunk(text: str, *, context: str = "", headings: tuple[str, ...] = ("Fruit",)) -> Chunk:
    return Chunk(
        id=text,
        doc_id="d",
        source="d.pdf",
        ordinal=0,
        text=text,
        context=context,
        headings=headings,
    )


@pytest.mark.parametrize(
    ("text", "embedded"),
    [
        ("Net sales | 1,234 | (56) | 2021", "Net sales 2021"),
        ("It rose by 4.5 %, to $ 12 million.", "It rose by to million"),
        ("Contents ........ 12", "Contents"),
        ("Part AT90S1200, R&D, don't", "Part AT90S1200 R&D don't"),
        ("a\n17\nb", "a\nb"),
        ("3.14 | 2.72", "3.14 | 2.72"),
        ("제목 12 표", "제목 표"),
    ],
)
def test_bare_numbers_and_punctuation_are_not_embedded(text: str, embedded: str) -> None:
    assert embedded_words(text) == embedded


def test_rows_do_not_depend_on_what_was_embedded_before() -> None:
    embedder = FakeEmbedder()
    chunks = [a_chunk("apple", context="Fruit"), a_chunk("stone"), a_chunk("pear", context="Fruit")]
    together = ChunkEmbedder(embedder.embed_documents).embed(chunks)
    vectors = ChunkEmbedder(embedder.embed_documents)
    alone = np.concatenate([vectors.embed([chunk]) for chunk in chunks])
    np.testing.assert_allclose(together, alone, atol=1e-6)
