"""Lessons written by hand: groups of sources, each with the questions that are asked of it.

A group is read once for all its questions: its sources are a trunk, each question with its answer
a branch behind it, which attends to the trunk and to itself (tree attention: Miao et al., 2024).
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from rag.generation.writers.answer_writer import question_words
from training.writer.chat import Vocabulary
from training.writer.checks import Lesson
from training.writer.sources import source

FOLDER: Final = Path(__file__).with_name("handwritten")
TIMES: Final = 3
"""Each is taught so many times, in other orders of its sources."""

HELD_BACK: Final = 8
"""Of so many groups one is to judge by."""

TRUNK: Final = -2
"""The row of what every branch attends to."""

_NUMBER: Final = re.compile(r"\[([1-9])\]")

Group = dict[str, Any]
"""`sources`, of file, lead and text, and what is `asked`: question, answer and its language."""


def handwritten_groups(*, dev: bool) -> Iterator[tuple[str, Group]]:
    """Yield the groups of all files, with the file's name; or those held back."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        for group in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            first = group["asked"][0]["question"]
            if (zlib.crc32(first.encode()) % HELD_BACK == 0) == dev:
                yield path.stem, group


def handwritten_lessons(rng: random.Random, *, dev: bool) -> Iterator[Lesson]:
    """Yield each question with its sources; those held back once, as they were written."""
    for kind, group in handwritten_groups(dev=dev):
        count = len(group["sources"])
        for _ in range(1 if dev else TIMES):
            order = list(range(count)) if dev else rng.sample(range(count), count)
            yield from group_lessons(kind, group, order)


def group_lessons(kind: str, group: Group, order: Sequence[int]) -> Iterator[Lesson]:
    """Yield a lesson for each question, the sources in this order, the marks with them."""
    marks = {str(old + 1): new for new, old in enumerate(order, start=1)}
    shown = (group["sources"][old] for old in order)
    parts = "".join(
        source(mark, one["file"], "\n".join(filter(None, (one["lead"], one["text"]))))
        for mark, one in enumerate(shown, start=1)
    )
    for asked in group["asked"]:
        user = parts + question_words(asked["question"], asked["language"])
        answer = _NUMBER.sub(lambda found: f"[{marks[found[1]]}]", asked["answer"])
        yield Lesson(kind=kind, turns=[(user, answer)], gold=re.findall(r"\*\*(.+?)\*\*", answer))


def encode_group(vocabulary: Vocabulary, lessons: Sequence[Lesson]) -> Tensor:
    """Return (4, tokens): tokens, whether learned, the row (trunk or branch), place in the row."""
    rows = [vocabulary.encode_lesson(lesson) for lesson in lessons]
    pairs = zip(*(zip(*row, strict=True) for row in rows), strict=False)  # (token, learned) of each
    common = takewhile(lambda row: len(set(row)) == 1 and not row[0][1], pairs)
    trunk = len(list(common))
    tokens, learned = list(rows[0][0][:trunk]), [False] * trunk
    branches, places = [TRUNK] * trunk, list(range(trunk))
    for number, (own, own_learned) in enumerate(rows):
        tokens += own[trunk:]
        learned += own_learned[trunk:]
        branches += [number] * (len(own) - trunk)
        places += range(trunk, len(own))
    return torch.tensor([tokens, learned, branches, places])
