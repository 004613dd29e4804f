"""Rows of a largest or smallest that no plan is sure of: as likely as the plans that pick them."""

import functools

import pytest
from builders_answer import chunk, hit, snow_index, snow_scorer

from rag.answer.computed.table_rows import tables_of
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.passages.picked_rows import by_plans
from rag.answer.question.question import understand
from rag.neural.embed.embedders import minilm

HUTS = """Hut | Canton | Beds | Fee
Upper hut | Valais | 40 | 30
Lower hut | Bern | 62 | 25
Lake hut | Valais | 18 | 45
Old hut | Uri | 25 | 20"""


@functools.cache
def ranker():
    index, _ = snow_index()
    return AnswerRanker(EvidenceScorer(index, minilm(), Readings(None)))


def shared(question, *, whole=0.8, using=ranker):
    """Return the chance of each hut, which had the same before."""
    tables = tables_of([hit(chunk("t", HUTS, role="table"))])
    rows = tables[0].rows
    before = {row.key: whole / len(rows) for row in rows}
    after = by_plans(before, understand(question), tables, using())
    return {row.cells[0]: after[row.key] for row in rows}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which hut has room for the most people", "Lower hut"),
        ("priciest hut", "Lake hut"),
        ("cheapest hut", "Old hut"),
    ],
)
def test_the_row_that_is_picked_by_a_column_is_likeliest(question, expected):
    found = shared(question)

    assert max(found, key=found.get) == expected


@pytest.mark.parametrize("question", ["priciest hut", "what is the fee of the lake hut", "huts"])
def test_the_rows_of_a_table_keep_what_they_have_together(question):
    assert sum(shared(question).values()) == pytest.approx(0.8)


def test_what_picks_no_row_by_size_changes_little():
    found = shared("in which canton is the old hut")

    assert min(found.values()) > 0.1


@pytest.mark.parametrize(
    "told",
    [
        {"whole": 0.05},  # an unlikely table
        {"using": lambda: AnswerRanker(snow_scorer())},  # nothing to plan with
    ],
)
def test_what_can_not_be_planned_over_stays_as_it_is(told):
    assert len(set(shared("priciest hut", **told).values())) == 1
