"""A table's result of other years than those that are asked for is not told."""

import pytest

from rag.generation.table_answers import as_asked, of_other_years
from rag.understanding.question.question import understand


@pytest.mark.parametrize(
    ("question", "told", "expected"),
    [
        ("lowest temperature in 2024?", "Lowest temperature — 2025: -24.8 °C", True),
        ("how many shares in 2021?", "sum of Shares: 3,098 (2021; 2020; 2019)", True),
        ("how many shares in 2021?", "Shares: 1,358 (2021)", False),
        ("which year since 2019 was the wettest?", "2023 (Precipitation: 1,204)", False),
        ("which year was the wettest?", "2023 (Precipitation: 1,204)", False),
    ],
)
def test_years(question, told, expected):
    assert of_other_years(told, understand(question)) is expected


TOLD = "the mean of Depth: 40.25 (W-1.5; 140.25; 40.25.1)"


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        (("de",), "the mean of Depth: 40,25 (W-1.5; 140.25; 40.25.1)"),
        (("en",), TOLD),
        (("de", "en"), TOLD),
        ((), TOLD),
    ],
)
def test_a_number_has_the_decimal_mark_of_the_question(languages, told):
    assert as_asked(TOLD, ["40.25"], languages) == told


def test_a_whole_number_and_a_year_stay():
    assert as_asked("number of rows: 1040 (2025)", ["1040", "2025"], ["fr"]) == (
        "number of rows: 1040 (2025)"
    )
