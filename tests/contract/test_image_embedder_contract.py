"""One suite for every `ImageEmbedder`: random models of real architectures, and the fake."""

import numpy as np
import pytest
from builders_clip import save_clip, save_mobileclip, save_siglip
from fakes import FakeImageEmbedder

from rag.models.folder_models import BATCH, OpenClipEmbedder

SAVE = {"clip": save_clip, "mobileclip": save_mobileclip, "siglip": save_siglip}
TEXTS = ["a red chart of snowfall", "a blue cat", "snow " * 300, ""]


@pytest.fixture(scope="module", params=[*SAVE, "fake"])
def embedder(request, tmp_path_factory):
    if request.param == "fake":
        yield FakeImageEmbedder()
        return
    made = OpenClipEmbedder(SAVE[request.param](tmp_path_factory.mktemp(request.param)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def pictures():
    """More than one batch, of many sizes: squares, strips, a single pixel."""
    random = np.random.default_rng(3)
    sizes = [(1, 1), (300, 2), (2, 300), (40, 60), *[(32, 32 + n) for n in range(BATCH)]]
    return [random.integers(0, 256, size=(*size, 3), dtype=np.uint8) for size in sizes]


def test_rows_are_unit_vectors_of_one_space(embedder, pictures):
    images, texts = embedder.embed_images(pictures), embedder.embed_queries(TEXTS)

    assert images.shape == (len(pictures), embedder.dim)
    assert texts.shape == (len(TEXTS), embedder.dim)
    assert images.dtype == texts.dtype == np.float32
    assert np.linalg.norm(images, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(texts, axis=1) == pytest.approx(1, abs=1e-5)


def test_nothing_gives_no_row(embedder):
    assert embedder.embed_images([]).shape == (0, embedder.dim)
    assert embedder.embed_queries([]).shape == (0, embedder.dim)


def test_a_batch_embeds_as_each_alone_in_the_order_given(embedder, pictures):
    images = np.concatenate([embedder.embed_images([pixels]) for pixels in pictures])
    texts = np.concatenate([embedder.embed_queries([text]) for text in TEXTS])

    assert embedder.embed_images(pictures) == pytest.approx(images, abs=1e-4)
    assert embedder.embed_queries(TEXTS) == pytest.approx(texts, abs=1e-4)


def test_a_picture_is_nearest_to_itself(embedder, pictures):
    cosines = embedder.embed_images(pictures[3:]) @ embedder.embed_images(pictures[3:]).T

    assert cosines.argmax(axis=1).tolist() == list(range(len(pictures) - 3))
