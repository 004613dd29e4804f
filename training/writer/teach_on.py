"""Teaches an adapter on, on a processor: `python -m training.writer.teach_on BASE ADAPTER OUT`.

By the lessons written by hand and, so that they are not forgotten, queries and follow-ups of DATA
(`--data`). A step is two groups; the lowest blocks stay as they are. It ends when its time is up.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from training.writer import lora
from training.writer.chat import Vocabulary
from training.writer.checks import Lesson
from training.writer.examples import query_lessons
from training.writer.generation import load_model
from training.writer.groups import encode_group, group_lessons, handwritten_groups
from training.writer.lessons import follow_up_lessons, read_rows
from training.writer.teach import loss_of

logger = logging.getLogger("training")

FROZEN_BLOCKS: Final = 10
WARMUP_STEPS: Final = 8
SAVE_STEPS: Final = 25
FORMER: Final = {"plans": 120, "rewrite": 80}
"""Lessons of what was learned before; each other step has one."""


def lines_of(vocabulary: Vocabulary, rng: random.Random) -> Iterator[Tensor]:
    """Yield groups (4, tokens) for ever, each time in another order of their sources."""
    groups = list(handwritten_groups(dev=False))
    orders = (rng.sample(groups, len(groups)) for _ in itertools.count())
    for kind, group in itertools.chain.from_iterable(orders):
        count = len(group["sources"])
        lessons = list(group_lessons(kind, group, rng.sample(range(count), count)))
        yield encode_group(vocabulary, lessons)


def former_lessons(data: Path, rng: random.Random) -> list[Lesson]:
    queries = query_lessons(read_rows(data, "plans"), rng, dev=False)
    made = {
        "plans": [one for one in queries if one.answer],
        "rewrite": list(follow_up_lessons(read_rows(data, "rewrite"), rng)),
    }
    lessons = [one for name, count in FORMER.items() for one in rng.sample(made[name], count)]
    return rng.sample(lessons, len(lessons))


def rate_at(step: int, past: float, highest: float) -> float:
    """Return the rate: it rises over the first steps and falls as a cosine of the time `past`."""
    return highest * min(1.0, (step + 1) / WARMUP_STEPS) * (1 + math.cos(math.pi * past)) / 2


def teach_on(model: Any, lines: Iterator[list[Tensor]], options: argparse.Namespace) -> None:  # noqa: ANN401 - transformers' model
    """Learn until the time is up. Each line of a step weighs by what is learned of it."""
    learned = _begun(model, options.adapter)
    taught = [one for n, one in learned.items() if int(n.split(".")[2]) >= options.frozen]
    optimizer = torch.optim.AdamW(taught, betas=(0.9, 0.98), weight_decay=0)
    start, step = time.monotonic(), 0
    while (past := (time.monotonic() - start) / (60 * options.minutes)) < 1:
        optimizer.param_groups[0]["lr"] = rate_at(step, past, options.rate)
        batch = next(lines)
        total = sum(int(line[1].sum()) for line in batch)
        loss = 0.0
        for line in batch:
            part = loss_of(model, line[:, None]) * (int(line[1].sum()) / total)
            part.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
            loss += part.item()
        torch.nn.utils.clip_grad_norm_(taught, 1.0)
        optimizer.step()
        model.zero_grad(set_to_none=True)
        step += 1
        logger.info("step %d, loss %.3f", step, loss)
        if step % SAVE_STEPS == 0:
            _saved(learned, options, step)
    _saved(learned, options, step)


def _begun(model: Any, adapter: Path) -> dict[str, torch.nn.Parameter]:  # noqa: ANN401 - as above
    """Return what an adapter holds, at the strength at which it is merged."""
    lora.load(model, adapter)
    strength = json.loads((adapter / lora.CARD).read_text()).get("strength", 1.0)
    learned = {name: one for name, one in model.named_parameters() if one.requires_grad}
    with torch.no_grad():
        for name, one in learned.items():
            one.mul_(strength if name.endswith(".b") else 1.0)
    return learned


def _saved(learned: dict[str, torch.nn.Parameter], options: argparse.Namespace, steps: int) -> None:
    lora.save(learned, options.out, base=options.adapter, steps=steps)
    card = json.loads((options.out / lora.CARD).read_text())
    (options.out / lora.CARD).write_text(json.dumps({**card, "strength": 1.0}, indent=2) + "\n")


def _steps(groups: Iterator[Tensor], former: list[Tensor]) -> Iterator[list[Tensor]]:
    for step, one in enumerate(groups):
        batch = [one, next(groups)]
        yield [*batch, former[step // 2 % len(former)]] if step % 2 else batch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="folder that base.py grew")
    parser.add_argument("adapter", type=Path, help="folder of the adapter that is taught on")
    parser.add_argument("out", type=Path, help="folder for the new one and its card")
    parser.add_argument("--data", type=Path, required=True, help="folder of plans and rewrites")
    parser.add_argument("--minutes", type=float, default=68)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--frozen", type=int, default=FROZEN_BLOCKS, help="lowest blocks that stay")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    rng = random.Random(3)  # noqa: S311 - repeatable, not secret
    vocabulary = Vocabulary(options.base)
    former = [encode_group(vocabulary, [one]) for one in former_lessons(options.data, rng)]
    teach_on(load_model(options.base), _steps(lines_of(vocabulary, rng), former), options)


if __name__ == "__main__":
    main()
