"""What a model writes for many users at once; the instructions are read once for all."""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from transformers import AutoModelForCausalLM

from training.writer.chat import Vocabulary, opening, user_turn
from training.writer.checks import UNFINISHED, Lesson

DEVICE: Final = "cuda" if torch.cuda.is_available() else "cpu"
MAX_TOKENS: Final = {"answer": 64, "table_query": 72, "rewrite": 50, "summarize": 110}
BATCH: Final = 256


def load_model(folder: Path) -> Any:  # noqa: ANN401 - transformers' model
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    return model.to(DEVICE)


@torch.inference_mode()
def generate(
    model: Any,  # noqa: ANN401 - as above
    vocabulary: Vocabulary,
    lessons: Sequence[Lesson],
    *,
    examples: bool,
) -> list[str]:
    """Return what the model writes for lessons of one prompt, greedily; cut off it ends in "…"."""
    prompt = lessons[0].prompt
    head = vocabulary.encode(opening(prompt, examples=examples))
    cache = model.eval()(torch.tensor([head], device=DEVICE), use_cache=True).past_key_values
    rows = [vocabulary.encode(user_turn(lesson.user)) for lesson in lessons]
    order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
    texts = [""] * len(rows)
    for start in range(0, len(order), BATCH):
        numbers = order[start : start + BATCH]
        ids, mask = _padded(head, [rows[number] for number in numbers], vocabulary.end)
        own = copy.deepcopy(cache)
        own.batch_repeat_interleave(len(numbers))
        written = model.generate(
            ids,
            attention_mask=mask,
            past_key_values=own,
            max_new_tokens=MAX_TOKENS[prompt],
            do_sample=False,
            pad_token_id=vocabulary.end,
            eos_token_id=vocabulary.end,
        )
        for number, row in zip(numbers, written[:, ids.shape[1] :].tolist(), strict=True):
            texts[number] = _text(row, vocabulary)
        logging.getLogger("training").info("%s: %d of %d", prompt, start, len(rows))
    return texts


def _padded(
    head: list[int], rows: Sequence[list[int]], end: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return tokens and mask (rows, tokens), padded between what all share and what each has."""
    width = max(map(len, rows))
    gaps = [width - len(row) for row in rows]
    ids = [head + [end] * gap + row for gap, row in zip(gaps, rows, strict=True)]
    mask = [[1] * len(head) + [0] * gap + [1] * (width - gap) for gap in gaps]
    return torch.tensor(ids, device=DEVICE), torch.tensor(mask, device=DEVICE)


def _text(row: list[int], vocabulary: Vocabulary) -> str:
    if vocabulary.end not in row:
        return vocabulary.decode(row) + UNFINISHED
    return vocabulary.decode(row[: row.index(vocabulary.end)]).strip()
