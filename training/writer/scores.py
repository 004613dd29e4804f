"""How many drawn questions are answered right, of things whose names were never trained on.

Usage: python -m training.writer.scores FOLDER [--lessons 200]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch

from rag.answer.base.refusal import NO_SOURCE
from training.writer.batches import batch_of, row_of
from training.writer.course import PICTURES, STAGES
from training.writer.lessons import CALL, Lesson, Stage, draw_lesson
from training.writer.network import answers_of, states_of

SEED: Final = 8
ASKED: Final = 3


def measure(model: Any, processor: Any, stage: Stage, *, lessons: int) -> dict[str, float]:
    """Return the shares answered right, word for word: stated, shown, refused, called."""
    rng = random.Random(SEED)
    drawn = [draw_lesson(rng, replace(stage, asked=ASKED), held=True) for _ in range(lessons)]
    model.eval()
    told = [one for lesson in drawn for one in _answered(model, processor, lesson)]
    model.train()
    kinds = {kind: [right for of, right in told if of == kind] for kind, _ in told}
    return {kind: round(sum(of) / len(of), 3) for kind, of in sorted(kinds.items())}


def _answered(model: Any, processor: Any, lesson: Lesson) -> Iterator[tuple[str, bool]]:
    """Yield of each question its kind, and whether each token of its answer would be chosen."""
    row = row_of(processor, lesson)
    batch = batch_of(processor, [row])
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        logits, wanted = answers_of(model, batch, states_of(model, batch))
    right = logits.argmax(-1) == wanted
    parts = [part for part, label in zip(row.parts, row.labels, strict=True) if label >= 0]
    for part, (_, answer) in enumerate(lesson.asked, start=1):
        yield _kind(answer), bool(right[torch.tensor(parts) == part].all())


def _kind(answer: str) -> str:
    if answer == NO_SOURCE:
        return "refused"
    if answer.startswith(CALL):
        return "called"
    return "shown" if " shows " in answer else "stated"


def main() -> None:
    from transformers import Idefics3ForConditionalGeneration, Idefics3Processor

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lessons", type=int, default=200)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = Idefics3ForConditionalGeneration.from_pretrained(
        args.folder, dtype=torch.float32, attn_implementation="eager"
    )
    processor = Idefics3Processor.from_pretrained(args.folder)
    for number, stage in enumerate(STAGES):
        print(number, measure(model, processor, stage, lessons=args.lessons))  # noqa: T201 - its job
    print("pictures", measure(model, processor, PICTURES, lessons=args.lessons))  # noqa: T201 - its job


if __name__ == "__main__":
    main()
