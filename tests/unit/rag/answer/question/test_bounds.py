import math

import pytest

from rag.answer.question.bounds import bounds, size_of


@pytest.mark.parametrize(
    ("question", "inside", "outside"),
    [
        ("Which towns have more than 1 million people?", 1_000_001, 1_000_000),
        ("Which chips have at least 4k of flash?", 4000, 3999),
        ("Which chips have no more than 4k of flash?", 4000, 4001),
        ("How many huts lie above 2,500 m?", 2501, 2500),
        ("Which months had less than 20 mm?", 19.9, 20),
        ("Which cost up to $30?", 30, 30.5),
        ("Which depths lie between 5 and 8 cm?", 8, 8.1),
        ("Which grew by 5 % or more?", 5, 4.9),
        ("Which are not higher than 3.5?", 3.5, 3.6),
        ("Which hands pay more than 100 for 5 credits?", 125, 25),
    ],
)
def test_what_lies_within_is_told(question, inside, outside):
    found = bounds(question)

    assert found.hold(inside)
    assert not found.hold(outside)


@pytest.mark.parametrize(
    "question",
    ["How many huts are there?", "Is it more than enough?", "How much more than in May fell?"],
)
def test_without_a_number_there_are_no_bounds(question):
    assert bounds(question) is None


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("Which months had less than 20 mm?", "mm"),
        ("Which cost more than $30?", "$"),
        ("Which grew by more than 5 percent?", "%"),
        ("Which pay more than 100 for it?", ""),
    ],
)
def test_the_unit_of_the_bound_is_told(question, unit):
    assert bounds(question).unit == unit


@pytest.mark.parametrize(
    ("text", "size"), [("4k", 4000), ("512", 512), ("5 km", 5), ("1.5 million", 1.5e6)]
)
def test_amounts_are_read_with_their_scale(text, size):
    assert math.isclose(size_of(text), size)
