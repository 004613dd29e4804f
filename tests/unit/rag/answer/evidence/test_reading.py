"""How many hits are read: fewer once a passage that was read answers."""

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.reading import READ_HITS, SURE, SURE_HITS, UNREAD, Readings
from rag.answer.question.question import understand
from rag.protocols import Reading

HITS = [hit(chunk(f"c{n}", f"Passage {n}."), rank=n + 1) for n in range(READ_HITS + 3)]


class CountingReader:
    """Says of each passage what it is told to; keeps the passages that it was asked for."""

    def __init__(self, relevance):
        self.relevance = relevance
        self.asked_for = []

    def read(self, _question, passages, **_options):
        self.asked_for += passages
        return [Reading(relevance=self.relevance) for _ in passages]


def texts(hits):
    return [one.chunk.text for one in hits]


@pytest.mark.parametrize(("relevance", "most"), [(SURE, SURE_HITS), (SURE - 0.01, READ_HITS)])
def test_fewer_are_read_where_one_that_was_read_answers(relevance, most):
    reader = CountingReader(relevance)
    readings, asked = Readings(reader), understand("What is told?")
    readings.read(asked, HITS[:2])

    found = readings.of_first(asked, HITS)

    assert reader.asked_for == texts(HITS[:most])  # each once
    assert [found[one.chunk.id] is UNREAD for one in HITS] == [n >= most for n in range(len(HITS))]


def test_what_was_read_before_is_told_wherever_it_stands_now():
    readings, asked = Readings(CountingReader(1.0)), understand("What is told?")
    readings.read(asked, HITS[-1:])

    assert readings.of_first(asked, HITS)[HITS[-1].chunk.id].relevance == 1.0
