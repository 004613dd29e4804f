"""A small library of texts about snow, and what asks every document of it."""

from dataclasses import dataclass, replace

from builders_index import make_chunks, make_document

from rag.generation.quotation.passages import Passages
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.retrieval.rerank.reranking import EvidenceReranker
from rag.storage.search.dense import WeightedQuestion
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.collection import ListedDocument, TableAsker

DEPTH = "How deep was the snow?"
TEXTS = {
    "a.txt": ("The hut was closed.", "The snow was 317 cm deep in March 1999.", "Rain fell."),
    "b.txt": ("Minutes of the club.", "The snow was 212 cm deep in May 1998."),
    "c.txt": ("Marmots eat grass.",),
}


def put(index, embedder, source, texts):
    document = replace(make_document(*texts, source=source), sources=(source,))
    chunks = make_chunks(document)
    rows = embedder.embed_documents([chunk.embedding_text for chunk in chunks])
    index.put(document, chunks, {c.id: row for c, row in zip(chunks, rows, strict=True)})
    return ListedDocument(doc_id=document.id, source=source)


def asker(index, embedder, *, threshold=0.05, searched=None, models=None, titles=None):
    """Return an asker; each question that searches the documents is noted in `searched`.

    No reader is asked here, and without one every chance is low: so is the threshold.
    """
    readings = Readings(None)
    scorer = EvidenceScorer(index, embedder, readings)

    def best_of_each(question, doc_ids, k):
        if searched is not None:
            searched.append(question.text)
        vector = embedder.embed_queries([question.text])
        asked = WeightedQuestion(vector=vector, text=question.text, dense=1.0, lexical=1.5)
        return index.best_of_each(asked, doc_ids=doc_ids, k=k)

    return TableAsker(
        index,
        best_of_each,
        readings=readings,
        reranker=EvidenceReranker(readings, scorer),
        passages=Passages(scorer),
        kept=index.cells,
        threshold=threshold,
        models=models or {"reader": "none"},
        titles=titles or {},
    )


@dataclass
class TableFakeEngine:
    """What the page and the command line ask, over a real index."""

    index: WorkspaceIndex
    embedder: object

    def warm(self):
        """Nothing is to be loaded."""

    def table(self):
        return asker(self.index, self.embedder)
