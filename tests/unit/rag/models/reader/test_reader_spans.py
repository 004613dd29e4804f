"""The reader's parts: tokens in windows, logits as spans, shipped weights that fit the trunk."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.models.base.bert import load_bert
from rag.models.base.weights import MINILM
from rag.models.reader.inputs import (
    place_ranges,
)
from rag.models.reader.model import ReaderModel, apply_adapter
from rag.models.reader.spans import read_window
from training.reader.export import save_adapter


def logits(*pairs):
    starts, ends = np.array(pairs, dtype=np.float32).T
    return starts[:, None] + ends[None, :]


def test_the_lead_is_the_log_odds_of_all_spans_to_the_null():
    window = read_window(logits((1, 1), (0, 8), (5, 0)), 0.0, [-1, 0, 1], count=1)

    spans = np.exp([0 + 8, 0 + 0, 5 + 0]).sum()
    assert window.lead == pytest.approx(np.log(spans) - 2)


def test_no_span_leaps_from_a_repeated_header_into_the_rows():
    window = read_window(logits((0, 0), (9, 0), (0, 9)), 0.0, [-1, 0, 40], count=5)

    assert all(first == last for first, last, _ in window.spans)


def test_an_empty_passage_has_no_span_and_does_not_lead():
    window = read_window(logits((0, 0), (0, 0)), 1.0, [-1, -1], count=3)

    assert window.spans == ()
    assert window.lead < 0


@given(
    length=st.integers(0, 900),
    header=st.integers(0, 60),
    size=st.integers(20, 300),
    data=st.data(),
)
def test_windows_hold_every_token_and_never_too_many(length, header, size, data):
    overlap = data.draw(st.integers(0, size // 2))

    ranges = place_ranges(length, min(header, length), size=size, overlap=overlap)

    assert {place for places in ranges for place in places} == set(range(length))
    assert all(len(places) <= size for places in ranges)
    assert all(places == sorted(set(places)) for places in ranges)


def test_a_table_header_stands_in_every_window():
    ranges = place_ranges(12, 2, size=6, overlap=1)

    assert ranges == [[0, 1, 2, 3, 4, 5], [0, 1, 5, 6, 7, 8], [0, 1, 8, 9, 10, 11]]


@pytest.fixture(scope="module")
def fresh():
    return ReaderModel(load_bert(MINILM.locate()))


def test_a_saved_adapter_brings_back_the_tuned_weights(fresh, tmp_path):
    origin = {name: value.clone() for name, value in fresh.state_dict().items()}
    tuned = {name: value.clone() for name, value in origin.items()}
    matrix = "trunk.encoder.layer.0.attention.self.query.weight"
    tuned[matrix] += 0.01 * torch.randn(384, 384, generator=torch.Generator().manual_seed(1))
    tuned["span.bias"] += 0.5
    path = tmp_path / "reader.safetensors"

    save_adapter(path, tuned, origin, trunk_sha256="abc", calibration={"bias": 1.0})
    model = ReaderModel(load_bert(MINILM.locate()))
    model.load_state_dict(origin)
    calibration = apply_adapter(model, path, trunk_sha256="abc")

    found = model.state_dict()
    assert calibration == {"bias": 1.0}
    assert torch.allclose(found["span.bias"], tuned["span.bias"], atol=1e-3)
    assert torch.allclose(found[matrix], tuned[matrix], atol=0.02)
    assert not torch.equal(found[matrix], origin[matrix])
    assert path.stat().st_size < 100_000


def test_weights_for_another_trunk_are_refused(fresh, tmp_path):
    path = tmp_path / "reader.safetensors"
    metadata = {"trunk_sha256": "other", "calibration": "{}"}
    save_file({"x": torch.zeros(1)}, path, metadata=metadata)

    with pytest.raises(ModelError, match="another trunk"):
        apply_adapter(fresh, path, trunk_sha256="abc")


@pytest.mark.parametrize("content", [None, b"", b"not weights at all"])
def test_missing_or_damaged_weights_are_an_error_for_a_person(fresh, tmp_path, content):
    path = tmp_path / "reader.safetensors"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ModelError, match="can't be read"):
        apply_adapter(fresh, path, trunk_sha256="abc")
