"""The table of models, against the libraries that are installed."""

import open_clip
import pytest
import transformers
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as SEEING,
)

from rag.models.registry.machine import Machine
from rag.models.registry.model_table import MODELS

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
