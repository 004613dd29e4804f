"""Haystack with its converter for each format, its splitter and its Chroma."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from haystack import Document, component
from haystack.components.converters import MultiFileConverter
from haystack.components.preprocessors import DocumentPreprocessor
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.retrievers.chroma import ChromaEmbeddingRetriever
from haystack_integrations.document_stores.chroma import ChromaDocumentStore
from peer import HITS, PIECE_WORDS, pages_of, run


@component
class ScanConverter:
    @component.output_types(documents=list[Document])
    def run(self, sources: list[Path]) -> dict[str, list[Document]]:
        texts = [text for path in sources for text in pages_of(path)]
        return {"documents": [Document(content=text) for text in texts]}


class Haystack:
    def __init__(self, store: Path, model: str) -> None:
        self._model = model
        self._rows = ChromaDocumentStore(persist_path=str(store))
        self._asked = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
        self._retriever = ChromaEmbeddingRetriever(self._rows, top_k=HITS)

    def ingest(self, files: list[Path]) -> None:
        self._add(MultiFileConverter().run(sources=files)["documents"])

    def ingest_scans(self, files: list[Path]) -> None:
        self._add(ScanConverter().run(sources=files)["documents"])

    def _add(self, documents: list[Document]) -> None:
        splitter = DocumentPreprocessor(split_length=PIECE_WORDS, split_overlap=0)
        pieces = splitter.run(documents=documents)["documents"]
        embedder = SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False)
        self._rows.write_documents(embedder.run(documents=pieces)["documents"])

    def put(self, texts: list[str], vectors: np.ndarray) -> None:
        pairs = zip(texts, vectors.tolist(), strict=True)
        self._rows.write_documents([Document(content=text, embedding=row) for text, row in pairs])

    def search(self, question: str) -> int:
        vector = self._asked.run(text=question)["embedding"]
        return len(self._retriever.run(query_embedding=vector)["documents"])

    def count(self) -> int:
        return self._rows.count_documents()


if __name__ == "__main__":
    run(Haystack)
