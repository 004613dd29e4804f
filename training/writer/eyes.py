"""Teaches the eyes digits before pictures are asked about: they are read as if they were written.

The tokens of a picture are brought near to what the language has for "shows", a space, the digits
and a full stop, so that the language copies them as it copies "shows 42." out of words. Knows the
network's eyes and drawn numbers; knows no lesson.
"""

from __future__ import annotations

import logging
import random
from typing import Any, Final

import torch

from rag.protocols import Pixels
from training.writer.batches import pixels_of
from training.writer.checkpoint import PICTURE_TOKENS
from training.writer.network import Optimizers
from training.writer.numerals import draw_number

logger = logging.getLogger(__name__)

WORD, SPACE, STOP = 10, 11, 12
"""What stands before the digits and everywhere else, as numbered by `_written`."""

BEFORE: Final = (STOP, STOP, WORD, SPACE)
"""The first of the four bands in which a picture is read; the digits stand in the second."""

BATCH: Final = 64
WARM_STEPS: Final = 20
NEAR: Final = 20.0
"""How sharply the nearest is told from the others, in squared lengths of a token."""


def teach_eyes(model: Any, processor: Any, rng: random.Random, *, steps: int) -> None:
    """Train eyes and connector on `steps` batches of drawn numbers."""
    written = _written(model, processor.tokenizer)
    _bring_to_scale(model, processor, written, rng)
    eyes = model.model.vision_model
    seen = [*eyes.parameters(), *model.model.connector.parameters()]
    optimizers = Optimizers(eyes.encoder.layers, seen)
    for step in range(1, steps + 1):
        loss, right = _learn(model, processor, written, rng)
        optimizers.step(min(1.0, step / WARM_STEPS, 1.02 - step / steps))
        if step % 50 == 0:
            logger.info("eyes: step %d, loss %.3f, numbers right %.3f", step, loss, right)


def hold_eyes(model: Any) -> None:
    """Let neither the eyes change from now on nor the embeddings that they read in.

    Learned on together with the language they forget: of what they read then nothing was left.
    """
    for part in (model.model.vision_model, model.model.connector, model.get_input_embeddings()):
        part.requires_grad_(requires_grad=False)


def _written(model: Any, tokenizer: Any) -> torch.Tensor:
    """Return what the language has for digits, "shows", a space, a full stop: (13, width)."""
    _, word, space, *_ = tokenizer.tokenize("it shows 1")
    names = [*"0123456789", word, space, "."]
    numbers = tokenizer.convert_tokens_to_ids(names)
    rows: torch.Tensor = model.get_input_embeddings().weight[numbers]
    return rows.detach().clone()


def _learn(
    model: Any, processor: Any, written: torch.Tensor, rng: random.Random
) -> tuple[float, float]:
    numbers = [str(rng.randint(10, 9999)) for _ in range(BATCH)]
    wanted = torch.tensor([_signs(number) for number in numbers])
    with torch.autocast("cpu", torch.bfloat16):
        read = _seen(model, processor, [draw_number(rng, number) for number in numbers])
    far = (read[:, :, None] - written).square().sum(-1) / written.square().sum(-1).mean()
    nearest = torch.nn.functional.cross_entropy((-NEAR * far).flatten(0, 1), wanted.flatten())
    loss = nearest + far.gather(-1, wanted[..., None]).mean()
    loss.backward()  # type: ignore[no-untyped-call]  # it has no annotations
    right = (far.argmin(-1) == wanted).all(-1).float().mean()
    return loss.item(), right.item()


def _seen(model: Any, processor: Any, pictures: list[Pixels]) -> torch.Tensor:
    """Return what the language is given of each picture: (pictures, PICTURE_TOKENS, width)."""
    features = model.model.get_image_features(pixels_of(processor, pictures)[:, None]).pooler_output
    return torch.stack(list(features)).float()


def _bring_to_scale(model: Any, processor: Any, written: torch.Tensor, rng: random.Random) -> None:
    """Have tokens of pictures be about as long as those of words from the beginning."""
    with torch.no_grad():
        seen = _seen(model, processor, [draw_number(rng, "10") for _ in range(8)])
        longer = seen.square().mean() / written.square().mean()
        model.model.connector.modality_projection.proj.weight.div_(longer.sqrt())


def _signs(number: str) -> list[int]:
    signs = (*BEFORE, *map(int, number))
    return [*signs, *[STOP] * (PICTURE_TOKENS - len(signs))]
