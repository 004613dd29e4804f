"""Tests of the lessons written by hand: their marks stand for sources, some are held back."""

import json
import random
import re

from training.writer.lessons import FOLDER, handwritten_lessons

ROWS = [
    json.loads(line)
    for path in sorted(FOLDER.glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


def test_each_answer_has_the_mark_of_a_source_and_bold_or_says_that_none_holds_it():
    def is_right(row):
        marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", row["answer"])}
        sources = set(range(1, len(row["sources"]) + 1))
        return row["answer"] == "[0]" or ("**" in row["answer"] and marks and marks <= sources)

    assert [row["question"] for row in ROWS if not is_right(row)] == []


def test_the_mark_goes_with_its_source_and_what_is_judged_by_is_not_taught():
    taught = list(handwritten_lessons(random.Random(1), dev=False))
    held = list(handwritten_lessons(random.Random(1), dev=True))

    def question(lesson):
        return lesson.user.split("Question: ")[1]

    assert {question(one) for one in taught}.isdisjoint(question(one) for one in held)
    assert len(taught) > len(held) > 5
    first = next(row for row in ROWS if row["question"] == question(taught[0]))
    text = first["sources"][int(re.search(r"\[(\d)\]", first["answer"])[1]) - 1]["text"][:30]
    marks = [re.search(rf'number="(\d)"[^<]*{re.escape(text)}', one.user) for one in taught[:3]]
    assert all(found[1] in one.answer for found, one in zip(marks, taught, strict=False))
