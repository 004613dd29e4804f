"""The reader's parts: tokens in windows, logits as spans, shipped weights that fit the trunk."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.models.base.weights import MINILM
from rag.models.reader.model import adapted, load_reader
from rag.models.reader.reader import ADAPTER, make_window, place_ranges, read_window
from training.reader.export import save_adapter
from training.reader.model import apply_adapter, new_model, tensors


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


MATRIX = "trunk.encoder.layer.0.attention.self.query.weight"


@pytest.fixture
def fresh():
    return {MATRIX: torch.zeros(384, 384), "span.bias": torch.zeros(2), "other": torch.ones(3)}


def test_a_saved_adapter_brings_back_the_tuned_weights(fresh, tmp_path):
    drawn = torch.Generator().manual_seed(1)
    tuned = fresh | {MATRIX: 0.01 * torch.randn(384, 384, generator=drawn)}
    tuned["span.bias"] = torch.full((2,), 0.5)
    path = tmp_path / "reader.safetensors"

    save_adapter(path, tuned, fresh, trunk_sha256="abc", calibration={"bias": 1.0})
    tensors = {name: value.numpy() for name, value in fresh.items() if name != "span.bias"}
    found, calibration = adapted(tensors, path, trunk_sha256="abc")

    assert calibration == {"bias": 1.0}
    assert np.allclose(found["span.bias"], 0.5, atol=1e-3)
    assert np.allclose(found[MATRIX], tuned[MATRIX], atol=0.02)
    assert np.any(found[MATRIX])
    assert np.array_equal(found["other"], np.ones(3))
    assert path.stat().st_size < 100_000


def test_weights_for_another_trunk_are_refused(tmp_path):
    path = tmp_path / "reader.safetensors"
    metadata = {"trunk_sha256": "other", "calibration": "{}"}
    save_file({"x": torch.zeros(1)}, path, metadata=metadata)

    with pytest.raises(ModelError, match="another trunk"):
        adapted({}, path, trunk_sha256="abc")


@pytest.mark.parametrize("content", [None, b"", b"not weights at all"])
def test_missing_or_damaged_weights_are_an_error_for_a_person(tmp_path, content):
    path = tmp_path / "reader.safetensors"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ModelError, match="can't be read"):
        adapted({}, path, trunk_sha256="abc")


def test_the_reader_is_read_as_it_was_trained():
    reader, _ = load_reader(MINILM.locate(), ADAPTER, trunk_sha256=MINILM.sha256)
    trained = new_model().eval()
    apply_adapter(trained, ADAPTER)
    windows = [
        make_window([2043, 2001, 2009], [], [1996, 10974, 2001, 1999, 2526], range(5)),
        make_window([2129], [5023], [4586, 3062], range(2)),
    ]
    with torch.inference_mode():
        wanted = trained(*tensors(windows))

    for window, (spans, answer), theirs, their_answer in zip(
        windows, reader.read(windows), *wanted, strict=True
    ):
        inside = np.array(window.places) >= 0
        both = np.triu(np.outer(inside, inside))
        size = len(window.ids)
        assert np.allclose(spans[both], theirs.numpy()[:size, :size][both], rtol=0, atol=0.15)
        assert answer == pytest.approx(float(their_answer), abs=0.15)
