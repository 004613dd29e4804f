"""A model's file written anew in 8 bits: near the numbers it was, one matrix for head and words."""

import numpy as np
import pytest
from builders_bundled import TOKENS, tensors, write_gguf
from gguf import GGUFReader
from gguf.quants import dequantize

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

    requantised(source, out, progress=NO_PROGRESS)

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

    requantised(source, out, progress=NO_PROGRESS)

    told = {f.name: f.contents() for f in GGUFReader(out).fields.values()}
    assert told["tokenizer.ggml.tokens"] == TOKENS
    assert told["qwen2.attention.head_count_kv"] == 1
    assert told["tokenizer.ggml.add_bos_token"] is False
    assert told["general.file_type"] == 7
