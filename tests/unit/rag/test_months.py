"""Dates as languages write them."""

import pytest

from rag.months import date_pattern, months_in


@pytest.mark.parametrize(
    ("language", "text", "dates"),
    [
        (
            None,
            "May 3, 2020 or 3rd May 2020, in Dec 2019",
            ["May 3, 2020", "3rd May 2020", "Dec 2019"],
        ),
        ("de", "am 31. Dezember 2016 und im März 2017", ["31. Dezember 2016", "März 2017"]),
        ("es", "el 31 de diciembre de 2016", ["31 de diciembre de 2016"]),
        ("pt", "em 3 de março de 2020", ["3 de março de 2020"]),
    ],
)
def test_a_date_is_found_whole(language, text, dates):
    assert [match.group() for match in date_pattern(language).finditer(text)] == dates


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("May I ask you something?", set()),
        ("In May I went up.", {5}),
        ("On 4 May we came down.", {5}),
        ("May was cold.", {5}),
    ],
)
def test_who_asks_whether_he_may_names_no_month(text, months):
    assert months_in(text, []) == months
