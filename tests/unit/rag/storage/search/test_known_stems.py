"""The stems of documents are as new as these, and of what came only that is read."""

import pytest
from builders_index import make_chunks, make_document

from rag.storage.database import catalog
from rag.storage.database.ledger import Ledger
from rag.storage.search.frequencies import Stemmer
from rag.storage.search.known_stems import MOST_ADDED, KnownStems


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def stems(ledger):
    stemmer = Stemmer()
    known = KnownStems(stemmer)
    yield lambda: read(ledger, known)
    stemmer.close()


def read(ledger, known):
    """Return the stems, and whether the index of all words was read for them."""
    looked: list[str] = []
    with ledger.read() as db:
        db.set_trace_callback(looked.append)
        found = known.of(db)
        db.set_trace_callback(None)
    assert found.all == {stem for some in found.by_shape.values() for stem in some}
    return set(found.all), any("FROM vocabulary" in query for query in looked)


def put(ledger, *texts):
    document = make_document(*texts, name=texts[0])
    with ledger.write() as db:
        catalog.put_document(db, document, make_chunks(document), chunker_version="1")
    return document


def delete(ledger, document):
    with ledger.write() as db:
        db.execute("DELETE FROM documents WHERE id = ?", (document.id,))


def test_what_came_is_read_alone(ledger, stems):
    assert stems() == (set(), False)
    put(ledger, "glacier", "glaciers melting")
    assert stems() == ({"glacier", "melt"}, True)
    assert stems() == ({"glacier", "melt"}, False)

    put(ledger, "glacier huts", "the 3rd road")

    assert stems() == ({"glacier", "melt", "hut", "the", "road"}, False)


def test_all_are_read_again_where_nothing_is_left_of_what_was_read_or_much_came(ledger, stems):
    gone = put(ledger, "glacier")
    stems()
    delete(ledger, gone)
    put(ledger, "meadow")
    assert stems() == ({"meadow"}, True)
    with ledger.write() as db:
        far = db.execute("SELECT max(row) FROM chunks").fetchone()[0] + MOST_ADDED + 1
        db.execute(
            "INSERT INTO chunks (row, id, doc_row, ordinal, embedded, body)"
            " SELECT ?, 'far', doc_row, 1, '', '' FROM chunks LIMIT 1",
            (far,),
        )
    assert stems() == ({"meadow"}, True)
