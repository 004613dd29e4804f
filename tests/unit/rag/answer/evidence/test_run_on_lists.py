"""Lists that are written as one sentence."""

import pytest

from rag.answer.evidence.run_on_lists import MAX_WHOLE, points_in

LONG = " ".join(["word"] * MAX_WHOLE)


def parts(text):
    return [text[start:end] for start, end in points_in(text, 0, len(text))]


@pytest.mark.parametrize("marks", [("a.", "b."), ("(1)", "(2)"), ("•", "•")])
def test_each_point_of_a_long_sentence_is_by_itself(marks):
    one, two = marks
    text = f"There are two classes: {one} regular members {LONG} {two} honorary members"

    assert parts(text) == [
        "There are two classes:",
        f"{one} regular members {LONG}",
        f"{two} honorary members",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "There are two: a. regular ones b. honorary ones",
        f"There shall be six (6) classes and eight (8) of them {LONG}",
        f"It is told in part b. of it, and in part c. too {LONG}",
    ],
)
def test_a_short_sentence_and_numbers_that_count_nothing_are_left_whole(text):
    assert parts(text) == [text]


def test_nothing_is_lost_and_nothing_told_twice():
    text = f"Bring a. boots {LONG} b. a jacket c. bread"

    assert " ".join(parts(text)) == text
