import pytest
from builders_answer import chunk

from rag.answer.base.scale import names_scale, with_scale

FILING = (
    "Results (in millions, except per share)\n"
    "Item | 2021 | 2020\n"
    "Net sales | 192,052 | 163,220\n"
    "Earnings per share | 11.27 | 9.02\n"
    "Shares bought (000's) | 1,358 | 643\n"
    "Margin | 11.1% | 11.2%\n"
    "Stores | 815 | 795"
)


def shown(value, text=FILING, question="How much was it?", role="table"):
    return with_scale(
        value, chunk("t", text, role=role), text.index(value), is_named=names_scale(question)
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("192,052", "192,052 million"),
        ("1,358", "1,358 thousand (1,358,000)"),
        ("11.27", "11.27"),
        ("11.1%", "11.1%"),
        ("815", "815"),
        ("2021", "2021"),
    ],
)
def test_a_number_gets_the_scale_that_its_table_states(value, expected):
    assert shown(value) == expected


def test_a_question_that_names_the_scale_gets_the_number_in_it():
    assert shown("192,052", question="What were net sales, in millions?") == "192,052"


def test_only_tables_state_a_scale_for_all():
    assert shown("192,052", role="text") == "192,052"
    assert shown("5", text="Year | Snow\n1999 | 5") == "5"
    assert shown("114", text="Region | Cases per 100,000\nUri | 114") == "114"
    assert shown("114", text="Cases per 100,000 in the region\nRegion | Cases\nUri | 114") == "114"


def test_the_name_of_a_column_says_more_than_the_table():
    text = "All in millions\nYear | Tonnes (in thousands)\n1999 | 250"

    assert shown("250", text=text) == "250 thousand (250,000)"
