import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.understanding.question.qualities import (
    quality,
    same_measure,
)
from rag.understanding.question.question_kind import KINDS, kinds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why did the bakery close its shop in Leith?", "why"),
        ("Who was the first chairman of the rowing club?", "lookup"),
        ("What is the difference between the old and the new tariff?", "compare"),
        ("can I bring my hamster?", "advice"),
        ("quarry bus timetable sunday", "keywords"),
    ],
)
def test_words_alone_tell_the_kind_of_plain_questions(question, kind):
    chances = kinds(question)

    assert max(chances, key=chances.__getitem__) == kind


@given(question=st.text(max_size=60))
def test_any_text_has_a_chance_of_each_kind(question):
    chances = kinds(question)

    assert tuple(chances) == KINDS
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
    assert min(chances.values()) >= 0


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
