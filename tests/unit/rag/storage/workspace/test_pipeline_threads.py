"""Questions asked from other threads while documents are written."""

import threading
from concurrent.futures import ThreadPoolExecutor

from builders_index import make_chunks, make_document
from fakes import FakeEmbedder

from rag.datamodel import Filters
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder(dim=16)
VERSIONS = 12
READERS = 4


def version(number):
    document = make_document(*(f"snow version{number} part{part}" for part in range(5)))
    chunks = make_chunks(document)
    rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
    return document, chunks, {c.id: row for c, row in zip(chunks, rows, strict=True)}


def versions_of(hits):
    return {hit.chunk.text.split()[1] for hit in hits}


def test_searches_during_writing_see_one_version_at_a_time(tmp_path):
    written = threading.Event()

    def search(index):
        vector = EMBEDDER.embed_queries(["snow"])
        rounds = 0
        while not written.is_set() or not rounds:
            words = index.search_lexical("snow", k=50)
            assert len(versions_of(words)) == 1
            assert len(words) == 5
            assert len(versions_of(index.search_dense(vector, k=50))) <= 1
            index.search_dense(vector, k=50, filters=Filters(source_glob="notes/*"))
            assert [record.chunk_count for record in index.documents()] == [5]
            rounds += 1
        return rounds

    with WorkspaceIndex.open(
        tmp_path / "w", model_id=EMBEDDER.model_id, dim=EMBEDDER.dim, chunker_version="1"
    ) as index:
        index.put(*version(0))
        with ThreadPoolExecutor(READERS) as pool:
            searches = [pool.submit(search, index) for _ in range(READERS)]
            for number in range(1, VERSIONS):
                index.put(*version(number))
            written.set()
            assert all(search.result() for search in searches)
        assert index.check() == []
