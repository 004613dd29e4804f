"""Plans, run over a table."""

import pytest

from rag.table_qa.planner.engine import NOTHING, PlanEngine
from rag.table_qa.planner.planner import in_words
from rag.table_qa.planner.table import Condition, Order, Rows, TablePlan, table_of

HUTS = table_of(
    ["Hut", "Canton", "Beds", "2018", "2019"],
    [
        ["Upper hut", "Valais", "40", "100", "150"],
        ["Lower hut", "Bern", "62", "200", "180"],
        ["Lake hut", "Valais", "18", "50", "–"],
        ["Old hut", "Uri", "25", "80", "80"],
    ],
)
UPPER = Rows((Condition(0, "is", "upper hut"),))
LOWER = Rows((Condition(0, "is", "lower hut"),))
VALAIS = Rows((Condition(1, "is", "valais"),))


def run(plan):
    return PlanEngine(HUTS).run(plan).texts


@pytest.mark.parametrize(
    ("plan", "texts", "told"),
    [
        (
            TablePlan("select", (0,), Rows(order=Order(2, "number", largest=True))),
            ("Lower hut",),
            "Hut of the row with the largest Beds, of all 4 rows",
        ),
        (
            TablePlan("select", (0,), Rows(order=Order(2, "number", largest=True, place=2))),
            ("Upper hut",),
            "Hut of the row with the second largest Beds, of all 4 rows",
        ),
        (
            TablePlan("select", (0,), Rows(VALAIS.conditions, Order(2, "number", largest=False))),
            ("Lake hut",),
            "Hut of the row with the smallest Beds among the rows where Canton is Valais",
        ),
        (
            TablePlan("select", (0,), Rows(LOWER.conditions, near="next")),
            ("Lake hut",),
            "Hut of the row after the rows where Hut is Lower hut",
        ),
        (
            TablePlan("select", (0,), Rows(UPPER.conditions, near="same", near_column=1)),
            ("Lake hut",),
            "Hut of other rows with the same Canton as the rows where Hut is Upper hut",
        ),
        (
            TablePlan("distinct", (1,), Rows()),
            ("3",),
            "how many different Canton stand in all 4 rows",
        ),
        (
            TablePlan("sum", (2,), VALAIS),
            ("58",),
            "the sum of Beds over the rows where Canton is Valais",
        ),
        (
            TablePlan("difference", (2,), UPPER, other_rows=LOWER),
            ("-22",),
            "Beds of the rows where Hut is Upper hut less Beds of the rows where Hut is Lower hut",
        ),
        (
            TablePlan("growth", (4,), UPPER, other_column=3),
            ("50",),
            (
                "the change from 2018 of the rows where Hut is Upper hut to 2019 of the rows where"
                " Hut is Upper hut, in percent"
            ),
        ),
        (
            TablePlan("heading", (3, 4), LOWER, largest=True),
            ("2018",),
            "the column with the largest value of the rows where Hut is Lower hut",
        ),
    ],
)
def test_a_plan_gives_what_its_words_say(plan, texts, told):
    assert run(plan) == texts
    assert in_words(plan, HUTS) == told


def test_the_cells_that_went_in_are_told():
    outcome = PlanEngine(HUTS).run(TablePlan("sum", (2,), VALAIS))

    assert outcome.cells == ((0, 2), (2, 2))


def test_what_is_not_there_gives_nothing():
    engine = PlanEngine(HUTS)

    assert engine.run(TablePlan("select", (2,), Rows((Condition(0, "is", "no hut"),)))) is NOTHING
    assert engine.run(TablePlan("growth", (4,), UPPER, other_rows=VALAIS)) is NOTHING
    assert (
        engine.run(
            TablePlan("ratio", (4,), Rows((Condition(0, "is", "lake hut"),)), other_column=3)
        )
        is NOTHING
    )
