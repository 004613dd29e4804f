"""What was taught beside a model: read with its card, refused beside another model."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.errors import ModelError
from rag.models.setup.adapter import Adapter, read_adapter

BASE = "b" * 64
NAME = "model.layers.3.self_attn.q_proj"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "writer.safetensors"
    pair = {f"{NAME}.a": np.ones((2, 4), np.float16), f"{NAME}.b": np.eye(3, 2, dtype=np.float32)}
    save_file(pair, path, metadata={"alpha": "32", "rank": "8"})
    path.with_suffix(".json").write_text(
        json.dumps({"base_sha256": BASE, "prompts_sha256": "p", "strength": 0.5})
    )
    return path


def test_an_adapter_is_read_with_its_scale(file):
    adapter = read_adapter(file, base_sha256=BASE)

    assert adapter.scale == 2
    assert adapter.down[NAME].shape == (2, 4)
    assert adapter.up[NAME].dtype == np.float32


def test_rows_of_a_matrix_get_their_own_part(file):
    adapter = read_adapter(file, base_sha256=BASE)
    rows = np.zeros((2, 4), np.float32)

    merged = adapter.merged(rows, "blk.3.attn_q.weight", first_row=1)

    np.testing.assert_array_equal(merged, [[2, 2, 2, 2], [0, 0, 0, 0]])


@pytest.mark.parametrize(
    "tensor",
    ["token_embd.weight", "blk.3.attn_q.bias", "blk.3.attn_norm.weight", "blk.3.ffn_up.weight"],
)
def test_what_was_not_taught_stays(tensor):
    rows = np.ones((2, 4), np.float32)

    assert Adapter(scale=1, down={}, up={}).merged(rows, tensor, first_row=0) is rows


def test_one_that_can_not_be_read_is_refused(file):
    file.write_bytes(b"no tensors")

    with pytest.raises(ModelError, match="no adapter that can be read"):
        read_adapter(file, base_sha256=BASE)
