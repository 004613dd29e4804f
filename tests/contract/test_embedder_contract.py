"""One suite for every `Embedder`: the real one of the wheel, and the fake that tests use."""

import numpy as np
import pytest
from fakes import FakeEmbedder

from rag.neural.embedders import minilm

TEXTS = ["Snow fell on the pass.", "The barometer", "x " * 120, "Schnee fiel am Pass."]


@pytest.fixture(scope="module", params=["real", "fake"])
def embedder(request):
    return minilm() if request.param == "real" else FakeEmbedder()


def test_rows_are_unit_vectors_in_the_order_of_the_texts(embedder):
    vectors = embedder.embed_documents(TEXTS)

    assert vectors.shape == (len(TEXTS), embedder.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_no_text_gives_no_row(embedder):
    assert embedder.embed_documents([]).shape == (0, embedder.dim)
    assert embedder.embed_queries([]).shape == (0, embedder.dim)


def test_a_batch_embeds_as_each_text_alone(embedder):
    together = embedder.embed_documents(TEXTS)
    alone = np.concatenate([embedder.embed_documents([text]) for text in TEXTS])

    assert np.sum(together * alone, axis=1) == pytest.approx(1, abs=1e-3)


def test_a_text_is_nearer_to_its_own_words_than_to_others(embedder):
    (query,) = embedder.embed_queries(["snow on the pass"])
    scores = embedder.embed_documents(TEXTS) @ query

    assert scores.argmax() == 0


def test_longer_texts_have_more_tokens(embedder):
    assert embedder.count_tokens("") < embedder.count_tokens("snow")
    assert embedder.count_tokens("snow") < embedder.count_tokens("snow on the pass")
    assert embedder.max_tokens >= embedder.count_tokens("snow on the pass")
