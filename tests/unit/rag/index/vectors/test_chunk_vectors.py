"""What of a chunk reaches the embedder, and what its vector is made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import Chunk
from rag.index.vectors.chunk_vectors import ChunkEmbedder, embedded_words
from rag.protocols import Matrix

TEXTS = st.text(alphabet=st.sampled_from("ab é7 .,|$%-\n€五"), max_size=60)


class Counting(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        self.texts.extend(texts)
        return super().embed_documents(texts)


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


@given(TEXTS)
def test_no_word_with_a_letter_is_lost(text: str) -> None:
    def letters(string: str) -> str:
        return "".join(c for c in string if c.isalpha())

    assert letters(embedded_words(text)) == letters(text)


def test_a_context_is_embedded_once_for_all_its_chunks() -> None:
    embedder = Counting()
    vectors = ChunkEmbedder(embedder.embed_documents)
    vectors.embed([a_chunk("one apple", context="Fruit"), a_chunk("two pears", context="Fruit")])
    vectors.embed([a_chunk("a plum", context="Fruit")])
    assert embedder.texts.count("Fruit") == 1


def test_a_vector_leans_to_the_words_and_to_the_context_alike() -> None:
    embedder = FakeEmbedder()
    (row,) = ChunkEmbedder(embedder.embed_documents).embed([a_chunk("apple", context="Fruit")])
    words, context = embedder.embed_documents(["apple", "Fruit"])
    assert float(row @ words) == pytest.approx(float(row @ context), abs=1e-5)
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)


def test_a_text_without_headings_is_read_whole_with_its_title() -> None:
    embedder = Counting()
    chunk = a_chunk("Sold: 12 pears.", context="Ledger", headings=())
    ChunkEmbedder(embedder.embed_documents).embed([chunk])
    assert embedder.texts == ["Ledger\nSold: 12 pears."]


def test_rows_do_not_depend_on_what_was_embedded_before() -> None:
    embedder = FakeEmbedder()
    chunks = [a_chunk("apple", context="Fruit"), a_chunk("stone"), a_chunk("pear", context="Fruit")]
    together = ChunkEmbedder(embedder.embed_documents).embed(chunks)
    vectors = ChunkEmbedder(embedder.embed_documents)
    alone = np.concatenate([vectors.embed([chunk]) for chunk in chunks])
    np.testing.assert_allclose(together, alone, atol=1e-6)
