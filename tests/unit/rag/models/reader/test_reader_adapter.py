"""The shipped weights: small, exact enough, refused where they do not belong."""

import pytest
import torch
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.models.base.bert import load_bert
from rag.models.base.weights import MINILM
from rag.models.reader.adapter import apply_adapter
from rag.models.reader.model import ReaderModel
from training.reader.packing import save_adapter


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
