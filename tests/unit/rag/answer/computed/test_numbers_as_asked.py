"""Numbers that were worked out, as the language of the question writes them."""

import pytest

from rag.answer.computed.table_answers import as_asked

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
