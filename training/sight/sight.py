"""Trains a small CLIP of our own on drawn scenes: `python -m training.sight.sight FOLDER --seed 1`.

FOLDER then holds what `RAG_IMAGE_MODEL=file:FOLDER` reads: the architecture and settings of
open_clip, its own tokenizer, a ResNet over 64 pixels. It knows the drawings of
`training/sight/drawing.py` and nothing else: it serves to measure how words and pictures are
searched in one contrastive space (`benchmarks/sight/sight_drawn.py`), never to search real
documents.

The rate rises for the first steps and falls linearly to zero at the last of `--steps`. A
checkpoint beside the model is written every `SAVE_STEPS`; `--resume` goes on from it.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import open_clip  # type: ignore[import-untyped]  # it has no annotations
import torch
from PIL import Image
from safetensors.torch import save_file

from rag.protocols import Pixels
from training.sight.drawing import colourless, draw
from training.sight.scenes import Scene, any_caption, split

logger = logging.getLogger("training")

INPUT: Final = 64
CONFIG: Final[dict[str, Any]] = {
    "model_cfg": {
        "embed_dim": 128,
        "vision_cfg": {
            "timm_model_name": "resnet10t",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            "image_size": INPUT,
        },
        "text_cfg": {
            "context_length": 24,
            "vocab_size": 49408,
            "width": 128,
            "heads": 4,
            "layers": 2,
        },
    },
    "preprocess_cfg": {
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
        "interpolation": "bicubic",
        "resize_mode": "squash",
    },
}
COLOURLESS: Final = 0.15
"""The share of pictures without colour; their captions tell none."""

CHECKPOINT: Final = "checkpoint.pt"
WARMUP_STEPS: Final = 50
LOG_STEPS: Final = 50
SAVE_STEPS: Final = 200
FIRST_SCALE: Final = 1 / 0.07
HIGHEST_SCALE: Final = 100.0
"""Of the logits, as in CLIP (Radford et al., 2021, section 2.4); it is learnt. The higher, the
wider the gap that training leaves between words and pictures (Liang et al., 2022, section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture at the size that the model reads, and what it shows."""

    scene: Scene
    pixels: Pixels
    colourless: bool


@dataclass(slots=True, kw_only=True)
class Training:
    """What goes through a training: the network, its optimiser, and how many steps it has had."""

    model: Any
    tokenize: Any
    optimizer: torch.optim.Optimizer
    steps: int = 0


def draw_pool(renderings: int, *, seed: int) -> list[Drawn]:
    """Draw each scene of the training so often; the same seed draws the same."""
    rng = random.Random(f"pool {seed}")  # noqa: S311 - repeatable, not secret
    pool = []
    for scene in split()[0] * renderings:
        bare = rng.random() < COLOURLESS
        pixels = draw(scene, rng)
        pool.append(
            Drawn(scene=scene, pixels=_small(pixels, colour=not bare), colourless=bare),
        )
    return pool


def _small(pixels: Pixels, *, colour: bool) -> Pixels:
    seen = pixels if colour else colourless(pixels)
    return np.asarray(Image.fromarray(seen).resize((INPUT, INPUT), Image.Resampling.BICUBIC))


def new_training(folder: Path, *, rate: float, seed: int, scale: float = FIRST_SCALE) -> Training:
    """Make a random model, its settings written to the folder; `scale` is that of its logits."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps(CONFIG, indent=1), encoding="utf-8")
    torch.manual_seed(seed)
    source = f"local-dir:{folder}"
    model = open_clip.create_model(source, load_weights=False)
    model.to(memory_format=torch.channels_last).train()
    with torch.no_grad():
        model.logit_scale.fill_(np.log(scale))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    return Training(model=model, tokenize=open_clip.get_tokenizer(source), optimizer=optimizer)


def learn(training: Training, batch: Sequence[Drawn], rng: random.Random) -> float:
    """Take one step on a batch; returns its loss, that of CLIP."""
    captions = [any_caption(one.scene, rng, colourless=one.colourless) for one in batch]
    ids = training.tokenize(captions)  # (n, context length)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        pictures, words, scale = training.model(_tensor(batch), ids)[:3]  # (n, dim) each
    loss = _loss(pictures.float(), words.float(), scale)
    loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
    torch.nn.utils.clip_grad_norm_(training.model.parameters(), 1.0)
    training.optimizer.step()
    training.optimizer.zero_grad(set_to_none=True)
    with torch.no_grad():
        training.model.logit_scale.clamp_(max=float(np.log(HIGHEST_SCALE)))
    training.steps += 1
    return float(loss.detach())


def _loss(pictures: torch.Tensor, words: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Ask each picture for its caption and each caption for its picture, among the batch."""
    logits = scale * pictures @ words.T  # (n, n)
    own = torch.arange(len(logits))
    entropy = torch.nn.functional.cross_entropy
    return (entropy(logits, own) + entropy(logits.T, own)) / 2


def _tensor(batch: Sequence[Drawn]) -> torch.Tensor:
    stacked = torch.from_numpy(np.stack([one.pixels for one in batch]))  # (n, height, width, 3)
    channels_first: torch.Tensor = (stacked.float() / 127.5 - 1).permute(0, 3, 1, 2)
    return channels_first


def train(training: Training, pool: Sequence[Drawn], options: argparse.Namespace) -> None:
    """Learn until the last step; log and save on the way."""
    total = 0.0
    while training.steps < options.steps:
        for group in training.optimizer.param_groups:
            group["lr"] = options.rate * rate_factor(training.steps, steps=options.steps)
        rng = random.Random(f"{options.seed} {training.steps}")  # noqa: S311 - repeatable
        total += learn(training, rng.sample(pool, options.batch), rng)
        if training.steps % LOG_STEPS == 0:
            scale = training.model.logit_scale.exp().item()
            logger.info("step %d loss %.3f scale %.0f", training.steps, total / LOG_STEPS, scale)
            total = 0.0
        if training.steps % SAVE_STEPS == 0:
            save(training, options.folder)
    save(training, options.folder)


def rate_factor(step: int, *, steps: int) -> float:
    """Return the share of the highest rate at this step."""
    return min(1.0, (step + 1) / WARMUP_STEPS) * max(0.01, 1 - step / steps)


def save(training: Training, folder: Path) -> None:
    """Write the model as open_clip does, and the checkpoint, each whole or not at all."""
    tensors = {name: t.contiguous() for name, t in training.model.state_dict().items()}
    part = folder / "model.part"
    save_file(tensors, str(part))
    part.replace(folder / "open_clip_model.safetensors")
    state = {
        "model": tensors,
        "optimizer": training.optimizer.state_dict(),
        "steps": training.steps,
    }
    torch.save(state, folder / "checkpoint.part")
    (folder / "checkpoint.part").replace(folder / CHECKPOINT)


def resume(training: Training, folder: Path) -> None:
    """Load the checkpoint into the training."""
    state: dict[str, Any] = torch.load(folder / CHECKPOINT, weights_only=True)
    training.model.load_state_dict(state["model"])
    training.optimizer.load_state_dict(state["optimizer"])
    training.steps = state["steps"]


def main() -> None:
    """Read the options, draw, train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the model and its checkpoint are written")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--renderings", type=int, default=20, help="pictures of each scene")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--scale", type=float, default=FIRST_SCALE, help="of the logits, at first")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    training = new_training(
        options.folder, rate=options.rate, seed=options.seed, scale=options.scale
    )
    if options.resume:
        resume(training, options.folder)
    pool = draw_pool(options.renderings, seed=options.seed)
    logger.info("%d pictures drawn; from step %d", len(pool), training.steps)
    train(training, pool, options)


if __name__ == "__main__":
    main()
