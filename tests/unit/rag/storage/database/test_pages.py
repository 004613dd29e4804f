"""Pages as units of search: gathered, and scored with their chunks."""

import sqlite3

import pytest
from builders_index import make_chunks, make_document

from rag.datamodel import Chunk
from rag.storage.database import pages
from rag.storage.workspace.store import WorkspaceIndex


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / "w"


def opened(workspace):
    return WorkspaceIndex.open(workspace, model_id="m", dim=2, chunker_version="1")


def put(index, *texts, source="a.txt", vectors=None):
    document = make_document(*texts, source=source, name=source)
    chunks = make_chunks(document)
    rows = vectors or [[1.0, 0.0]] * len(chunks)
    index.put(document, chunks, {c.id: row for c, row in zip(chunks, rows, strict=True)})


def test_a_page_that_says_more_of_the_question_lifts_its_chunks(workspace):
    with opened(workspace) as index:
        put(index, "price list", "entry five francs", source="museum.txt")
        put(index, "train times", "entry five francs", source="station.txt")

        texts = [hit.chunk.source for hit in index.search_lexical("price of entry", k=2)]

    assert texts == ["museum.txt", "museum.txt"]


def test_a_long_section_of_a_format_without_pages_is_divided():
    db = sqlite3.connect(":memory:")
    chunks = [
        Chunk(id=f"{n}", doc_id="d", source="s", ordinal=n, text=f"word{n}", headings=("One",))
        for n in range(2 * pages.SECTION_CHUNKS + 1)
    ]
    db.execute("CREATE VIRTUAL TABLE pages USING fts5 (context, text)")
    db.execute("CREATE TABLE chunks (row INTEGER PRIMARY KEY, page_row INTEGER)")

    pages.put(db, list(enumerate(chunks, start=1)))

    rows = [row for (row,) in db.execute("SELECT rowid FROM pages ORDER BY rowid")]
    assert rows == [1, 1 + pages.SECTION_CHUNKS, 1 + 2 * pages.SECTION_CHUNKS]
    db.close()
