"""The lessons written by hand: their marks stand for sources, some are held back."""

import json
import random
import re

from training.writer.groups import FOLDER, TRUNK, encode_group, group_lessons, handwritten_lessons

GROUPS = [
    json.loads(line)
    for path in sorted(FOLDER.glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


def test_each_answer_has_the_mark_of_a_source_and_bold_or_says_that_none_holds_it():
    def is_right(asked, count):
        marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", asked["answer"])}
        is_marked = marks and marks <= set(range(1, count + 1))
        return asked["answer"] == "[0]" or ("**" in asked["answer"] and is_marked)

    asked = [(one, len(group["sources"])) for group in GROUPS for one in group["asked"]]
    assert [one["question"] for one, count in asked if not is_right(one, count)] == []


def test_the_mark_goes_with_its_source_and_what_is_judged_by_is_not_taught():
    taught = list(handwritten_lessons(random.Random(1), dev=False))
    held = list(handwritten_lessons(random.Random(1), dev=True))

    assert {one.user for one in taught}.isdisjoint(one.user for one in held)
    assert len(taught) > len(held) > 5
    group = {
        "sources": [{"file": "a.md", "lead": "", "text": f"Text {n}"} for n in (1, 2, 3)],
        "asked": [{"question": "what?", "answer": "It is **so** [3][1].", "language": ""}],
    }
    (lesson,) = group_lessons("chat", group, [2, 0, 1])
    assert lesson.answer == "It is **so** [1][2]."
    assert re.findall(r'number="(\d)".*\n(.*)', lesson.user)[0] == ("1", "Text 3")


class Numbers:
    """A vocabulary of numbers."""

    def encode_lesson(self, lesson):
        asked, answer = (list(map(int, part.split())) for part in lesson)
        return [*asked, *answer], [False] * len(asked) + [True] * len(answer)


def test_what_questions_share_is_read_once():
    lessons = [("1 2 3 4", "5 6"), ("1 2 3 7", "5 8 9"), ("1 2 9 7", "5")]

    tokens, learned, rows, places = encode_group(Numbers(), lessons)

    assert tokens.tolist() == [1, 2, 3, 4, 5, 6, 3, 7, 5, 8, 9, 9, 7, 5]
    assert rows.tolist() == [TRUNK] * 2 + [0] * 4 + [1] * 5 + [2] * 3
    assert places.tolist() == [0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 2, 3, 4]
    assert learned.tolist() == [0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1]
