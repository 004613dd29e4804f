"""Questions over tables, with the embedder and the weights that are shipped."""

import functools

import pytest

from rag.models.embedders import minilm
from rag.table_qa.planner.planner import plans
from rag.table_qa.planner.table import table_of

HUTS = table_of(
    ["Hut", "Canton", "Beds", "Opened"],
    [
        ["Upper hut", "Valais", "40", "1921"],
        ["Lower hut", "Bern", "62", "1950"],
        ["Lake hut", "Valais", "18", "1978"],
        ["Old hut", "Uri", "25", "1890"],
    ],
)


@functools.cache
def embedder():
    return minilm()


def asked(question, table=HUTS):
    return plans(question, table, embedder().embed_queries)


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Which hut has the most beds?", ("Lower hut",)),
        ("How many huts have more than 30 beds?", ("2",)),
        ("How many huts are in Valais?", ("2",)),
        ("Which hut has the second most beds?", ("Upper hut",)),
    ],
)
def test_a_plain_question_is_answered_by_a_sure_plan(question, texts):
    best, *_ = asked(question)

    assert best.outcome.texts == texts
    assert best.is_sure


def test_rows_that_say_of_how_many_are_not_counted():
    danger = table_of(
        ["Danger", "Terrace", "Visits"],
        [
            ["1 low", "open", "up to 24 people"],
            ["2 moderate", "open", "up to 24 people"],
            ["3 considerable", "closed", "up to 10 people"],
            ["4 high", "closed", "none"],
        ],
    )
    counted = [
        one.plan.rows.conditions
        for one in asked("How many people visited?", danger)
        if one.plan.operation == "count"
    ]

    assert not [has for conditions in counted for has in conditions if has.value == "people"]
    assert asked("How many have the terrace closed?", danger)[0].outcome.texts == ("2",)


def test_a_column_is_found_by_what_it_means():
    pay = table_of(
        ["Name", "Role", "Salary"],
        [["Anna", "cook", "3100"], ["Cleo", "head", "5100"], ["Ben", "guide", "4200"]],
    )

    assert asked("Who earned the most money?", pay)[0].outcome.texts == ("Cleo",)


def test_outcomes_stand_once_the_likeliest_first_with_chances_that_sum_to_one():
    found = asked("Which hut opened after 1950?")
    chances = [one.chance for one in found]

    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1)
    assert len({tuple(sorted(one.outcome.texts)) for one in found}) == len(found)
