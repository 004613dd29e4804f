"""What superlatives of scalar adjectives measure."""

import pytest

from rag.answer.question.qualities import (
    picks,
    quality,
)


@pytest.mark.parametrize(
    ("question", "attribute", "most"),
    [
        ("Which month was the sunniest?", "sun sunshine", True),
        ("the coldest night", "temperature", False),
        ("What is the least expensive tour?", "price cost fee fare", False),
        ("wettest day in May", "precipitation precip rain rainfall", True),
        ("the cheapest one", "price cost fee fare", False),
    ],
)
def test_a_superlative_measures_an_attribute_in_one_direction(question, attribute, most):
    found = quality(question)

    assert (found.attribute, found.most) == (attribute, most)


@pytest.mark.parametrize(
    "question", ["Which is the largest?", "the simplest method", "of great interest", "a forest"]
)
def test_what_has_no_measure_is_none(question):
    assert quality(question) is None


def test_the_max_of_several_things_is_picked():
    assert picks("Which hut has the most beds?")
    assert picks("coldest night")
    assert not picks("What is the most recent report?")
    assert not picks("How deep was it at most?")
    assert not picks("How deep was the snow?")
