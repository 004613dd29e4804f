import gc
import shutil
import weakref

import numpy as np
import pytest
from builders_clip import save_clip, save_siglip

from rag.errors import ModelError
from rag.models.folder_models import OpenClipEmbedder

PIXELS = np.full((8, 8, 3), 200, dtype=np.uint8)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save_clip(tmp_path_factory.mktemp("saved") / "tiny-clip")


@pytest.fixture
def folder(saved, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(saved, tmp_path / "tiny-clip")


def refusal(folder):
    with pytest.raises(ModelError) as caught:
        OpenClipEmbedder(folder).embed_images([PIXELS])
    return str(caught.value)


@pytest.mark.parametrize("name", ["open_clip_config.json", "open_clip_model.safetensors"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()

    assert f"The model folder {folder} has no {name}." in refusal(folder)


def test_damaged_tensors_are_one_sentence(folder):
    (folder / "open_clip_model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")

    assert f"The image model in {folder} can't be used: " in refusal(folder)


def test_a_tokenizer_that_is_not_in_the_folder_is_not_asked_of_a_hub(tmp_path):
    folder = save_siglip(tmp_path / "tiny-siglip")
    for path in folder.glob("tokenizer*"):
        path.unlink()

    assert f"The image model in {folder} can't be used: " in refusal(folder)


def test_the_name_of_the_model_changes_with_its_tensors(saved, tmp_path):
    other = save_clip(tmp_path / "tiny-clip", seed=1)

    assert OpenClipEmbedder(saved).model_id.startswith("tiny-clip@")
    assert OpenClipEmbedder(saved).model_id != OpenClipEmbedder(other).model_id


def test_closing_gives_the_memory_back_and_the_next_use_loads_again(saved):
    embedder = OpenClipEmbedder(saved)
    before = embedder.embed_images([PIXELS])
    network = weakref.ref(embedder._loaded[0])  # noqa: SLF001 - whether it is freed

    embedder.close()
    gc.collect()

    assert network() is None
    assert not embedder.ready
    assert embedder.embed_images([PIXELS]) == pytest.approx(before)
