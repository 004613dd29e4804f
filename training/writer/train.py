"""Trains the small model that writes, which the tests ask real questions, on a CPU.

Usage: python -m training.writer.train OUT [--minutes 58] [--begun FOLDER --stage N]

The loss is on the answers, and on what heads that are thrown away are asked on the way. When
pictures come the eyes learn digits to the end; then they are held still, with the embeddings that
they were brought near to.
The minutes are the processor's.
`OUT/model` holds the model, `OUT/curve.jsonl` the curve. `--begun` goes on with a model of before.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch

from training.writer.batches import Batch, LessonRow, batch_of, row_of
from training.writer.checkpoint import new_model, new_processor
from training.writer.course import STAGES, Course
from training.writer.eyes import hold_eyes, teach_eyes
from training.writer.lessons import Stage, draw_lesson
from training.writer.network import SourceNumbers, learn, optimizers_of
from training.writer.scores import measure

logger = logging.getLogger(__name__)

BATCH_TOKENS: Final = 3500
POOL: Final = 96
"""So many lessons are drawn together, and put into batches of about one length."""

TOKENIZED: Final = 400
"""Lessons that the tokenizer is made of."""

MIDDLE: Final = 2
"""By so many layers each token is to know the number of its source."""

EYE_STEPS: Final = 550
"""All numbers are read right after 200; what follows brings them nearer."""

MEASURED: Final = 16
TOLD_EVERY_S: Final = 30
THREADS: Final = 2
SEED: Final = 7


def batches(processor: Any, course: Course, rng: random.Random) -> Iterator[Batch]:
    """Yield batches of the stage that the course is at, until its time is spent."""
    while course.share < 1:
        stage = course.stage
        rows = [row_of(processor, draw_lesson(rng, stage)) for _ in range(POOL)]
        groups = list(_alike(rows))
        rng.shuffle(groups)
        for group in groups:
            if course.stage == stage and course.share < 1:
                yield batch_of(processor, group)


def _alike(rows: Sequence[LessonRow]) -> Iterator[list[LessonRow]]:
    group: list[LessonRow] = []
    for row in sorted(rows, key=lambda row: len(row.ids)):
        if group and len(row.ids) * (len(group) + 1) > BATCH_TOKENS:
            yield group
            group = []
        group.append(row)
    yield group


def train(model: Any, processor: Any, out: Path, course: Course, *, eyed: bool) -> None:
    """Teach the course; write the curve and the weights now and then. `eyed`: digits are known."""
    rng = random.Random(SEED + course.number)
    numbering = SourceNumbers(model.config.text_config.hidden_size, middle=MIDDLE)
    optimizers = optimizers_of(model, numbering)
    losses: list[float] = []
    next_told = float(TOLD_EVERY_S)
    if eyed:
        hold_eyes(model)
    for batch in batches(processor, course, rng):
        if batch.pixels is not None and not eyed:
            teach_eyes(model, processor, rng, steps=EYE_STEPS)
            eyed = True
            hold_eyes(model)
        losses.append(learn(model, batch, numbering))
        optimizers.step(course.rate)
        course.told(losses[-1])
        if time.process_time() > next_told:
            _tell(model, processor, out, course, losses)
            logger.info("number of the own source, of the answer's; stated: %s", numbering.told)
            losses = []
            next_told = time.process_time() + TOLD_EVERY_S
    _tell(model, processor, out, course, losses)


def _tell(
    model: Any,
    processor: Any,
    out: Path,
    course: Course,
    losses: Sequence[float],
) -> None:
    line = {
        "step": course.steps,
        "stage": course.number,
        "share": round(course.share, 3),
        "processor_s": round(time.process_time()),
        "loss": round(sum(losses) / max(1, len(losses)), 4),
        **measure(model, processor, course.stage, lessons=MEASURED),
    }
    with (out / "curve.jsonl").open("a", encoding="utf-8") as curve:
        curve.write(json.dumps(line) + "\n")
    logger.info("%s", line)
    save(model, processor, out / "model")


def save(model: Any, processor: Any, folder: Path) -> None:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def texts(count: int) -> Iterator[str]:
    """Yield words of drawn lessons, for the tokenizer."""
    rng = random.Random(SEED)
    stage: Stage = STAGES[-1]
    for _ in range(count):
        lesson = draw_lesson(rng, stage)
        yield "\n".join(part for part in lesson.prompt.parts if isinstance(part, str))
        yield "\n".join(f"{question}\n{answer}" for question, answer in lesson.asked)


def begun(folder: Path | None) -> tuple[Any, Any]:
    """Return model and processor: new ones, or those of a training before."""
    from transformers import Idefics3ForConditionalGeneration, Idefics3Processor

    if folder is None:
        processor = new_processor(texts(TOKENIZED))
        model = new_model(processor.tokenizer)
    else:
        processor = Idefics3Processor.from_pretrained(folder)
        model = Idefics3ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    model.set_attn_implementation("eager")  # on a processor the faster one, by a third
    return model.train(), processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=58)
    parser.add_argument("--begun", type=Path)
    parser.add_argument("--stage", type=int, default=0)
    parser.add_argument("--eyed", action="store_true")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    args.out.mkdir(parents=True, exist_ok=True)
    model, processor = begun(args.begun)
    course = Course(seconds=60 * args.minutes, stage=args.stage)
    train(model, processor, args.out, course, eyed=args.eyed)


if __name__ == "__main__":
    main()
