"""Questions that need two tables of the hits: filtered in the one, measured in the other."""

import functools

import pytest
from builders_answer import chunk, hit, snow_index

from rag.answer.computed.beside import beside
from rag.answer.computed.computed_answers import work_out
from rag.answer.computed.planned import weighed
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.question.question import understand
from rag.datamodel import Context
from rag.neural.embed.embedders import minilm

STATIONS = """Station | Canton | Altitude m
Arosa | Graubünden | 1878
Davos | Graubünden | 1594
Zermatt | Valais | 1638
Saas-Fee | Valais | 1800"""
READINGS = """Day | Station | Snow depth cm
2025-01-05 | Arosa | 61
2025-01-05 | Davos | 88
2025-01-05 | Zermatt | 120
2025-01-05 | Saas-Fee | 96
2025-02-05 | Davos | 45
2025-02-05 | Zermatt | 131"""


@functools.cache
def ranker():
    index, _ = snow_index()
    return AnswerRanker(EvidenceScorer(index, minilm(), Readings(None)))


HITS = (
    hit(chunk("r", READINGS, role="table", source="readings.csv")),
    hit(chunk("s", STATIONS, role="table", source="stations.csv"), rank=2),
)


def context():
    return Context(hits=HITS)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Which station in Graubünden had the deepest snow?", "Davos (88)"),
        ("What is the largest snow depth in Valais?", "131"),
        ("What is the average snow depth in Valais?", "115.7"),
    ],
)
def test_one_table_filters_and_the_other_measures(question, text):
    told = work_out(understand(question), context(), ranker()).text

    assert told.startswith(f"**{text}**")
    assert "“readings.csv” joined with “stations.csv” by Station" in told
    assert "[1]" in told
    assert "[2]" in told


def test_what_one_table_tells_is_not_joined():
    for question in ("Which station had the deepest snow?", "Which station lies highest?"):
        (one, *_) = weighed(understand(question), context(), ranker())

        assert one.partner is None


def test_cells_of_both_are_cited():
    found = beside(understand("How deep was the snow in Valais?"), context(), ranker())

    sources = {cell.chunk.source for cell in found.cells}
    assert sources <= {"readings.csv", "stations.csv"}
