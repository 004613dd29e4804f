"""Trains the reader for a given time, in resumable pieces: `python -m training.reader.train DATA`.

The rate rises for the first steps and falls linearly to zero at the end of `--minutes` of
processor time, counted over all pieces. A checkpoint is written every few minutes; `--resume`
goes on from it.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from rag.models.base.computing import load_tokenizer
from rag.models.base.weights import MINILM
from training.reader.data import (
    MIXES,
    ReaderRow,
    WindowExample,
    batches,
    by_set,
    is_held_back,
    make_example,
    read_rows,
    sample,
)
from training.reader.metrics import auroc
from training.reader.model import (
    UNREACHABLE,
    TrainedReader,
    apply_adapter,
    loss_of,
    new_model,
    new_optimizer,
    tensors,
)

logger = logging.getLogger("training")

CHECKPOINT: Final = "checkpoint.pt"
WARMUP_STEPS: Final = 100
LOG_STEPS: Final = 25
WIDTHS: Final = (128, 192, 256)
"""Most tokens of a window, one drawn for each example: short ones are cheap, all are learnt."""


@dataclass(slots=True, kw_only=True)
class TrainingProgress:
    """How far the training is; `seconds` is processor time of training alone, over all pieces."""

    steps: int = 0
    examples: int = 0
    seconds: float = 0.0


def examples(
    groups: dict[str, list[ReaderRow]], rng: random.Random, mix: Mapping[str, float]
) -> Iterator[WindowExample]:
    """Yield labelled windows for ever."""
    tokenizer = load_tokenizer(MINILM.locate() / "tokenizer.json")
    for row in sample(groups, rng, mix):
        example = make_example(row, tokenizer, rng, max_tokens=rng.choice(WIDTHS))
        if example is not None:
            yield example


def rate_factor(progress: TrainingProgress, *, minutes: float) -> float:
    """Return the share of the base rate at this point of the training."""
    left = max(0.0, 1 - progress.seconds / (minutes * 60))
    return min(1.0, (progress.steps + 1) / WARMUP_STEPS) * max(0.01, left)


def step(
    model: TrainedReader, optimizer: torch.optim.AdamW, batch: list[WindowExample], *, factor: float
) -> float:
    """Learn from one batch; returns its loss."""
    for group in optimizer.param_groups:
        group["lr"] = group["base"] * factor
    # The backward of torch's fused attention is slower on a CPU.
    with torch.autocast("cpu", dtype=torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
        loss = loss_of(model, batch)
    loss.backward()  # type: ignore[no-untyped-call]  # torch gives it no types
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


@torch.inference_mode()
def quick_score(model: TrainedReader, probe: list[WindowExample]) -> dict[str, float]:
    """Score fixed dev windows: loss, exact spans of the answerable, AUROC of answerability."""
    exact, logits, labels = 0, [], []
    for n in range(0, len(probe), 16):
        batch = probe[n : n + 16]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            spans, answer = model(*tensors([example.window for example in batch]))
        spans[:, 0, 0] = UNREACHABLE  # the null
        for example, place, logit in zip(
            batch, spans.flatten(1).argmax(1).tolist(), answer.tolist(), strict=True
        ):
            labels.append(example.answerable)
            logits.append(logit)
            wanted = (example.start, example.end)
            exact += example.answerable and divmod(place, spans.shape[-1]) == wanted
    return {"exact": exact / max(1, sum(labels)), "auroc": auroc(logits, labels)}


def save(
    path: Path, model: TrainedReader, optimizer: torch.optim.AdamW, progress: TrainingProgress
) -> None:
    """Write a checkpoint, whole or not at all."""
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "progress": {
            "steps": progress.steps,
            "examples": progress.examples,
            "seconds": progress.seconds,
        },
    }
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def resume(path: Path, model: TrainedReader, optimizer: torch.optim.AdamW) -> TrainingProgress:
    """Load a checkpoint into the model and optimiser."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return TrainingProgress(**state["progress"])


def make_probe(path: Path, *, seed: int, rows: int) -> list[WindowExample]:
    """Draw fixed windows of the dev rows, sets in their own proportions."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    tokenizer = load_tokenizer(MINILM.locate() / "tokenizer.json")
    drawn = rng.sample(list(read_rows(path)), rows)
    made = (make_example(row, tokenizer, rng, max_tokens=max(WIDTHS)) for row in drawn)
    found = [example for example in made if example is not None]
    return sorted(found, key=lambda example: len(example.window.ids))


def train(options: argparse.Namespace) -> None:
    """Train until the time is used up."""
    torch.manual_seed(options.seed)
    model = new_model()
    if options.adapter:
        apply_adapter(model, options.adapter)
    optimizer = new_optimizer(model, rate=options.rate)
    options.out.mkdir(parents=True, exist_ok=True)
    progress = (
        resume(options.out / CHECKPOINT, model, optimizer) if options.resume else TrainingProgress()
    )
    rng = random.Random(options.seed + progress.steps)  # noqa: S311 - repeatable, not secret
    files = [options.data / name for name in ("reader.jsonl.gz", "reader_silver.jsonl.gz")]
    files = [path for path in files if path.exists()] + options.more
    rows = itertools.chain.from_iterable(read_rows(path) for path in files)
    groups = by_set(row for row in rows if not is_held_back(row))
    stream = batches(
        examples(groups, rng, MIXES[options.mix]), rng, pool=1024, tokens=4096, rows=24
    )
    probe = make_probe(options.data / "reader_dev.jsonl.gz", seed=options.seed, rows=300)
    logger.info("start: %s", progress)
    run(model, optimizer, stream, probe, progress=progress, options=options)


def run(
    model: TrainedReader,
    optimizer: torch.optim.AdamW,
    stream: Iterator[list[WindowExample]],
    probe: list[WindowExample],
    *,
    progress: TrainingProgress,
    options: argparse.Namespace,
) -> None:
    """Take batches until the time is used up; log, score and save on the way."""
    checkpoint = options.out / CHECKPOINT
    loss_sum, saved_at = 0.0, time.monotonic()
    while progress.seconds < options.minutes * 60:
        began = time.process_time()
        batch = next(stream)
        factor = rate_factor(progress, minutes=options.minutes)
        loss_sum += step(model, optimizer, batch, factor=factor)
        progress.steps += 1
        progress.examples += len(batch)
        progress.seconds += time.process_time() - began
        if progress.steps % LOG_STEPS == 0:
            logger.info("%s loss %.3f", progress, loss_sum / LOG_STEPS)
            loss_sum = 0.0
        if time.monotonic() - saved_at > options.checkpoint_minutes * 60:
            save(checkpoint, model, optimizer, progress)
            logger.info("saved; dev %s", quick_score(model, probe))
            saved_at = time.monotonic()
    save(checkpoint, model, optimizer, progress)
    logger.info("done: %s, dev %s", progress, quick_score(model, probe))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of reader*.jsonl.gz")
    parser.add_argument("--mix", choices=MIXES, default="questions", help="what the rows are")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="further files of rows")
    parser.add_argument("--out", type=Path, default=Path(".cache/training"))
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--checkpoint-minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--adapter", type=Path, help="shipped weights to start from")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    train(options)


if __name__ == "__main__":
    main()
