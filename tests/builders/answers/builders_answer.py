"""Chunks, hits and a small index about snow, for the tests of answering."""

from fakes import FakeEmbedder, MemoryIndex

from rag.datamodel import Chunk, Document, Element, Hit
from rag.generation.citations import resolved
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings

DEPTHS = (
    "Depths at the pass\n"
    "Year | Greatest depth | Days of snow\n"
    "1998 | 212 cm | 140\n"
    "1999 | 317 cm | 171"
)
WINTER = "The pass was closed in May. Snow lay 317 cm deep in March 1999. Rain fell in June."
MARMOTS = "Marmots sleep from October until April. They eat grass."


def chunk(name, text, *, role="text", headings=(), source="report.pdf", language=None):
    return Chunk(
        id=name,
        doc_id=source,
        source=source,
        ordinal=0,
        role=role,
        text=text,
        context="report",
        headings=headings,
        language=language,
    )


def resolve_marks(text, context):
    """Return the citations of a whole text, and the numbers that stand for no source."""
    return resolved(text, context)


def hit(found, rank=1, score=1.0):
    return Hit(chunk=found, score=score, rank=rank, channel="fused")


def snow_index():
    """Return an in-memory index of three chunks, and its embedder."""
    chunks = [
        chunk("depths", DEPTHS, role="table", source="depths.csv"),
        chunk("winter", WINTER, source="winter.txt"),
        chunk("marmots", MARMOTS, source="marmots.txt"),
    ]
    index, embedder = MemoryIndex(), FakeEmbedder()
    for found in chunks:
        put_chunk(index, embedder, found)
    return index, embedder


def put_chunk(index, embedder, found):
    """Put a chunk into the index as a document of its own."""
    element = Element(role="paragraph", text=found.text)
    document = Document(
        id=found.doc_id, sources=(found.source,), media_type="text/plain", elements=(element,)
    )
    (vector,) = embedder.embed_documents([found.embedding_text])
    index.put(document, [found], {found.id: vector})


def snow_scorer():
    return EvidenceScorer(*snow_index(), Readings(None))
