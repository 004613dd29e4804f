"""Teaches the eyes digits before pictures are asked about: they are read as if they were written.

The tokens of a picture's digits are brought near to what the language has for these digits, for the
word before and for what follows a number in an answer, so that the language copies them as it
copies "shows 42 [1]" out of words. Knows the
network's eyes and drawn numbers; knows no lesson.
"""

from __future__ import annotations

import logging
import random
from typing import Any, Final

import torch

from training.writer.batches import pixels_of
from training.writer.network import Optimizers
from training.writer.numerals import draw_number

logger = logging.getLogger(__name__)

FIRST: Final = 2
"""Two tokens before the first digit: pictures are read in bands of four."""

READ: Final = 7
"""Tokens of a picture: word and space before, four digits at most, and what follows them."""

WORD, SPACE, AFTER = 10, 11, 12
"""What stands before and after the digits, as numbered by `_written`."""

BATCH: Final = 64
WARM_STEPS: Final = 20
NEAR: Final = 20.0
"""How sharply the nearest is told from the others, in squared lengths of a token."""


def teach_eyes(model: Any, processor: Any, rng: random.Random, *, steps: int) -> None:
    """Train eyes and connector on `steps` batches of drawn numbers."""
    written = _written(model, processor.tokenizer)
    eyes = model.model.vision_model
    seen = [*eyes.parameters(), *model.model.connector.parameters()]
    optimizers = Optimizers(eyes.encoder.layers, seen)
    for step in range(1, steps + 1):
        loss, right = _learn(model, processor, written, rng)
        optimizers.step(min(1.0, step / WARM_STEPS, 1.02 - step / steps))
        if step % 50 == 0:
            logger.info("eyes: step %d, loss %.3f, numbers right %.3f", step, loss, right)


def _written(model: Any, tokenizer: Any) -> torch.Tensor:
    """Return what the language has for digits, "shows", a space, what follows: (13, width)."""
    _, word, space, *_ = tokenizer.tokenize("it shows 1")
    names = [*"0123456789", word, space, tokenizer.tokenize("1 [1]")[1]]
    numbers = tokenizer.convert_tokens_to_ids(names)
    rows: torch.Tensor = model.get_input_embeddings().weight[numbers]
    return rows.detach().clone()


def _learn(
    model: Any, processor: Any, written: torch.Tensor, rng: random.Random
) -> tuple[float, float]:
    numbers = [str(rng.randint(10, 9999)) for _ in range(BATCH)]
    pixels = pixels_of(processor, [draw_number(rng, number) for number in numbers])
    wanted = torch.tensor([_signs(number) for number in numbers])
    with torch.autocast("cpu", torch.bfloat16):
        features = model.model.get_image_features(pixels[:, None]).pooler_output
    read = torch.stack([one[FIRST : FIRST + READ] for one in features]).float()
    far = (read[:, :, None] - written).square().sum(-1) / written.square().sum(-1).mean()
    loss = torch.nn.functional.cross_entropy((-NEAR * far).flatten(0, 1), wanted.flatten())
    loss.backward()  # type: ignore[no-untyped-call]  # it has no annotations
    right = (far.argmin(-1) == wanted).all(-1).float().mean()
    return loss.item(), right.item()


def _signs(number: str) -> list[int]:
    return [WORD, SPACE, *map(int, number), *[AFTER] * (READ - 2 - len(number))]
