"""Judges a model by lessons that it was not taught: `python -m training.writer.judge BASE DEV OUT`.

With `--taught` the model with its adapter, without examples; else the untaught one with examples.
OUT gets what was written. On the machine with the GPU.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Final

from training.writer import lora
from training.writer.chat import Vocabulary
from training.writer.checks import NOT_FOUND, Lesson, f1, holds, marks, read_lessons, words_of
from training.writer.generation import generate, load_model

COUNTS: Final = {"answer": 900, "table_query": 200, "rewrite": 250}
"""So many lessons of each prompt are judged by."""


def scores_of(lesson: Lesson, text: str) -> Iterator[tuple[str, float]]:
    """Yield names and values of what was written for a lesson."""
    gold, refuses = lesson.answer, text.startswith(NOT_FOUND)
    if gold == NOT_FOUND:
        yield "refuses rightly", refuses
        return
    yield "f1", f1(text, gold)
    if lesson.prompt != "answer":
        yield "equal", words_of(text) == words_of(gold)
        return
    yield "refuses wrongly", refuses
    yield "mark", marks(text)[:1] == marks(gold)[:1]
    if answers := lesson.gold or re.findall(r"\*\*(.+?)\*\*", gold):
        yield "holds", holds(text, answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="folder that base.py grew")
    parser.add_argument("dev", type=Path, help="lessons made with --dev")
    parser.add_argument("out", type=Path, help="JSON lines: gold and written text")
    parser.add_argument("--taught", type=Path, help="folder of an adapter")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    model, vocabulary = load_model(options.base), Vocabulary(options.base)
    if options.taught:
        lora.load(model, options.taught)
    dev = [lesson for lesson in read_lessons(options.dev) if lesson.kind != "turns"]
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with options.out.open("w", encoding="utf-8") as file:
        for prompt, count in COUNTS.items():
            lessons = [one for one in dev if one.prompt == prompt][:count]
            texts = generate(model, vocabulary, lessons, examples=not options.taught)
            for lesson, text in zip(lessons, texts, strict=True):
                row = {"kind": lesson.kind, "gold": lesson.answer, "written": text}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                for name, value in scores_of(lesson, text):
                    scores[lesson.kind][name].append(value)
                    scores[f"all of {prompt}"][name].append(value)
    for kind, own in scores.items():
        values = (f"{name} {100 * mean(one):.1f} ({len(one)})" for name, one in own.items())
        logging.getLogger("training").info("%s: %s", kind, ", ".join(values))


if __name__ == "__main__":
    main()
