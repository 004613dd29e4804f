from datetime import date

import pytest

from rag.retrieval.years import with_years

TODAY = date(2026, 11, 21)


def read(question, *years):
    return with_years(question, today=TODAY, held=lambda asked: {y: int(y in years) for y in asked})


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("what's new this year", "what's new in 2026"),
        ("the budget of the current year", "the budget of 2026"),
        ("was it warmer last year?", "was it warmer in 2025?"),
        ("was this year warmer than last year", "was in 2026 warmer than 2025"),
    ],
)
def test_a_year_that_is_named_by_todays_date_is_read_as_one(asked, meant):
    assert read(asked, "2026", "2025").text == meant


@pytest.mark.parametrize(
    "question", ["is it warmer than last year?", "how does it stand compared to the previous year"]
)
def test_a_year_that_something_is_set_against_is_that_of_the_documents(question):
    assert read(question, "2026", "2025").text == question
