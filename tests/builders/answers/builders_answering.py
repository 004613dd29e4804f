"""What answers from a small index, wired of real parts: with what a test puts in their place."""

from fakes import FakeEmbedder

from rag.generation.figures import Figures
from rag.generation.quotation.passages import Passages
from rag.generation.table_answers import TableAnswering
from rag.generation.verification.check import none_misplaced
from rag.generation.verification.confidence import Confidence
from rag.pipeline.finding import Finder, Limits, Search
from rag.pipeline.pipeline import Answering
from rag.pipeline.quoting import Quoting
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.retrieval.rerank.reranking import EvidenceReranker
from rag.retrieval.retriever import Retriever


def as_asked(asked):
    """Leave the words of a question as they are."""
    return asked


def nothing_remarked(_asked, _hits):
    return ()


def answering(
    index,
    embedder=None,
    *,
    writer=None,
    threshold=0.0,
    assess=None,
    reranker=None,
    readings=None,
    searchable=as_asked,
    remarks=nothing_remarked,
    tables=None,
    misplaced=none_misplaced,
):
    embedder, readings = embedder or FakeEmbedder(), readings or Readings(None)
    scorer = EvidenceScorer(index, embedder, readings)
    passages, retriever = Passages(scorer), Retriever(index, embedder)
    limits = Limits(top_k=5, context_hits=3, context_tokens=500, threshold=threshold)
    search = Search(retriever=retriever, reranker=reranker or EvidenceReranker(readings, scorer))
    finder = Finder(
        search,
        index.chunks,
        assess or Confidence(passages).estimate,
        limits,
        searchable=searchable,
        count_tokens=embedder.count_tokens,
    )
    quoting = Quoting(
        passages,
        finder.numbered,
        tables or TableAnswering(index.chunks, passages),
        Figures(
            retriever,
            scorer.importance,
            fetch=index.chunks,
            document=lambda _: None,
            looks=lambda _: "",
        ),
        remarks,
    )
    return Answering(finder, quoting, passages, writer, misplaced=misplaced)
