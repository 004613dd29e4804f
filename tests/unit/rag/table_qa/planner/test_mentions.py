"""What of a table a question names."""

import pytest

from rag.table_qa.planner.mentions import Asked, bounds, headings, values_named
from rag.table_qa.planner.table import table_of

HUTS = table_of(
    ["Hut", "Canton", "Beds", "Guests"],
    [
        ["Upper hut", "Valais", "40", "2,100,000"],
        ["Lower hut", "Bern", "62", "900,000"],
        ["Lake hut near Brig", "Valais", "18", "30,000"],
    ],
)


def test_a_number_with_its_scale_is_a_bound_of_a_column_that_reaches_it():
    asked = Asked("how many huts had more than one million guests?")

    found = bounds(asked, HUTS, headings(asked, HUTS))

    assert {m.condition.column for m in found} == {3}
    assert {m.condition.test for m in found} == {"<", "<=", ">", ">="}
    assert {m.condition.number for m in found} == {1_000_000.0}


@pytest.mark.parametrize("month", ["July", "Jul", "july"])
def test_a_month_is_named_by_its_long_and_its_short_name(month):
    table = table_of(["Month", "Sunshine h"], [["Jun", "196"], ["Jul", "189"], ["September", "1"]])

    found = values_named(Asked(f"how many hours of sunshine in {month}"), table)

    assert [(m.condition.test, m.condition.value) for m in found] == [("is", "jul")]
