"""Where the built-in models lie. "meta" is a device of torch that holds nothing, on any machine."""

import logging

import numpy as np
import pytest
import torch
from torch import nn

from rag.models.base.device import fastest_dtype, placed
from rag.models.embeddings.embedders import minilm
from rag.models.reader.reader import Reader

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
