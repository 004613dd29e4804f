"""What superlatives of scalar adjectives measure."""

import pytest

from rag.answer.question.qualities import (
    quality,
    same_measure,
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
    ("question", "others"),
    [
        ("which day was the windiest?", {"windiest": {"wind", "gust"}}),
        ("which printer is quicker", {"quicker": {"speed"}}),
        ("is the red one more expensive", {"expens": {"price", "cost", "fee", "fare"}}),
        ("the highest salary", {}),
        ("there is no longer a computer", {}),
    ],
)
def test_an_adjective_in_a_degree_is_told_by_what_it_measures(question, others):
    assert {word: set(found) for word, found in same_measure(question).items()} == others
