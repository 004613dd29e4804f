"""One suite for `Reranker`, and what the generator that quotes promises, on a small index."""

import pytest
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit, resolve_marks, snow_index
from fakes import FakeEmbedder

from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.reading import Readings
from rag.answer.passages.passages import Passages
from rag.answer.rerank.reranking import EvidenceReranker
from rag.datamodel import Context, Query
from rag.generation.extractive import ExtractiveWriter
from rag.generation.prompt import build_prompt
from rag.models.embeddings.embedders import minilm
from rag.models.reader.reader import Reader
from rag.protocols import Reading
from rag.text import content_stems

HITS = [
    hit(chunk("m", MARMOTS), 1),
    hit(chunk("w", WINTER), 2),
    hit(chunk("t", DEPTHS, role="table"), 3),
]
QUESTION = "How deep was the snow in March 1999?"


@pytest.fixture(scope="module", params=["minilm", "fake"])
def embedder(request):
    return minilm() if request.param == "minilm" else FakeEmbedder()


class WordReader:
    """A fake reader: a passage is as relevant as the share of the question's words it holds."""

    def read(self, question, passages, *, contexts):
        assert len(contexts) == len(passages)
        asked = set(content_stems(question))
        shares = [len(asked & set(content_stems(text))) / len(asked) for text in passages]
        return [Reading(relevance=share) for share in shares]


def reranker_of(reader):
    readings = Readings(reader)
    scorer = EvidenceScorer(snow_index()[0], FakeEmbedder(), readings)
    return EvidenceReranker(readings, scorer)


@pytest.fixture(scope="module", params=["reader", "words", "none"])
def reranker(request):
    reader = {"reader": Reader, "words": WordReader, "none": lambda: None}[request.param]()
    return reranker_of(reader)


@pytest.fixture(scope="module")
def generator(embedder):
    scorer = EvidenceScorer(snow_index()[0], embedder, Readings(None))
    return ExtractiveWriter(Passages(scorer), embedder)


def test_reranking_is_a_permutation_ranked_from_one_best_first(reranker):
    reranked = reranker.rerank(Query(text=QUESTION), HITS)

    assert sorted(h.chunk.id for h in reranked) == ["m", "t", "w"]
    assert [h.rank for h in reranked] == [1, 2, 3]
    scores = [h.score for h in reranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_what_answers_is_ranked_above_what_does_not():
    best, *_ = reranker_of(Reader()).rerank(Query(text=QUESTION), HITS)

    assert best.chunk.id in {"w", "t"}


@pytest.mark.parametrize("count", [0, 1])
def test_none_and_one_are_reranked_too(reranker, count):
    assert len(reranker.rerank(Query(text=QUESTION), HITS[:count])) == count


def test_the_order_of_the_hits_is_left_alone(reranker):
    hits = list(HITS)
    reranker.rerank(Query(text=QUESTION), hits)

    assert hits == HITS


def prompt(*hits):
    return build_prompt(Query(text=QUESTION), Context(hits=hits))


def test_every_mark_stands_for_a_source(generator):
    asked = prompt(*HITS)
    citations, unresolved = resolve_marks("".join(generator.stream(asked)), asked.context)

    assert citations
    assert unresolved == ()


def test_tokens_are_counted_as_the_embedder_counts_them(generator, embedder):
    assert generator.count_tokens(WINTER) == embedder.count_tokens(WINTER)
