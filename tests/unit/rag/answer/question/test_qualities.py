"""What superlatives of scalar adjectives measure."""

import pytest

from rag.answer.question.qualities import (
    SAME,
    measured,
    picks,
    picks_as,
    quality,
    same_measure,
    told_column,
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


def test_a_unit_says_what_a_column_holds():
    assert told_column("Mean °C") == "Mean °C temperature"
    assert told_column("mean_c") == "mean c temperature"
    assert told_column("Hut") == "Hut"


def test_a_name_that_is_written_as_one_is_told_apart():
    assert told_column("winpercent") == "winpercent win percent"
    assert told_column("population") == "population"
    assert told_column("Zweisimmen") == "Zweisimmen"


@pytest.mark.parametrize(
    ("question", "names", "told"),
    [
        ("Which month was the sunniest?", ["Month", "Sun h"], "Which month was the highest sun?"),
        ("the coldest night", ["Night", "Lowest temperature"], "the lowest temperature night"),
        (
            "coldest month",
            ["Month", "Lowest temperature", "Mean temperature"],
            "lowest mean temperature month",
        ),
        ("the highest tax rate", ["Country", "Tax rate"], "the highest tax rate"),
        ("the sunniest month", ["Month", "Rain"], "the sunniest month"),
    ],
)
def test_a_superlative_is_told_by_the_column_that_it_measures(question, names, told):
    assert " ".join(measured(question, names).split()) == told


@pytest.mark.parametrize(
    ("question", "names", "told"),
    [
        ("Which month had most rain?", ["Month", "Precip. mm"], "Which month had most precip?"),
        ("Which month had most rain?", ["Month", "Rain mm"], "Which month had most rain?"),
        ("Which hut is at 900 m altitude?", ["Hut", "Beds"], "Which hut is at 900 m altitude?"),
    ],
)
def test_a_measure_is_told_by_the_word_that_a_column_has_for_it(question, names, told):
    assert measured(question, names) == told


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


def test_the_most_of_several_things_is_picked():
    assert picks("Which hut has the most beds?")
    assert picks("coldest night")
    assert not picks("What is the most recent report?")
    assert not picks("How deep was it at most?")
    assert not picks("How deep was the snow?")


@pytest.mark.parametrize(
    ("text", "asked", "is_same"),
    [
        ("2021 was the snowiest start since 2008.", "which year had the least snow?", False),
        ("2024 had the least snow.", "which year had the least snow?", True),
        ("February was the coldest month.", "month with the lowest temperature", True),
        ("The works cost 48,500 euros.", "what costs the most?", False),
    ],
)
def test_a_text_picks_what_is_asked_for_or_its_opposite(text, asked, is_same):
    assert picks_as(text, asked) is is_same


def test_months_are_looked_for_by_their_short_names_too():
    assert understand("compare January and July").same_measure == {
        "januari": {"jan": SAME},
        "juli": {"jul": SAME},
    }
    assert understand("what happened in May").same_measure == {}
    assert "juli" not in understand("wettest day in July").same_measure


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("which instrument is the oldest", "which instrument is the lowest installed"),
        ("newest instrument", "highest installed instrument"),
        ("the most recent one", "the highest installed one"),
        ("the least recent one", "the least recent one"),
    ],
)
def test_the_oldest_is_what_has_the_earliest_day(question, told):
    assert measured(question, ["Instrument", "Installed"]) == told


def test_an_age_tells_better_than_a_day_what_is_oldest():
    told = measured("the oldest", ["Name", "Age", "Joined"])

    assert " ".join(told.split()) == "the highest age"
