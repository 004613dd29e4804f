"""What superlatives of scalar adjectives measure."""

import pytest

from rag.answer.question.qualities import (
    SAME,
    picks,
    quality,
    same_measure,
)
from rag.answer.question.question import understand


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


def test_words_for_the_same_measure_are_known_by_the_word_that_is_asked():
    others = same_measure("How deep was the rain in June?")

    assert set(others) == {"rain", "deep"}
    assert others["deep"] == {"depth": SAME}
    assert {"precipitation", "precip"} < set(others["rain"])
    assert "rain" not in others["rain"]
    assert same_measure("What are the weak points of the deep valley?") == {}


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


def test_the_max_of_several_things_is_picked():
    assert picks("Which hut has the most beds?")
    assert picks("coldest night")
    assert not picks("What is the most recent report?")
    assert not picks("How deep was it at most?")
    assert not picks("How deep was the snow?")


def test_months_are_looked_for_by_their_short_names_too():
    assert understand("compare January and July").same_measure == {
        "januari": {"jan": SAME},
        "juli": {"jul": SAME},
    }
    assert understand("what happened in May").same_measure == {}
    assert "juli" not in understand("wettest day in July").same_measure
