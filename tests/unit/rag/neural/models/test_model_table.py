"""The table of models, against the libraries that are installed."""

import open_clip
import pytest
import transformers
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as SEEING,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES as HEARING,
)

from rag.errors import ModelError
from rag.neural.models.machine import Machine, this_machine
from rag.neural.models.model_table import (
    APACHE,
    CLASSES,
    HEARERS,
    MODELS,
    PARTS,
    model_named,
    models_of,
)

IMAGE_MODELS = [model for model in MODELS if model.part == "images"]
OTHERS = [model for model in (*MODELS, *HEARERS) if model.part != "images"]


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


@pytest.mark.parametrize("model", [*MODELS, *HEARERS], ids=lambda model: model.name)
def test_a_download_is_as_large_as_its_parameters_say(model):
    bytes_each = 1000 * model.download_gb / model.parameters_m

    assert bytes_each == pytest.approx(2, rel=0.15) or bytes_each == pytest.approx(4, rel=0.15)


@pytest.mark.parametrize("machine", CLASSES, ids=lambda machine: machine.name)
def test_the_models_of_a_class_are_one_a_part_and_fit_together(machine):
    models = models_of(machine)

    assert [model.part for model in models] == list(PARTS)
    assert sum(model.memory_gb(machine.device) for model in models) < machine.memory_gb


def test_no_class_takes_a_model_whose_licence_is_not_open():
    taken = {name for machine in CLASSES for name in machine.models}

    assert {model_named(name).licence for name in taken} == {APACHE}
    assert all(model.terms for model in MODELS if model.licence != APACHE)


def test_every_hearer_is_one_that_writes_what_it_hears():
    assert {model.architecture for model in HEARERS} <= set(HEARING.values())


def test_an_unknown_model_is_told_with_the_names_that_are():
    with pytest.raises(
        ModelError, match=r"no model 'gpt'.*granite-97m, .*qwen3-vl-32b, whisper-tiny"
    ):
        model_named("gpt")


@pytest.mark.parametrize(
    ("memory_gb", "gpu_gb", "fits"),
    [(3.9, 0, None), (7.6, 0, "cpu-8"), (25.0, 0, "cpu-16"), (64, 0, "cpu-32")],
)
def test_a_machine_takes_the_largest_class_that_fits(memory_gb, gpu_gb, fits):
    machine = Machine(memory_gb=memory_gb, gpu_gb=gpu_gb).fitting("cpu")

    assert (machine.name if machine else None) == fits


def test_a_gpu_is_measured_by_its_own_memory():
    machine = Machine(memory_gb=32, gpu_gb=25.3)

    assert machine.device == "gpu"
    assert machine.fitting("gpu").name == "gpu-24"
    assert machine.fitting("cpu").name == "cpu-32"


def test_this_machine_has_memory():
    assert this_machine().memory_gb > 1
