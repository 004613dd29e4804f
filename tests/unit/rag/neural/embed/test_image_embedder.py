import gc
import json
import shutil
import subprocess
import sys
import weakref

import numpy as np
import pytest
from builders_clip import save_clip, save_siglip

from rag.errors import ModelError, SettingsError
from rag.neural.base.weights import folder_of
from rag.neural.embed.image_embedder import OpenClipEmbedder

PIXELS = np.full((8, 8, 3), 200, dtype=np.uint8)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save_clip(tmp_path_factory.mktemp("saved") / "tiny-clip")


@pytest.fixture
def folder(saved, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(saved, tmp_path / "tiny-clip")


def edit_config(folder, change):
    path = folder / "open_clip_config.json"
    config = json.loads(path.read_text())
    change(config["model_cfg"])
    path.write_text(json.dumps(config))


def refusal(folder):
    with pytest.raises(ModelError) as caught:
        OpenClipEmbedder(folder).embed_images([PIXELS])
    return str(caught.value)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert refusal(tmp_path / "gone") == f"There is no model folder {tmp_path / 'gone'}."


@pytest.mark.parametrize("name", ["open_clip_config.json", "open_clip_model.safetensors"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()

    assert f"The model folder {folder} has no {name}." in refusal(folder)


def test_damaged_tensors_are_one_sentence(folder):
    (folder / "open_clip_model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")

    assert f"The image model in {folder} can't be used: " in refusal(folder)


def test_a_settings_file_of_another_program_is_one_sentence(folder):
    (folder / "open_clip_config.json").write_text('{"architectures": ["BertModel"]}')

    assert "its open_clip_config.json is not what open_clip writes" in refusal(folder)


def test_tensors_of_another_architecture_are_refused(folder):
    edit_config(folder, lambda config: config["vision_cfg"].update(layers=3))

    assert "can't be used: Error(s) in loading state_dict" in refusal(folder)


def test_a_tokenizer_that_is_not_in_the_folder_is_not_asked_of_a_hub(tmp_path):
    folder = save_siglip(tmp_path / "tiny-siglip")
    for path in folder.glob("tokenizer*"):
        path.unlink()

    assert f"The image model in {folder} can't be used: " in refusal(folder)


def test_a_text_tower_of_the_hub_is_refused(folder):
    edit_config(folder, lambda config: config["text_cfg"].update(hf_model_name="xlm-roberta-base"))

    assert "xlm-roberta-base would have to be asked of a model hub" in refusal(folder)


def test_the_name_of_the_model_changes_with_its_tensors(saved, tmp_path):
    other = save_clip(tmp_path / "tiny-clip", seed=1)

    assert OpenClipEmbedder(saved).model_id.startswith("tiny-clip@")
    assert OpenClipEmbedder(saved).model_id != OpenClipEmbedder(other).model_id


def test_the_model_makes_no_gradients(saved):
    embedder = OpenClipEmbedder(saved)
    embedder.warm()

    assert not any(weight.requires_grad for weight in embedder._loaded.model.parameters())  # noqa: SLF001 - the network itself


def test_closing_gives_the_memory_back_and_the_next_use_loads_again(saved):
    embedder = OpenClipEmbedder(saved)
    before = embedder.embed_images([PIXELS])
    network = weakref.ref(embedder._loaded.model)  # noqa: SLF001 - whether it is freed

    embedder.close()
    gc.collect()

    assert network() is None
    assert not embedder.ready
    assert embedder.embed_images([PIXELS]) == pytest.approx(before)


def test_nothing_heavy_is_imported_before_it_is_needed(saved):
    program = (
        "import sys; from pathlib import Path;"
        "from rag.neural.embed.image_embedder import OpenClipEmbedder;"
        f"made = OpenClipEmbedder(Path({str(saved)!r})); made.model_id, made.dim;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'open_clip', 'transformers')))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_source_without_a_folder_is_refused():
    with pytest.raises(SettingsError, match="RAG_IMAGE_MODEL is 'ViT-B-32', which names no folder"):
        folder_of("ViT-B-32", setting="RAG_IMAGE_MODEL")
