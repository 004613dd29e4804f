"""One suite for every `Embedder`: the one of the wheel, those from folders, and the tests' fake."""

import numpy as np
import pytest
from builders_e5 import save_e5
from builders_encoder import save_text_embedder
from fakes import FakeEmbedder

from rag.errors import ModelError
from rag.models.embedders import E5Embedder, minilm
from rag.models.folder_models import FolderEmbedder

TEXTS = ["Snow fell on the pass.", "The barometer", "x " * 120, "Schnee fiel am Pass."]


@pytest.fixture(scope="module", params=["real", "folder", "languages", "fake"])
def embedder(request, tmp_path_factory):
    if request.param == "folder":
        return FolderEmbedder(save_text_embedder(tmp_path_factory.mktemp("model") / "tiny"))
    if request.param == "languages":
        folder = save_e5(tmp_path_factory.mktemp("e5"))
        return E5Embedder(lambda: folder)
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
    scores = embedder.embed_documents(TEXTS[:3]) @ query  # the small one's chance knows no German

    assert scores.argmax() == 0


def test_the_built_in_one_knows_what_other_languages_say():
    known = minilm()
    (query,) = known.embed_queries(["how deep was the snow on the pass"])
    told = ["Der Schnee auf dem Pass war tief.", "Die Hunde schlafen im Garten.", "La neige fond."]
    scores = known.embed_documents(told) @ query

    assert scores.argmax() == 0
    assert scores[0] > 0.5


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"has no modules\.json"):
        FolderEmbedder(tmp_path).warm()


def test_a_damaged_folder_is_told_with_what_to_set(tmp_path):
    folder = save_text_embedder(tmp_path / "tiny")
    (folder / "modules.json").write_text("{", encoding="utf-8")

    with pytest.raises(ModelError, match=r"can't be used: .*Set RAG_TEXT_MODEL"):
        FolderEmbedder(folder).warm()
