"""Rows of tables that questions name."""

import pytest
from builders_answer import chunk, hit

from rag.answer.computed.rows_asked import beside_named, named_rows, rows_of_both
from rag.answer.computed.table_rows import tables_of
from rag.answer.question.question import understand

MONTHS = """Month | Rain mm | Sun h
January | 148 | 96
February | 121 | 118
March | 176 | 141
July | 221 | 189"""

KEYS = """Key figure | 2025 | Normal
Mean temperature | -0.7 | -1.9
Lowest temperature | -24.8 | -25.6
Rain | 1959 | 1874
Sunshine | 1780 | 1702"""

DAYS = """Day | What happened
2025-02-09 | The coldest night.
2025-02-17 | A storm broke a shutter.
2025-03-01 | Snow."""


def table(text):
    return tables_of([hit(chunk("t", text, role="table"))])[0]


@pytest.mark.parametrize(
    ("question", "text", "labels"),
    [
        ("compare January and July", MONTHS, ["January", "July"]),
        ("How much rain fell in Feb?", MONTHS, ["February"]),
        ("What was the lowest temperature?", KEYS, ["Lowest temperature"]),
        ("What happened on 17 February?", DAYS, ["2025-02-17"]),
        ("Who is the head of the station?", MONTHS, []),
    ],
)
def test_the_rows_are_those_that_the_question_names(question, text, labels):
    rows = named_rows(understand(question), table(text))

    assert [row.cells[0] for row in rows] == labels


SPRING = """Month | Snow cm
Apr | 352
May | 188
Jun | 0"""

DANGER = """Day | What happened
4 Feb | Sea of fog.
8 May | Thunder.
23 May | Rain on snow."""


@pytest.mark.parametrize(
    ("question", "text", "labels"),
    [
        ("snow depth in may", SPRING, ["May"]),
        ("Was war im Mai?", SPRING, ["May"]),
        ("Was ist im Februar passiert?", DANGER, ["4 Feb"]),
        ("Que s'est-il passé en mai ?", DANGER, ["8 May", "23 May"]),
        ("What happens when the danger is 4?", DANGER, []),
        ("What happened on 4 February?", DANGER, ["4 Feb"]),
    ],
)
def test_rows_are_named_by_the_month_in_any_language_and_not_by_a_day_alone(question, text, labels):
    rows = named_rows(understand(question), table(text))

    assert [row.cells[0] for row in rows] == labels


def test_a_row_is_named_by_as_much_of_it_as_is_asked_for():
    asked = understand("What happened in May?")
    months, days = (beside_named(asked, [table(text)]) for text in (SPRING, DANGER))

    assert {share for named in months.values() for share in named.values()} == {1.0}
    assert {share for named in days.values() for share in named.values()} == {0.5}


def test_a_word_of_most_rows_names_none():
    text = "Station | Height\nSnow hut | 2 m\nSnow ridge | 3 m\nSnow pass | 4 m"

    assert named_rows(understand("Where is snow?"), table(text)) == []


def test_rows_beside_named_ones_are_known_with_them():
    found = table(MONTHS)
    beside = beside_named(understand("compare January and July"), [found])

    starts = {row.cells[0]: ("t", row.start) for row in found.rows}
    assert set(beside) == {starts["February"], starts["March"]}
    named = {starts["January"]: 1.0, starts["July"]: 1.0}
    assert list(beside.values()) == [named, named]


def test_a_comparison_is_told_by_a_row_for_each_side_of_the_table_that_names_both():
    one_side = hit(chunk("a", MONTHS.replace("July", "June"), role="table"))
    both = hit(chunk("b", MONTHS, role="table", source="other.pdf"), rank=2)
    asked = understand("compare July and January")

    keys = rows_of_both(asked, tables_of([one_side, both]))
    assert [(key[0], MONTHS[key[1] :].split(" ", maxsplit=1)[0]) for key in keys] == [
        ("b", "July"),
        ("b", "January"),
    ]
    assert rows_of_both(asked, tables_of([one_side])) == ()
    assert rows_of_both(understand("How cold was July?"), tables_of([both])) == ()


def test_of_several_tables_it_is_the_one_whose_rows_are_called_so_and_tell_most():
    days = "Day | What | Who | Where\n3 January | Storm | Rood | Hut\n9 July | Hail | Rood | Hut"
    few = "Month | Mean\nJanuary | -8\nFebruary | -9\nJuly | 8"
    tables = [
        hit(chunk(name, text, role="table", source=name), rank=rank)
        for rank, (name, text) in enumerate([("a", days), ("b", few), ("c", MONTHS)], start=1)
    ]

    keys = rows_of_both(understand("compare January and July"), tables_of(tables))

    assert {key[0] for key in keys} == {"c"}
