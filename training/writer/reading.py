"""Lessons of examples: one question of a source, several in turn, two in one, without a source."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from training.writer.answers import NOT_FOUND
from training.writer.examples import Example
from training.writer.lesson import Lesson
from training.writer.passages import Pool
from training.writer.sources import placed, question_text, sources

ABSENT: Final = 0.1
"""The share of questions whose passage is left out."""

_ALONE: Final = 0.62
_IN_TURN: Final = 3
_PAIRED: Final = 12
"""Of so many questions two are asked as one."""


def reading_lessons(
    examples: Sequence[Example], pool: Pool, rng: random.Random, *, dev: bool
) -> Iterator[Lesson]:
    by_passage: dict[tuple[int, str], list[Example]] = defaultdict(list)
    for example in rng.sample(examples, len(examples)):
        by_passage[example.passage, example.language].append(example)
    alone: list[Example] = []
    for group in by_passage.values():
        count = 1 if dev else round(_ALONE * len(group) + rng.random() - 0.5)
        alone += group[:count]
        for start in range(count, len(group), _IN_TURN):
            yield _of_passage(group[start : start + _IN_TURN], pool, rng)
    for example in alone:
        is_absent = not dev and rng.random() < ABSENT
        yield _absent(example, pool, rng) if is_absent else _of_passage([example], pool, rng)
    short = [one for one in alone if one.check == "span" and len(one.answer.split()) < 28]
    for one, two in zip(short[::_PAIRED], short[1::_PAIRED], strict=False):
        yield _two_in_one(one, two, pool, rng)


def _of_passage(examples: Sequence[Example], pool: Pool, rng: random.Random) -> Lesson:
    """Return questions of the same sources, one after the other."""
    first = examples[0]
    gold = [answer for example in examples for answer in example.gold]
    count = rng.choices([0, 1, 2, 3], [12, 22, 56, 10])[0]
    order = placed([first.passage], pool.near(first.question, gold, {first.passage}, count), rng)
    spans = [span for example in examples for span in example.spans]
    text = sources(pool, order, rng, spans={first.passage: spans})
    turns = [
        (question_text(example.question, rng, example.language), _answer(example, order))
        for example in examples
    ]
    turns[0] = (text + turns[0][0], turns[0][1])
    if len(examples) > 1:
        return Lesson(kind="turns", turns=turns)
    return Lesson(
        kind=first.kind,
        turns=turns,
        check=first.check,
        gold=list(first.gold) if first.check else [],
        mark=order.index(first.passage) + 1,
    )


def _absent(example: Example, pool: Pool, rng: random.Random) -> Lesson:
    """Return a question before near passages that do not answer it."""
    others = pool.near(example.question, example.gold, {example.passage}, rng.choice([1, 2, 3]))
    user = sources(pool, others, rng, spans={}) + question_text(example.question, rng)
    return Lesson(kind="absent", turns=[(user, NOT_FOUND)])


def _two_in_one(one: Example, two: Example, pool: Pool, rng: random.Random) -> Lesson:
    """Return two questions asked as one; of every fourth pair the sources answer only one."""
    held = [one, two][: rng.choice([2, 2, 2, 1])]
    passages = {one.passage, two.passage}
    others = pool.near(one.question, [*one.gold, *two.gold], passages, rng.choice([0, 1]))
    order = placed(list({example.passage: None for example in held}), others, rng)
    spans = {
        passage: [span for example in held if example.passage == passage for span in example.spans]
        for passage in order
        if passage in passages
    }
    joint = rng.choice([" and ", ", and ", "? And ", ", also "])
    question = one.question.rstrip(" ?.") + joint + two.question[0].lower() + two.question[1:]
    user = sources(pool, order, rng, spans=spans) + question_text(question, rng)
    return Lesson(kind="two", turns=[(user, " ".join(_answer(each, order) for each in held))])


def _answer(example: Example, order: Sequence[int]) -> str:
    """Return an example's answer, marked with the place of its passage."""
    if example.answer == NOT_FOUND:
        return NOT_FOUND
    return example.answer.replace(NOT_FOUND, f"[{order.index(example.passage) + 1}]")
