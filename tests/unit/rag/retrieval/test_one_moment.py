"""A file that changes amid a search: its former version never stands beside the new one."""

from itertools import islice
from threading import Semaphore

import pytest
from builders_answer import chunk, hit
from builders_index import make_chunks, make_document, make_file
from builders_spoilt import EMBEDDER, open_index

from rag.datamodel import Query
from rag.retrieval.retriever import SPREAD_PAGES, Retriever, spread_pages


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "w") as index:
        put(index, "version 0")
        yield index


def put(index, *versions):
    """Let one file have other words, as an ingest does."""
    for version in versions:
        document = make_document(f"snow {version}", source="a.txt")
        chunks = make_chunks(document)
        rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
        file = make_file("a.txt", document.id, sha256="")
        vectors = {c.id: row for c, row in zip(chunks, rows, strict=True)}
        index.put(document, chunks, vectors, files=[file])


class Changing:
    """An index whose file changes between the two channels, as often as there are versions."""

    def __init__(self, index, versions):
        self._index = index
        self._versions = iter(versions)
        self._told = Semaphore(0)

    def __getattr__(self, name):
        return getattr(self._index, name)

    def search_lexical(self, *args, **kwargs):
        found = self._index.search_lexical(*args, **kwargs)
        self._told.release()
        return found

    def search_dense(self, *args, **kwargs):
        assert self._told.acquire(timeout=10)
        put(self._index, *islice(self._versions, 1))
        return self._index.search_dense(*args, **kwargs)


@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_two_versions_of_a_file_never_stand_in_one_list(index, times):
    changing = Changing(index, [f"version {n}" for n in range(1, times + 1)])
    retriever = Retriever(changing, EMBEDDER)

    hits = retriever.retrieve(Query(text="snow"), k=10)

    documents = {hit.chunk.doc_id for hit in hits}
    assert len(documents) <= 1
    assert documents <= {record.id for record in index.documents()}
    if times < 2:
        assert [hit.chunk.text for hit in hits] == [f"snow version {times}"]


def on_page(page, name):
    """A document without pages has sections instead."""
    return hit(chunk(name, f"Passage {name}.", headings=(f"Section {page}",)))


def names(hits):
    return [one.chunk.id for one in hits]


def test_the_second_hit_of_a_page_comes_behind_the_first_of_others():
    hits = [on_page(1, "a"), on_page(1, "b"), on_page(2, "c")]

    assert names(spread_pages(hits)) == ["a", "c", "b"]


def test_further_pages_come_in_turn_with_what_else_stands_on_the_first():
    first = [on_page(page, f"p{page}") for page in range(SPREAD_PAGES)]
    again = [on_page(0, name) for name in ("again", "once more", "at last")]
    far = on_page(SPREAD_PAGES, "far")

    assert names(spread_pages([*first, *again, far])) == [
        *names(first), "again", "far", "once more", "at last",
    ]  # fmt: skip
