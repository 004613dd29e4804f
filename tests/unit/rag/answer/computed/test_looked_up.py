"""A look-up that finds one cell: told in bold where its tables are likely to hold the answer."""

import functools

import pytest
from builders_answer import chunk, hit, snow_index

from rag.answer.computed.computed_answers import work_out
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.datamodel import Context
from rag.neural.embed.embedders import minilm

MONTHS = """Month | Mean °C | Precip. mm | Sun h
Jan | -8.4 | 148 | 96
Feb | -9.1 | 121 | 118
Jul | 8.2 | 221 | 189
Aug | 8.6 | 194 | 196"""
SAME = MONTHS.replace("Precip. mm", "Precipitation mm").replace("Sun h", "Sunshine h")
SUNNY_DAYS = """Day | Kind | What
2 Jul | Sun | sun of July, 14 h
9 Jul | Sun | sun all July day, 15 h"""
BEDS = """Hut | Canton | Beds
Upper hut | Valais | 40
Lower hut | Bern | 62
Lake hut | Valais | 18
Old hut | Uri | 25"""


@functools.cache
def embedder():
    return minilm()


def answer(question, *texts):
    index, _ = snow_index()
    ranker = AnswerRanker(EvidenceScorer(index, embedder(), Readings(None)))
    hits = [
        hit(chunk(f"t{n}", text, role="table", source=f"{n}.csv"), rank=n)
        for n, text in enumerate(texts, start=1)
    ]
    return work_out(understand(question), Context(hits=tuple(hits)), ranker)


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("how sunny was august", MONTHS, "**196 h** — Aug — Sun h: 196; "),
        ("How many beds does the Lake hut have?", BEDS, "**18** — Lake hut — Beds: 18; "),
    ],
)
def test_a_cell_is_told_in_bold_with_its_unit_and_its_row(question, text, told):
    worked = answer(question, text)
    assert worked.text.startswith(told)
    assert worked.text.endswith("[1]")
    assert not worked.is_all  # passages follow: another source may tell it otherwise


def test_tables_that_tell_the_same_count_together():
    # Each holds half of the chance.
    assert answer("how sunny was august", MONTHS, SAME).text.startswith("**196 h**")


@pytest.mark.parametrize(
    "question",
    [
        "how many beds does the middle hut have?",
        "how many beds does the upper and the old hut have?",
    ],
)
def test_no_cell_is_told_of_a_row_that_is_not_there_or_of_two(question):
    assert not answer(question, BEDS).text.startswith("**40**")


@pytest.mark.parametrize("question", ["how much sun in July", "sunshine July"])
def test_a_number_that_is_called_as_asked_is_told_of_a_table_that_is_not_likely(question):
    assert answer(question, SUNNY_DAYS, MONTHS).text.startswith("**189 h** — Jul")


def test_none_is_told_where_tables_that_call_it_so_differ():
    other = MONTHS.replace("189", "201")

    assert "**" not in answer("how much sun in July", SUNNY_DAYS, MONTHS, other).text
