"""Asks the untaught model, with examples, and keeps what is right: it is learned as it stands.

`python -m training.writer.distill BASE LESSONS OUT`: LESSONS with the model's own answers. So it
keeps its way of writing where that is right already. On the machine with the GPU.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from pathlib import Path

from training.writer.chat import Vocabulary
from training.writer.checks import Lesson, is_fine, read_lessons, write_lessons
from training.writer.generation import generate, load_model


def with_own_answers(base: Path, lessons: list[Lesson], *, limit: int) -> list[Lesson]:
    """Return the lessons that have an answer: the set's, or the model's own where it is right."""
    model, vocabulary = load_model(base), Vocabulary(base)
    for prompt in ("summarize", "answer", "table_query"):
        asked = [one for one in lessons if one.check and one.prompt == prompt][:limit]
        kept: Counter[str] = Counter()
        for lesson, text in zip(
            asked, generate(model, vocabulary, asked, examples=True), strict=True
        ):
            if is_fine(lesson, text):
                lesson.turns = [(lesson.user, text)]
                kept[lesson.check] += 1
        logging.getLogger("training").info("%s: kept %s of %d", prompt, kept, len(asked))
    return [lesson for lesson in lessons if lesson.answer]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="folder that base.py grew")
    parser.add_argument("lessons", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, help="lessons of each prompt that are asked")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    lessons = read_lessons(options.lessons)
    write_lessons(options.out, with_own_answers(options.base, lessons, limit=options.limit))


if __name__ == "__main__":
    main()
