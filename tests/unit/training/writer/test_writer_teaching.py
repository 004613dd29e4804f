"""Teaching the writer: packed lines, and an adapter that the product reads."""

import copy
import itertools
import json
import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, Qwen2Config

from rag.models.setup.quantising import read_adapter
from training.writer import lora
from training.writer.checks import Lesson
from training.writer.generation import generate
from training.writer.groups import TRUNK
from training.writer.teach import lines_of, loss_of, teach
from training.writer.teach_on import teach_on

END = 0
ROWS = [([5, 6, 7, 8], [False, False, True, True]), ([9, 4, 3], [False, True, True])]


@pytest.fixture
def model():
    torch.manual_seed(1)
    config = Qwen2Config(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def lines(line_tokens):
    return lines_of(ROWS, random.Random(1), line_tokens=line_tokens, pad=END)


def test_lessons_packed_in_a_line_are_learned_as_each_alone(model):
    packed = loss_of(model, next(lines(7))[:, None])
    alone = [loss_of(model, line[:, None]) for line in itertools.islice(lines(4), 2)]

    assert packed.item() == pytest.approx(torch.stack(alone).mean().item(), rel=1e-4)


def test_branches_behind_one_trunk_are_learned_as_each_alone(model):
    learned, row, places = [0, 0, 1, 1], [0] * 4, [0, 1, 2, 3]
    lessons = [[5, 6, 7, 8], [5, 4, 3, 9]]
    alone = [torch.tensor([tokens, learned, row, places]) for tokens in lessons]
    rows = [TRUNK, 0, 0, 0, 1, 1, 1]
    group = [[5, 6, 7, 8, 4, 3, 9], [0, 0, 1, 1, 0, 1, 1], rows, [0, 1, 2, 3, 1, 2, 3]]

    loss = loss_of(model, torch.tensor(group)[:, None])

    each = [loss_of(model, line[:, None]) for line in alone]
    assert loss.item() == pytest.approx(torch.stack(each).mean().item(), rel=1e-4)


def test_what_is_taught_is_learned_and_read_by_the_product(model, tmp_path):
    (tmp_path / lora.CARD).write_text(json.dumps({"base_sha256": "b", "prompts_sha256": "p"}))
    batch = next(lines(7))[:, None]
    before = loss_of(model, batch).item()
    out = tmp_path / "o"
    options = SimpleNamespace(rank=2, rate=3e-2, steps=30, lines=1, base=tmp_path, out=out)

    teach(model, lines(7), options)
    adapter = read_adapter(out / lora.FILE, base_sha256="b")
    layer = model.model.layers[1].mlp.up_proj
    own = layer.layer.weight.detach().numpy()
    merged = adapter.merged(own, "blk.1.ffn_up.weight", first_row=0)

    assert loss_of(model, batch).item() < before / 2
    x = torch.randn(3, 32)
    assert layer(x).detach().numpy() == pytest.approx(x.numpy() @ merged.T, abs=1e-2)
    assert not np.allclose(own, merged)


def test_an_adapter_is_taught_on_from_the_strength_at_which_it_is_merged(model, tmp_path):
    (tmp_path / lora.CARD).write_text(json.dumps({"base_sha256": "b", "prompts_sha256": "p"}))
    first, out = tmp_path / "first", tmp_path / "out"
    options = SimpleNamespace(rank=2, rate=3e-2, steps=3, lines=1, base=tmp_path, out=first)
    teach(copy.deepcopy(model), lines(7), options)
    (first / lora.CARD).write_text(json.dumps({"base_sha256": "b", "strength": 0.5}))
    options = SimpleNamespace(adapter=first, out=out, frozen=1, minutes=0.02, rate=3e-2)

    teach_on(model, ([line] for line in lines(7)), options)

    assert json.loads((out / lora.CARD).read_text())["strength"] == 1.0
    before, after = (load_file(folder / lora.FILE) for folder in (first, out))
    half = {n: one * (0.5 if n.endswith(".b") else 1) for n, one in before.items()}
    changed = {n for n, one in half.items() if not torch.allclose(one, after[n], atol=1e-3)}
    assert changed == {n for n in half if n.startswith("model.layers.1.")}


class Letters:
    """A vocabulary of letters."""

    end = END

    def encode(self, text):
        return [1 + ord(letter) % 63 for letter in text]

    def decode(self, numbers):
        return "".join(chr(32 + number) for number in numbers)


def test_many_are_written_at_once_as_each_alone(model):
    users = ["short", "a longer question", "one that is longer than those two"]
    lessons = [Lesson(kind="k", prompt="rewrite", turns=[(user, "")]) for user in users]

    together = generate(model, Letters(), lessons, examples=False)

    assert together == [generate(model, Letters(), [one], examples=False)[0] for one in lessons]
    assert len(set(together)) > 1
