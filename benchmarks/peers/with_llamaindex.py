"""LlamaIndex with its reader for each format, its splitter and Chroma."""

from __future__ import annotations

from pathlib import Path

import chromadb
import numpy as np
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document, TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore
from peer import HITS, PIECE_TOKENS, pages_of, run


class ScanReader(BaseReader):
    def load_data(self, file: Path, extra_info: dict | None = None) -> list[Document]:
        return [Document(text=text, metadata=extra_info or {}) for text in pages_of(file)]


class LlamaIndex:
    def __init__(self, store: Path, model: str) -> None:
        self._rows = chromadb.PersistentClient(str(store)).get_or_create_collection("pieces")
        self._store = ChromaVectorStore(chroma_collection=self._rows)
        self._embedder = HuggingFaceEmbedding(model_name=model)
        index = VectorStoreIndex.from_vector_store(self._store, embed_model=self._embedder)
        self._retriever = index.as_retriever(similarity_top_k=HITS)

    def ingest(self, files: list[Path]) -> None:
        self._add(SimpleDirectoryReader(input_files=files).load_data())

    def ingest_scans(self, files: list[Path]) -> None:
        reader = SimpleDirectoryReader(input_files=files, file_extractor={".pdf": ScanReader()})
        self._add(reader.load_data())

    def _add(self, documents: list[Document]) -> None:
        VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=self._store),
            embed_model=self._embedder,
            transformations=[SentenceSplitter(chunk_size=PIECE_TOKENS, chunk_overlap=0)],
        )

    def put(self, texts: list[str], vectors: np.ndarray) -> None:
        pairs = zip(texts, vectors.tolist(), strict=True)
        self._store.add([TextNode(text=text, embedding=row) for text, row in pairs])

    def search(self, question: str) -> int:
        return len(self._retriever.retrieve(question))

    def count(self) -> int:
        return self._rows.count()


if __name__ == "__main__":
    run(LlamaIndex)
