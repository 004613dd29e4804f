"""Teaches the eyes digits before the language is taught: a head that is thrown away reads them.

Knows the network's eyes and drawn numbers; knows no lesson.
"""

from __future__ import annotations

import logging
import random
from typing import Any, Final

import torch

from training.writer.batches import pixels_of
from training.writer.checkpoint import PICTURE_TOKENS
from training.writer.numerals import draw_number

logger = logging.getLogger(__name__)

DIGITS: Final = 4
NO_DIGIT: Final = 10
BATCH: Final = 64
RATE: Final = 1e-3


def teach_eyes(model: Any, processor: Any, rng: random.Random, *, steps: int) -> None:
    """Train eyes and connector on `steps` batches of drawn numbers."""
    width = model.config.text_config.hidden_size
    head = torch.nn.Linear(PICTURE_TOKENS * width, DIGITS * (NO_DIGIT + 1))
    seen = [*model.model.vision_model.parameters(), *model.model.connector.parameters()]
    optimizer = torch.optim.AdamW([*seen, *head.parameters()], lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps, pct_start=0.1
    )
    for step in range(1, steps + 1):
        loss, right = _learn(model, processor, head, rng)
        torch.nn.utils.clip_grad_norm_(seen, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            logger.info("eyes: step %d, loss %.3f, numbers right %.3f", step, loss, right)


def _learn(
    model: Any, processor: Any, head: torch.nn.Linear, rng: random.Random
) -> tuple[float, float]:
    numbers = [str(rng.randint(10, 9999)) for _ in range(BATCH)]
    pixels = pixels_of(processor, [draw_number(rng, number) for number in numbers])
    wanted = torch.tensor([_digits(number) for number in numbers])
    with torch.autocast("cpu", torch.bfloat16):
        features = model.model.get_image_features(pixels[:, None]).pooler_output
        logits = head(torch.stack([one.flatten() for one in features]))
    logits = logits.float().view(BATCH, DIGITS, NO_DIGIT + 1)
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten())
    loss.backward()  # type: ignore[no-untyped-call]  # it has no annotations
    right = (logits.argmax(-1) == wanted).all(-1).float().mean()
    return loss.item(), right.item()


def _digits(number: str) -> list[int]:
    return [int(digit) for digit in number] + [NO_DIGIT] * (DIGITS - len(number))
