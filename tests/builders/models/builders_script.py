"""Questions to a scripted server: what becomes of them, whatever it writes."""

from functools import cache

from builders_answer import chunk, put_chunk, snow_index
from builders_answering import answering

from rag.datamodel import Context
from rag.generation.quotation.passages import Passages
from rag.generation.table_answers import TableAnswering
from rag.generation.tools.toolbox import ShelvedDocument, Toolbox
from rag.generation.verification.confidence import Verdict
from rag.generation.writers.context_builder import ContextBuilder
from rag.generation.writers.large_writer import GuardedGenerator, LargeWriter
from rag.models.embedders import minilm
from rag.models.endpoint.client import Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.understanding.question.question import understand


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

    async def wait(self, seconds):
        self.waits.append(seconds)

    def ask(self, *replies, **how):
        """Return the states of an answer; our own confidence would refuse it."""
        return list(self.ask_slowly(*replies, **how))

    def ask_slowly(self, *replies, held=0.1, asked="How deep was the snow?", history=()):
        """Return what yields the states one after another."""
        self.server.replies = list(replies)
        index, embedder = snow_index()
        for source, text in self.more.items():
            put_chunk(index, embedder, chunk(source, text, source=source))
        writer = EndpointGenerator(
            Server(address=read_address(self.server.url), model="tiny", read_s=10.0),
            lambda _: None,
            answer_tokens=50,
            picture_tokens=0,
            wait=self.wait,
        )
        guarded = GuardedGenerator(writer, count_tokens=embedder.count_tokens)
        tables = TableAnswering(index.chunks, planning())
        builder = ContextBuilder(
            lambda ids: index.chunks(list(ids)),
            lambda _: frozenset(),
            count_tokens=embedder.count_tokens,
            tokens=6000,
            pictures=0,
        )
        doubts = {"threshold": 0.5, "assess": lambda *_: Verdict(held=held, right=held)}
        search = answering(index, embedder, **doubts).search
        toolbox = Toolbox(
            lambda part, k: search.ranked(part, k=k),
            Documents(index, self.more),
            lambda asked, hits: tables(asked, Context(hits=tuple(hits))),
        )
        writing = LargeWriter(guarded, builder, toolbox)
        return answering(index, embedder, writer=writing, **doubts).ask(understand(asked, history))


def said(answer):
    """Return what the model wrote, above the quotations."""
    return answer.text[: answer.quoted_from].strip()


def cited(answer):
    """Return the numbers of the places that what the model wrote cites."""
    return [one.number for one in answer.citations if one.span[0] < answer.quoted_from]


def last_words(asked):
    """Return the words of a request: what it asks last, as text."""
    content = asked["messages"][-1]["content"]
    return content if isinstance(content, str) else content[-1]["text"]
