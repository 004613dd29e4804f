"""Questions to a scripted server: what becomes of them, whatever it writes."""

from functools import cache

from builders_answer import chunk, put_chunk, snow_index, snow_scorer

from rag.answer.computed.table_answers import TableAnswering
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.reading import Readings
from rag.answer.passages.passages import Passages
from rag.answer.pipeline import Pipeline
from rag.answer.question.question import understand
from rag.answer.rerank.reranking import EvidenceReranker
from rag.answer.seams import Limits
from rag.answer.steps.toolbox import ShelvedDocument
from rag.answer.trust.confidence import Verdict
from rag.answer.writing import ToldWriter
from rag.generation.extractive import ExtractiveWriter
from rag.neural.embed.embedders import minilm
from rag.neural.endpoint.address import read_address
from rag.neural.endpoint.endpoint import EndpointGenerator, Server
from rag.retrieve.retriever import Retriever


@cache
def planning():
    """Return what plans over tables: with the built-in embedder, that is loaded where one asks."""
    index, _ = snow_index()
    return Passages(EvidenceScorer(index, minilm(), Readings(None)))


class Documents:
    """The documents of an index in memory, one page each."""

    def __init__(self, index, more=()):
        self.chunks = index.chunks(["depths", "winter", "marmots", *more])

    def searched(self, filters):
        admitted = [c for c in self.chunks if filters.admit(source=c.source, media_type="")]
        return [ShelvedDocument(doc_id=c.doc_id, source=c.source) for c in admitted]

    def page(self, doc_id, page):
        return [c for c in self.chunks if c.doc_id == doc_id and page == 1]


class Script:
    """A question to a server that replies as it is told; `waits` are the pauses before tries.

    `more` are documents beside those about snow: their words by source.
    """

    def __init__(self, server):
        self.server = server
        self.waits = []
        self.more = {}

    def ask(self, *replies, held=0.1, read_s=10.0, asked="How deep was the snow?", history=()):
        """Return the states of an answer; our own confidence would refuse it."""
        return list(
            self.ask_slowly(*replies, held=held, read_s=read_s, asked=asked, history=history)
        )

    def ask_slowly(
        self, *replies, held=0.1, read_s=10.0, asked="How deep was the snow?", history=()
    ):
        """Return what yields the states one after another."""
        self.server.replies = list(replies)
        index, embedder = snow_index()
        for source, text in self.more.items():
            put_chunk(index, embedder, chunk(source, text, source=source))
        writer = EndpointGenerator(
            Server(address=read_address(self.server.url), model="tiny", read_s=read_s),
            lambda _: None,
            answer_tokens=50,
            picture_tokens=0,
            wait=self.waits.append,
        )
        told = ToldWriter(writer, count_tokens=embedder.count_tokens)
        asking = Pipeline(
            Retriever(index, embedder),
            EvidenceReranker(Readings(None), snow_scorer()),
            lambda *_: Verdict(held=held, right=held),
            told,
            Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.5),
            fetch=index.chunks,
            quoter=ExtractiveWriter(Passages(snow_scorer()), embedder),
            decides=True,
            shelf=Documents(index, self.more),
            tables=TableAnswering(index.chunks, planning()),
            fit=told.fit,
        )
        return asking.ask(understand(asked, history))


def cited(answer):
    return [citation.number for citation in answer.citations]


def last_words(asked):
    """Return the words of a request: what it asks last, as text."""
    content = asked["messages"][-1]["content"]
    return content if isinstance(content, str) else content[-1]["text"]
