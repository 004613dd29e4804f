"""LangChain with its loader for each format, its splitter and its Chroma."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import chromadb
import numpy as np
from langchain_chroma import Chroma
from langchain_community.document_loaders import (
    BSHTMLLoader,
    CSVLoader,
    Docx2txtLoader,
    PyPDFLoader,
    TextLoader,
)
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from peer import HITS, PIECE_CHARS, pages_of, run

LOADERS = {
    ".csv": CSVLoader,
    ".docx": Docx2txtLoader,
    ".html": BSHTMLLoader,
    ".md": TextLoader,
    ".pdf": PyPDFLoader,
    ".txt": TextLoader,
}


class ScanLoader(BaseLoader):
    def __init__(self, path: str) -> None:
        self._path = path

    def lazy_load(self) -> Iterator[Document]:
        return (Document(page_content=text) for text in pages_of(Path(self._path)))


class LangChain:
    def __init__(self, store: Path, model: str) -> None:
        client = chromadb.PersistentClient(str(store))
        embeddings = HuggingFaceEmbeddings(model_name=model)
        self._rows = Chroma("pieces", client=client, embedding_function=embeddings)
        self._collection = client.get_collection("pieces")

    def ingest(self, files: list[Path]) -> None:
        self._add(LOADERS[path.suffix](str(path)) for path in files)

    def ingest_scans(self, files: list[Path]) -> None:
        self._add(ScanLoader(str(path)) for path in files)

    def _add(self, loaders: Iterator[BaseLoader]) -> None:
        documents = [document for loader in loaders for document in loader.load()]
        splitter = RecursiveCharacterTextSplitter(chunk_size=PIECE_CHARS, chunk_overlap=0)
        self._rows.add_documents(splitter.split_documents(documents))

    def put(self, texts: list[str], vectors: np.ndarray) -> None:
        ids = [uuid4().hex for _ in texts]
        self._collection.add(ids=ids, documents=texts, embeddings=vectors)

    def search(self, question: str) -> int:
        return len(self._rows.similarity_search(question, k=HITS))

    def count(self) -> int:
        return self._collection.count()


if __name__ == "__main__":
    run(LangChain)
