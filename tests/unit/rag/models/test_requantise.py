"""A model's file written anew in 8 bits: near the numbers it was, one matrix for head and words."""

import numpy as np
import pytest
from builders_bundled import TOKENS, tensors, write_gguf
from gguf import GGUFReader
from gguf.quants import dequantize

from rag.models.setup.adapter import Adapter
from rag.models.setup.requantise import requantised
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
