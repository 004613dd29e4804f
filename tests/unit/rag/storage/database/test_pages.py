"""Pages as units of search: gathered, and scored with their chunks."""

import sqlite3

from builders_index import make_document, open_index, put_document

from rag.datamodel import Chunk
from rag.storage.database import pages


def test_a_page_that_says_more_of_the_question_lifts_its_chunks(tmp_path):
    with open_index(tmp_path / "w") as index:
        for name, title in {"museum": "price list", "station": "train times"}.items():
            texts = (title, "entry five francs")
            put_document(index, make_document(*texts, source=f"{name}.txt", name=name))

        found = [hit.chunk.source for hit in index.search_lexical("price of entry", k=2)]

    assert found == ["museum.txt", "museum.txt"]


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
