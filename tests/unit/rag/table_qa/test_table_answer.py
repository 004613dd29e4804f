"""Tests of which of plan and query is told, over which table, and how sure that is."""

import sqlite3
from contextlib import closing, contextmanager

from builders_written import RecordedModel

from rag.storage.tables.long_rows import LongColumn, LongRows, LongTable, fill
from rag.table_qa.planner.engine import PlanEngine
from rag.table_qa.planner.planner import Planned
from rag.table_qa.planner.table import Condition, Order, Rows, TablePlan, table_of
from rag.table_qa.query_table import kept_query_table, query_table
from rag.table_qa.table_answer import answer_table

HUTS = table_of(
    ["Hut", "Canton", "Beds"],
    [["Upper hut", "Valais", "1,040"], ["Lower hut", "Bern", "62"], ["Lake hut", "Valais", "18"]],
    title="Huts of the club",
)
HUTS_TABLE = query_table(HUTS)
MOST = TablePlan(operation="select", columns=(0,), rows=Rows(order=Order(2, "number", True)))  # noqa: FBT003
OF_BERN = TablePlan(
    operation="select", columns=(0,), rows=Rows(conditions=(Condition(1, "is", "bern"),))
)


def _planned(plan: TablePlan, chance: float) -> Planned:
    return Planned(plan, PlanEngine(HUTS).run(plan), chance)


def test_a_query_answers_where_no_plan_is_made():
    model = RecordedModel("SELECT beds FROM t WHERE hut = 'upper hut'")
    answer = answer_table(model, "How many beds has the upper hut?", HUTS_TABLE)

    assert answer is not None
    assert (answer.columns, answer.rows) == (("Beds",), (("1,040",),))
    assert (answer.sql, answer.plan) == (
        "SELECT beds FROM t WHERE hut = 'Upper hut'",
        None,
    )
    assert set(answer.cells) == {(0, 0), (0, 2)}


def test_the_model_sees_real_names_types_and_the_rows_that_are_meant():
    model = RecordedModel("SELECT COUNT(*) FROM t")
    answer_table(model, "How many beds has the lake hut?", HUTS_TABLE)

    assert "CREATE TABLE t (id INTEGER, hut TEXT, canton TEXT, beds INTEGER)" in model.asked[0]
    assert "Huts of the club: 3 rows" in model.asked[0]
    assert "3 | Lake hut | Valais | 18" in model.asked[0]


def test_a_sure_plan_answers_and_no_query_is_written():
    model = RecordedModel()
    plan = _planned(MOST, 0.9)
    answer = answer_table(model, "Which hut has the most beds?", HUTS_TABLE, [plan])

    assert answer is not None
    assert (answer.rows, answer.plan, answer.sql) == ((("Upper hut",),), plan, "")
    assert (answer.cells, answer.columns) == (plan.outcome.cells, ("Hut",))
    assert answer.sureness > 0.8


def test_where_no_plan_is_sure_a_query_is_told_and_a_plan_where_none_runs():
    plans = [_planned(MOST, 0.5), _planned(OF_BERN, 0.4)]
    model = RecordedModel("SELECT hut FROM t WHERE canton = 'Bern'")
    answer = answer_table(model, "Which hut is in Bern?", HUTS_TABLE, plans)
    without = answer_table(RecordedModel("x", "y"), "Which hut is in Bern?", HUTS_TABLE, plans)

    assert answer is not None
    assert without is not None
    assert answer.rows == (("Lower hut",),)
    assert without.rows == (("Upper hut",),)
    assert without.sureness == 0.5


def test_a_query_is_surer_where_the_likeliest_plan_agrees_and_where_its_words_are_likely():
    def sureness(chance_of_bern: float, logprob: float) -> float:
        plans = [_planned(OF_BERN, chance_of_bern), _planned(MOST, 0.5)]
        plans.sort(key=lambda one: -one.chance)
        model = RecordedModel("SELECT hut FROM t WHERE canton = 'Bern'", mean_logprob=logprob)
        answer = answer_table(model, "Which hut is in Bern?", HUTS_TABLE, plans)
        assert answer is not None
        return answer.sureness

    assert sureness(0.6, -0.3) > sureness(0.4, -0.01) > sureness(0.4, -0.09)


def test_what_fails_is_tried_once_more_with_its_error():
    model = RecordedModel("SELECT colour FROM t", "SELECT COUNT(*) FROM t WHERE canton = 'Valais'")
    answer = answer_table(model, "How many huts are in Valais?", HUTS_TABLE)

    assert answer is not None
    assert answer.rows == (("2",),)
    assert "no such column: colour" in model.asked[1]


NAMES = ("Station", "Opened", "Visitors")
COUNT = 5_500


@contextmanager
def _kept(count: int):
    rows = [(f"Station {n}", f"{1 + n % 28} May {1900 + n % 100}", f"{n:,}") for n in range(count)]
    with closing(sqlite3.connect(":memory:")) as db:
        counts = fill(db, "t0", len(NAMES), [*rows, ("Total", "", f"{sum(range(count)):,}")], ".")
        columns = tuple(
            LongColumn(name=name, kind=one.kind, first=one.first)
            for name, one in zip(NAMES, counts, strict=True)
        )
        kept = LongRows(db=db, relation="t0", names=NAMES, height=count + 1)
        yield LongTable(rows=kept, columns=columns, title="Stations of the lift")


def test_all_rows_of_a_kept_table_are_asked_without_its_total():
    model = RecordedModel("SELECT station FROM t ORDER BY visitors DESC LIMIT 1")
    with _kept(COUNT) as table:
        asked = kept_query_table(table)

    assert asked is not None
    answer = answer_table(model, "Which station has most visitors?", asked)

    assert answer is not None
    assert answer.rows == ((f"Station {COUNT - 1}",),)
    assert set(answer.cells) == {(COUNT - 1, 0), (COUNT - 1, 2)}
