"""Teaches the base, loss on answers alone: `python -m training.writer.teach BASE LESSONS OUT`.

Lessons are packed end to end into lines; attention stays within each. On the machine with the GPU.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention.flex_attention import create_block_mask
from torch.optim.lr_scheduler import OneCycleLR

from training.writer import lora
from training.writer.chat import Vocabulary
from training.writer.checks import Lesson, read_lessons
from training.writer.generation import DEVICE, load_model
from training.writer.groups import TRUNK

logger = logging.getLogger("training")

Row = tuple[list[int], list[bool]]
"""Tokens, and which of them are learned."""

LOG_STEPS: Final = 50
SAVE_STEPS: Final = 500
WARMUP: Final = 0.015
"""The share of the steps in which the rate rises; it falls as a cosine."""


def rows_of(base: Path, lessons: Sequence[Lesson], *, line_tokens: int) -> list[Row]:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # processes of our own
    encode = partial(Vocabulary(base).encode_lesson, max_tokens=line_tokens)
    with ProcessPoolExecutor() as pool:
        return [row for row in pool.map(encode, lessons, chunksize=256) if any(row[1])]


def lines_of(
    rows: Sequence[Row], rng: random.Random, *, line_tokens: int, pad: int
) -> Iterator[Tensor]:
    """Yield (4, tokens) for ever: tokens, whether learned, number of the row, place in the row.

    Rows come in a drawn order, as many to a line as fit; what is left has the row -1.
    """
    line = torch.empty(4, 0, dtype=torch.long)
    orders = (rng.sample(rows, len(rows)) for _ in itertools.count())
    for number, (tokens, learned) in enumerate(itertools.chain.from_iterable(orders)):
        row = torch.tensor([tokens, learned, [number] * len(tokens), range(len(tokens))])
        if line.shape[1] + len(tokens) > line_tokens:
            padding = torch.tensor([pad, 0, -1, 0])[:, None]
            yield torch.cat([line, padding.expand(4, line_tokens - line.shape[1])], dim=1)
            line = line[:, :0]
        line = torch.cat([line, row], dim=1)


def attention_mask(rows: Tensor) -> Any:  # noqa: ANN401 - torch's block mask, or a tensor
    """Return who attends to whom: what stands before, in the same row. `rows` (lines, tokens).

    On a processor in the trunk of a group, too.
    """
    size, width = rows.shape
    if DEVICE == "cpu":
        same = rows[:, None, :, None] == rows[:, None, None, :]
        same |= rows[:, None, None, :] == TRUNK
        return same & torch.ones(width, width, dtype=torch.bool).tril()

    def attends(line: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return (query >= key) & (rows[line, query] == rows[line, key])

    return create_block_mask(attends, size, None, width, width, device=DEVICE)


def loss_of(model: Any, batch: Tensor) -> Tensor:  # noqa: ANN401 - transformers' model
    """Return the cross entropy of answers; `batch` (4, lines, tokens)."""
    tokens, learned, rows, places = batch.to(DEVICE).unbind()
    states = model.model(
        input_ids=tokens,
        attention_mask=attention_mask(rows),
        position_ids=places,
        use_cache=False,
    ).last_hidden_state  # (lines, tokens, width)
    wanted = learned[:, 1:].bool()
    logits = model.lm_head(states[:, :-1][wanted])  # (learned tokens, vocabulary)
    return functional.cross_entropy(logits.float(), tokens[:, 1:][wanted])


def teach(model: Any, lines: Iterator[Tensor], options: argparse.Namespace) -> None:  # noqa: ANN401
    """Learn for so many steps; what was learned is saved on the way and at the end."""
    learned = lora.adapt(model, rank=options.rank)
    optimizer = torch.optim.AdamW(learned.values(), betas=(0.9, 0.98), weight_decay=0)
    rate = OneCycleLR(
        optimizer,
        options.rate,
        total_steps=options.steps + 1,
        pct_start=WARMUP,
        cycle_momentum=False,
    )
    if DEVICE == "cuda":
        model.set_attn_implementation("flex_attention")
        for block in model.model.layers:
            block.compile(dynamic=False)
    model.train()
    losses: list[Tensor] = []
    for step in range(1, options.steps + 1):
        batch = torch.stack(list(itertools.islice(lines, options.lines)), dim=1)
        loss = loss_of(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
        torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        rate.step()
        losses.append(loss.detach())
        if step % LOG_STEPS == 0 or step == options.steps:
            mean = torch.stack(losses[-LOG_STEPS:]).mean().item()
            logger.info("step %d of %d, loss %.3f", step, options.steps, mean)
        if step % SAVE_STEPS == 0 or step == options.steps:
            lora.save(learned, options.out, base=options.base, steps=step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="folder that base.py grew")
    parser.add_argument("lessons", type=Path, help="what distill.py wrote")
    parser.add_argument("out", type=Path, help="folder for the adapter and its card")
    parser.add_argument("--steps", type=int, default=2_667)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--lines", type=int, default=4, help="lines of a step")
    parser.add_argument("--line-tokens", type=int, default=4096)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(3)
    rows = rows_of(options.base, read_lessons(options.lessons), line_tokens=options.line_tokens)
    logger.info("%d lessons, %d tokens", len(rows), sum(len(tokens) for tokens, _ in rows))
    rng = random.Random(3)  # noqa: S311 - repeatable, not secret
    pad = Vocabulary(options.base).end
    lines = lines_of(rows, rng, line_tokens=options.line_tokens, pad=pad)
    teach(load_model(options.base), lines, options)


if __name__ == "__main__":
    main()
