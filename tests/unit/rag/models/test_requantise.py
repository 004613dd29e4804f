"""A model's file written anew in 8 bits, with what was taught beside it merged in."""

import json

import numpy as np
import pytest
from builders_bundled import TOKENS, tensors, write_gguf
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import save_file

from rag.errors import ModelError
from rag.models.setup.quantising import Adapter, read_adapter, requantised
from rag.progress import NO_PROGRESS


def numbers(file):
    return {
        str(t.name): dequantize(t.data, t.tensor_type).reshape([int(n) for n in t.shape[::-1]])
        for t in GGUFReader(file).tensors
    }


@pytest.fixture
def source(tmp_path):
    return write_gguf(tmp_path / "source.gguf", tensors())


def test_the_numbers_stay_those_of_the_four_bits(source, tmp_path):
    out = tmp_path / "out.gguf"

    requantised(source, out, adapter=None, progress=NO_PROGRESS)

    before, after = numbers(source), numbers(out)
    head = before.pop("output.weight")
    before["token_embd.weight"] = head
    assert after.keys() == before.keys()
    for name, rows in before.items():
        np.testing.assert_allclose(after[name], rows, atol=np.abs(rows).max() / 200)
    kinds = {t.tensor_type.name for t in GGUFReader(out).tensors if len(t.shape) == 2}
    assert kinds == {"Q8_0"}


def test_what_a_file_says_of_itself_is_kept(source, tmp_path):
    out = tmp_path / "out.gguf"

    requantised(source, out, adapter=None, progress=NO_PROGRESS)

    told = {f.name: f.contents() for f in GGUFReader(out).fields.values()}
    assert told["tokenizer.ggml.tokens"] == TOKENS
    assert told["qwen2.attention.head_count_kv"] == 1
    assert told["tokenizer.ggml.add_bos_token"] is False
    assert told["general.file_type"] == 7


def test_what_was_taught_is_added_to_its_matrix_alone(source, tmp_path):
    random = np.random.default_rng(1)
    name = "model.layers.0.mlp.down_proj"
    up = random.standard_normal((64, 2)).astype(np.float32)
    down = random.standard_normal((2, 128)).astype(np.float32)
    out = tmp_path / "out.gguf"

    adapter = Adapter(scale=0.5, down={name: down}, up={name: up})
    requantised(source, out, adapter=adapter, progress=NO_PROGRESS)

    before, after = numbers(source), numbers(out)
    taught = before["blk.0.ffn_down.weight"] + 0.5 * up @ down
    np.testing.assert_allclose(
        after["blk.0.ffn_down.weight"], taught, atol=np.abs(taught).max() / 200
    )
    np.testing.assert_allclose(
        after["blk.0.ffn_up.weight"], before["blk.0.ffn_up.weight"], atol=0.01
    )


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
