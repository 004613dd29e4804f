"""Writes lessons: `python -m training.writer.lessons DATA XQUAD OUT [--dev]`.

DATA is the folder of `reader*.jsonl.gz`, `open*`, `plans*` and `rewrite*`; XQUAD that of
`xquad.LANGUAGE.json`; OUT a file `.jsonl.xz`. All is in the product's own prompts: a changed prompt
asks for new lessons and a new adapter.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import prompts
from rag.generation.prompt import fenced
from rag.generation.writer import plain_words
from training.writer.answers import NOT_FOUND
from training.writer.examples import OPEN_SHARES, open_examples, reader_examples
from training.writer.follow_ups import follow_up_lessons
from training.writer.handwritten import handwritten_lessons
from training.writer.languages import language_examples
from training.writer.lesson import Lesson, write_lessons
from training.writer.passages import Pool
from training.writer.queries import query_lessons
from training.writer.reading import reading_lessons
from training.writer.sources import is_table

logger = logging.getLogger("training")

MAX_ASKED: Final = {"span": 8_200, "yesno": 1_500, "open": 1_700, "summary": 420, "query": 5_200}
"""Lessons that the untaught model is asked for its own answer of, by their check."""


def lessons_of(data: Path, xquad: Path, *, dev: bool) -> list[Lesson]:
    """Return all lessons in a drawn order, the same each time."""
    rng = random.Random(8 if dev else 7)  # noqa: S311 - repeatable, not secret

    def rows(name: str) -> list[dict[str, Any]]:
        with gzip.open(data / f"{name}{'_dev' * dev}.jsonl.gz", "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    pool = Pool(rng)
    examples = [
        *reader_examples(rows("reader"), pool, rng, times=1.5 if dev else 1.0),
        *open_examples((row for row in rows("open") if row["set"] in OPEN_SHARES), pool, rng),
        *language_examples(xquad, pool, rng, dev=dev),
    ]
    lessons = [
        *reading_lessons(examples, pool, rng, dev=dev),
        *follow_up_lessons(rows("rewrite"), rng),
        *query_lessons(rows("plans"), rng, dev=dev),
        *_summaries(pool, rng),
        *handwritten_lessons(rng, dev=dev),
    ]
    rng.shuffle(lessons)
    asked: Counter[str] = Counter()
    for lesson in lessons:
        asked[lesson.check] += 1
        if dev or asked[lesson.check] > MAX_ASKED.get(lesson.check, 0):
            lesson.check = ""
    return [lesson for lesson in lessons if lesson.answer or lesson.check]


def _summaries(pool: Pool, rng: random.Random) -> Iterator[Lesson]:
    """Yield passages to be summarised by the untaught model: what it does well is to stay."""
    texts = [one.text for one in pool.passages if 90 < len(one.text.split()) < 260]
    for text in rng.sample(texts, min(MAX_ASKED["summary"], len(texts))):
        user = prompts.load("summarize_text").substitute(
            text=fenced(plain_words(text)), sentences=rng.choice(["two", "two", "four"])
        )
        turns = [(user.strip(), "")]
        if not is_table(text):
            yield Lesson(kind="summary", prompt="summarize", turns=turns, check="summary")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("xquad", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dev", action="store_true", help="lessons to judge by")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    lessons = lessons_of(options.data, options.xquad, dev=options.dev)
    write_lessons(options.out, lessons)
    kinds = Counter(lesson.kind for lesson in lessons).most_common()
    absent = sum(answer == NOT_FOUND for lesson in lessons for _, answer in lesson.turns)
    logger.info("%d lessons, %d answers not found: %s", len(lessons), absent, kinds)


if __name__ == "__main__":
    main()
