"""Chroma and sentence-transformers alone: text by pypdfium2, cut at words."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import chromadb
import docx
import numpy as np
from bs4 import BeautifulSoup
from peer import HITS, PIECE_WORDS, pages_of, run
from pypdfium2 import PdfDocument
from sentence_transformers import SentenceTransformer


class Plain:
    def __init__(self, store: Path, model: str) -> None:
        client = chromadb.PersistentClient(str(store))
        self._rows = client.get_or_create_collection("pieces", embedding_function=None)
        self._model = SentenceTransformer(model)

    def ingest(self, files: list[Path]) -> None:
        self._embed([text for path in files for text in _texts(path)])

    def ingest_scans(self, files: list[Path]) -> None:
        self._embed([text for path in files for text in pages_of(path)])

    def _embed(self, texts: list[str]) -> None:
        pieces = [
            " ".join(words[at : at + PIECE_WORDS])
            for words in map(str.split, texts)
            for at in range(0, len(words), PIECE_WORDS)
        ]
        self.put(pieces, self._model.encode(pieces))

    def put(self, texts: list[str], vectors: np.ndarray) -> None:
        ids = [uuid4().hex for _ in texts]
        self._rows.add(ids=ids, documents=texts, embeddings=vectors)

    def search(self, question: str) -> int:
        found = self._rows.query(query_embeddings=self._model.encode([question]), n_results=HITS)
        return len(found["documents"][0])

    def count(self) -> int:
        return self._rows.count()


def _texts(path: Path) -> list[str]:
    if path.suffix == ".pdf":
        return [page.get_textpage().get_text_range() for page in PdfDocument(path)]
    if path.suffix == ".docx":
        return ["\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)]
    text = path.read_text(encoding="utf-8")
    return [BeautifulSoup(text, "lxml").get_text(" ") if path.suffix == ".html" else text]


if __name__ == "__main__":
    run(Plain)
