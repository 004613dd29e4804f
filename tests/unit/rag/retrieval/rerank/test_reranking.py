"""How many hits are read: the likeliest, and the others where none of these answers."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit, put_chunk, snow_index

from rag.datamodel import Provenance
from rag.protocols import Reading
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import READ_HITS, SURE, SURE_HITS, UNREAD, Readings
from rag.retrieval.rerank.reranking import READ_ALONE, SURE_ALONE, WEIGHED_HITS, EvidenceReranker
from rag.understanding.question.question import understand


class NotingReader:
    """A `PassageReader` that finds each passage as relevant as it is told, and notes what it reads.

    `relevance` is that of the passages that name the pass.
    """

    def __init__(self, relevance):
        self.relevance = relevance
        self.passages = []

    def read(self, question, passages, *, contexts):
        assert question
        assert len(contexts) == len(passages)
        self.passages += passages
        return [Reading(relevance=self.relevance if "pass" in one else 0.1) for one in passages]


def ranked(relevance):
    """Return the texts of twelve hits as they are ordered, and those that were read for it."""
    index, embedder = snow_index()
    texts = [f"Marmots eat grass and herbs, number {n}." for n in range(WEIGHED_HITS - 1)]
    chunks = [chunk(f"c{n}", text, source=f"{n}.txt") for n, text in enumerate(texts)]
    chunks.append(chunk("pass", "Snow lay 317 cm deep on the pass.", source="pass.txt"))
    for one in chunks:
        put_chunk(index, embedder, one)
    reader = NotingReader(relevance)
    readings = Readings(reader)
    hits = [hit(one, rank=n, score=1.0) for n, one in enumerate(chunks, start=1)]
    reranker = EvidenceReranker(readings, EvidenceScorer(index, embedder, readings))
    found = reranker.rerank(understand("How deep was the snow on the pass?"), hits)
    return [one.chunk.text for one in found], reader.passages


def test_where_a_likely_hit_answers_no_others_are_read():
    found, read = ranked(SURE_ALONE)

    assert len(read) == READ_ALONE
    assert found[0] == "Snow lay 317 cm deep on the pass."
    assert len(found) == WEIGHED_HITS


def test_of_two_hits_alike_the_one_that_was_heard_with_doubt_comes_after():
    index, embedder = snow_index()
    written = chunk("written", "Snow lay 317 cm deep on the pass.", source="a.txt")
    place = Provenance(span=(0, len(written.text)), start_s=4.0, end_s=9.0)
    heard = replace(written, id="heard", doc_id="b.ogg", source="b.ogg", provenances=(place,))
    chunks = [replace(heard, confidence=0.4), written]
    for one in chunks:
        put_chunk(index, embedder, one)
    readings = Readings(NotingReader(0.9))
    reranker = EvidenceReranker(readings, EvidenceScorer(index, embedder, readings))
    hits = [hit(one, rank=n) for n, one in enumerate(chunks, start=1)]

    found = reranker.rerank(understand("How deep was the snow on the pass?"), hits)

    assert [one.chunk.id for one in found] == ["written", "heard"]


@pytest.mark.parametrize("relevance", [0.0, SURE_ALONE - 0.01])
def test_where_none_of_the_likeliest_answers_more_are_read_each_once(relevance):
    _, read = ranked(relevance)

    assert len(read) > READ_ALONE
    assert len(set(read)) == len(read)


RUSSIAN = "На перевале лежало много снега, дорога была закрыта."


def order_of(question, chunks):
    return [one.chunk.id for one in reranked(question, chunks)]


def reranked(question, chunks):
    index, embedder = snow_index()
    for one in chunks:
        put_chunk(index, embedder, one)
    readings = Readings(NotingReader(0.9))
    hits = [hit(one, rank=n, score=1 - 0.1 * n) for n, one in enumerate(chunks, start=1)]
    reranker = EvidenceReranker(readings, EvidenceScorer(index, embedder, readings))
    return reranker.rerank(understand(question), hits)


def test_what_can_not_be_weighed_stays_as_it_was_found():
    chunks = [
        chunk("ru", RUSSIAN, source="a.txt", language="ru"),
        chunk("en", "Snow lay 317 cm deep on the pass in March.", source="b.txt", language="en"),
    ]

    first, second = reranked("Сколько снега лежало на pass в марте?", chunks)
    assert (first.chunk.id, second.chunk.id) == ("ru", "en")
    assert (first.score, second.score) == (0.9, 0.8)
    assert order_of("How deep was the snow on the pass?", chunks) == ["en", "ru"]


def test_of_a_document_in_another_language_what_is_in_english_is_weighed():
    chunks = [
        chunk("first", "Marmots eat grass.", source="a.txt", language="en"),
        chunk("table", "Snow lay 317 cm deep on the pass.", source="b.txt", language="ru"),
    ]

    assert order_of("How deep was the snow on the pass?", chunks) == ["table", "first"]


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
