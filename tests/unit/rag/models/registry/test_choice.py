"""Which models run, by the settings, the disk and the machine; the table, against the libraries."""

import open_clip
import pytest
import transformers
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as SEEING,
)

from rag.errors import ModelError, SettingsError
from rag.models.registry.choice import choose, next_step, wanted
from rag.models.registry.downloads import Manifest, ModelStore, StoredFile, finish
from rag.models.registry.model_table import MODELS, Machine
from rag.settings import Settings

LAPTOP = Machine(memory_gb=16.6)
GPU = Machine(memory_gb=64, gpu_gb=25.3)


def put(folder, *names):
    store = ModelStore(folder)
    for name in names:
        store.unfinished(name).mkdir(parents=True)
        (store.unfinished(name) / "config.json").write_bytes(b"{}")
        files = (StoredFile(name="config.json", size_bytes=2),)
        manifest = Manifest(repository=f"maker/{name}", revision="1", files=files)
        finish(store.unfinished(name), store.path(name), manifest)


def names(models):
    return [model.name for model in models]


@pytest.fixture
def settings(tmp_path):
    def make(**values):
        return Settings(models=tmp_path, **values)

    return make


def test_auto_takes_what_is_on_disk_and_fits(settings, tmp_path):
    put(tmp_path, "smolvlm-500m", "qwen3-vl-2b", "qwen3-vl-8b", "siglip2-b32")
    choice = choose(settings(), lambda: LAPTOP)

    assert choice.settings.generator == f"file:{tmp_path / 'qwen3-vl-2b'}"
    assert choice.settings.image_model == f"file:{tmp_path / 'siglip2-b32'}"
    assert names(choice.models) == ["qwen3-vl-2b", "siglip2-b32"]


def test_a_setting_that_names_a_model_wins(settings, tmp_path):
    put(tmp_path, "smolvlm-500m")
    choice = choose(settings(generator="file:/mine"), lambda: LAPTOP)

    assert choice.settings.generator == "file:/mine"
    assert choice.models == ()


def test_local_without_a_model_that_writes_says_what_to_run(settings):
    with pytest.raises(ModelError, match="Run: pagelight models fetch local"):
        choose(settings(profile="local"), lambda: LAPTOP)


def test_gpu_takes_what_fits_its_own_memory(settings, tmp_path):
    put(tmp_path, "qwen3-vl-8b", "qwen3-vl-32b")

    assert names(choose(settings(profile="gpu"), lambda: GPU).models) == ["qwen3-vl-8b"]


@pytest.mark.parametrize("generator", ["", "file:/mine"])
def test_endpoint_needs_an_address(settings, generator):
    with pytest.raises(SettingsError, match="needs the address of a server"):
        choose(settings(profile="endpoint", generator=generator), lambda: LAPTOP)


@pytest.mark.parametrize("size_gb", [*range(4, 33), 40, 48, 64, 80, 96, 128, 160, 192])
@pytest.mark.parametrize(
    ("profile", "machine"),
    [
        ("local", lambda gb: Machine(memory_gb=gb)),
        ("local", lambda gb: Machine(memory_gb=64, gpu_gb=gb)),
        ("gpu", lambda gb: Machine(memory_gb=8, gpu_gb=gb)),
    ],
    ids=["cpu", "beside a GPU", "gpu"],
)
def test_all_that_a_machine_is_told_to_fetch_is_taken(
    settings, tmp_path, profile, machine, size_gb
):
    here = machine(size_gb)
    try:
        fetched = wanted(profile, here)
    except ModelError:
        assert size_gb < 8
        return
    put(tmp_path, *names(fetched))

    for chosen in (profile, "auto"):
        assert set(names(choose(settings(profile=chosen), lambda: here).models)) == set(
            names(fetched)
        )
    assert next_step(settings(), here) == ()


def test_the_next_step_is_what_is_not_on_disk_yet(settings, tmp_path):
    put(tmp_path, "siglip2-b32")

    assert "siglip2-b32" not in names(next_step(settings(), LAPTOP))
    assert "qwen3-vl-2b" in names(next_step(settings(), LAPTOP))
    assert next_step(settings(), Machine(memory_gb=2)) == ()


IMAGE_MODELS = [model for model in MODELS if model.part == "images"]
OTHERS = [model for model in MODELS if model.part != "images"]


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.name)
def test_every_architecture_is_in_the_installed_transformers(model):
    assert model.architecture in dir(transformers)


def test_every_image_model_is_a_pair_that_open_clip_lists_from_that_repository():
    listed = {tuple(pair) for pair in open_clip.list_pretrained()}
    for model in IMAGE_MODELS:
        pair = tuple(model.architecture.split("/"))
        assert pair in listed
        assert open_clip.get_pretrained_cfg(*pair)["hf_hub"].rstrip("/") == model.repository


def test_every_generator_is_a_class_that_reads_pictures_and_writes():
    writers = [model for model in MODELS if model.part == "generator"]
    assert {model.architecture for model in writers} <= set(SEEING.values())


@pytest.mark.parametrize(
    ("memory_gb", "gpu_gb", "fits"),
    [(3.9, 0, None), (7.6, 0, "cpu-8"), (25.0, 0, "cpu-16"), (64, 0, "cpu-32")],
)
def test_a_machine_takes_the_largest_class_that_fits(memory_gb, gpu_gb, fits):
    machine = Machine(memory_gb=memory_gb, gpu_gb=gpu_gb).fitting("cpu")

    assert (machine.name if machine else None) == fits
