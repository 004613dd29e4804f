"""What superlatives of scalar adjectives measure."""

import pytest
from builders_answer import chunk, hit

from rag.answer.computed.extremes import extreme
from rag.answer.question.qualities import quality, told_column
from rag.answer.question.question import understand
from rag.datamodel import Context

MONTHS = """Month | Mean °C | Lowest °C | Precip. mm | Sun h | Gust km/h
Jan | -8.4 | -21.7 | 148 | 96 | 142
Feb | -9.1 | -20.8 | 121 | 118 | 167
Jul | 8.2 | 0.4 | 221 | 189 | 112
Aug | 8.6 | 0.8 | 194 | 196 | 89"""

SPENT = """Item | 2025 actual EUR | Change EUR
Crew | 218400 | 8500
Roof | 18230 | 45770
Fuel | 41750 | 4550"""

DAYS = """date | precipitation_mm | mean_c
2025-02-09 | 3 | -12.0
2025-02-11 | 16 | -9.0
2025-02-13 | 0 | -14.5"""


@pytest.mark.parametrize(
    ("question", "attribute", "most"),
    [
        ("Which month was the sunniest?", "sun sunshine", True),
        ("the coldest night", "temperature", False),
        ("What is the least expensive tour?", "price cost", False),
        ("wettest day in May", "precipitation precip rain rainfall", True),
        ("the cheapest one", "price cost", False),
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


@pytest.mark.parametrize(
    ("question", "table", "label", "value"),
    [
        ("Which month was the sunniest?", MONTHS, "Aug", "196"),
        ("coldest month", MONTHS, "Feb", "-9.1"),
        ("Which month was the wettest?", MONTHS, "Jul", "221"),
        ("windiest month", MONTHS, "Feb", "167"),
        ("wettest day in february 2025", DAYS, "2025-02-11", "16"),
        ("coldest day", DAYS, "2025-02-13", "-14.5"),
        ("Which item costs the most?", SPENT, "Crew", "218400"),
        ("biggest item by change", SPENT, "Roof", "45770"),
    ],
)
def test_the_row_is_that_of_the_column_which_holds_what_is_measured(question, table, label, value):
    found = extreme(understand(question), Context(hits=(hit(chunk("t", table, role="table")),)))

    (row,) = found.tied
    assert (row.cells[found.label], row.cells[found.value]) == (label, value)


def test_a_table_of_months_tells_no_day():
    hits = (hit(chunk("t", MONTHS, role="table")),)

    assert extreme(understand("Which day was the sunniest?"), Context(hits=hits)) is None


def test_a_table_of_something_else_tells_nothing():
    hits = (hit(chunk("t", SPENT, role="table")),)

    assert extreme(understand("Which month costs the most?"), Context(hits=hits)) is None
    assert extreme(understand("Which flat costs the most?"), Context(hits=hits)) is None
