"""What stands beside an answer: other readings of a table, and what is drawn of it."""

import functools

import pytest
from builders_answer import chunk, hit, snow_index

from rag.answer.computed.beside import beside
from rag.answer.computed.plan_told import PlannedAnswer
from rag.answer.computed.planned import is_asked
from rag.answer.computed.table_rows import tables_of
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.datamodel import BBox, Context, Provenance
from rag.neural.embed.embedders import minilm
from rag.tables.engine import PlanEngine
from rag.tables.plan import Condition, Order, Rows, TablePlan
from rag.tables.planner import Planned
from rag.tables.table import table_of

HUTS = """Hut | Canton | Beds
Upper hut | Valais | 40
Lower hut | Bern | 62
Lake hut | Valais | 18
Old hut | Uri | 25"""
MONTHS = "Month | Snow cm\nJan | 214\nFeb | 268\nMar | 331"


@functools.cache
def ranker():
    index, _ = snow_index()
    return AnswerRanker(EvidenceScorer(index, minilm(), Readings(None)))


def stands(question, text):
    context = Context(hits=(hit(chunk("t", text, role="table")),))
    return beside(understand(question), context, ranker())


def test_a_chart_points_to_its_cells():
    one = stands("how did the snow develop?", MONTHS)

    assert one.chart is not None
    assert one.chart.labels == ("Jan", "Feb", "Mar")
    (series,) = one.chart.series
    assert [(p.text, p.value) for p in series.points] == [
        ("214", 214.0),
        ("268", 268.0),
        ("331", 331.0),
    ]
    assert [one.cells[p.cell].quote for p in series.points] == [
        "Jan | 214",
        "Feb | 268",
        "Mar | 331",
    ]
    assert one.alternatives == ()


def test_a_cell_is_lit_by_its_own_box():
    boxes = [BBox(x0=n / 10, y0=0, x1=(n + 1) / 10, y1=1) for n in range(6)]
    spans = [(16, 19), (22, 25), (26, 29), (32, 35), (36, 39), (42, 45)]
    places = tuple(Provenance(page=1, bbox=b, span=s) for b, s in zip(boxes, spans, strict=True))
    found = chunk("t", MONTHS, role="table")
    found = type(found)(**{n: getattr(found, n) for n in found.__slots__} | {"provenances": places})
    one = beside(understand("how did the snow develop?"), Context(hits=(hit(found),)), ranker())

    assert [cell.provenances[0].bbox for cell in one.cells] == boxes[1::2]


def test_a_table_that_was_not_read_whole_is_told_of_where_all_rows_are_asked_of():
    head, *rows = HUTS.split("\n")
    first, second = (
        chunk(n, "\n".join([head, *some]), role="table")
        for n, some in (("a", rows[:3]), ("b", rows[3:]))
    )
    cut = Context(hits=(hit(first),), dropped=(hit(second, 2),))

    assert (
        "“report.pdf” is longer"
        in beside(understand("Which hut has the most beds?"), cut, ranker()).note
    )
    assert not beside(understand("Which hut has the most cows?"), cut, ranker()).note
    assert not stands("Which hut has the most beds?", HUTS).note


def test_beside_a_plain_question_stands_nothing():
    one = stands("How many beds does the Lake hut have?", HUTS)

    assert (one.cells, one.alternatives, one.chart) == ((), (), None)


@pytest.mark.parametrize(
    ("question", "plan", "told"),
    [
        (
            "Which hut has the most beds?",
            TablePlan("select", (0,), Rows(order=Order(2, "number", largest=True))),
            True,
        ),
        (
            "Which hut has the most cows?",
            TablePlan("select", (0,), Rows(order=Order(2, "number", largest=True))),
            False,
        ),
        (
            "Which hut has the most beds?",
            TablePlan("count", (), Rows((Condition(1, "is", "valais"),))),
            False,
        ),
        (
            "How many huts are in Valais?",
            TablePlan("count", (), Rows((Condition(1, "is", "valais"),))),
            True,
        ),
        (
            "How many people came to Valais?",
            TablePlan("count", (), Rows((Condition(1, "is", "valais"),))),
            False,
        ),
        ("How many huts are there?", TablePlan("count", (), Rows()), False),
        (
            "Which hut has the most beds?",
            TablePlan("select", (0,), Rows(order=Order(2, "place", largest=False))),
            False,
        ),
        (
            "Which year had the most beds?",
            TablePlan("select", (0,), Rows(order=Order(2, "number", largest=True))),
            False,
        ),
        ("What is the total of beds from May to July?", TablePlan("sum", (2,), Rows()), False),
        ("What is the total of beds?", TablePlan("sum", (2,), Rows()), True),
        ("Who keeps the hut?", TablePlan("sum", (2,), Rows()), False),
    ],
)
def test_a_plan_that_is_not_sure_must_do_what_the_words_ask_for(question, plan, told):
    (rows,) = tables_of([hit(chunk("t", HUTS, role="table"))])
    table = table_of(rows.names, [row.cells for row in rows.rows])
    found = PlannedAnswer(rows=rows, table=table, plans=(), is_sure=False)

    one = Planned(plan=plan, outcome=PlanEngine(table).run(plan), chance=0.5)

    assert is_asked(understand(question), found, one) is told
