"""A repair tells how far it is, can be stopped, and goes on."""

import shutil

import pytest
from builders_index import EMBEDDER, make_document, open_index, put_document
from fakes import Gauge

from rag.storage.workspace.care import REPAIR_BATCH

CHUNKS = REPAIR_BATCH + 40


def interrupt():
    raise KeyboardInterrupt


def opened(tmp_path):
    return open_index(tmp_path / "w")


@pytest.fixture
def lost(tmp_path):
    """Return a workspace of many chunks whose vectors are gone."""
    document = make_document(*[f"snow number {n}" for n in range(CHUNKS)])
    with opened(tmp_path) as index:
        put_document(index, document)
    shutil.rmtree(tmp_path / "w" / "vectors")
    return tmp_path


def test_a_repair_tells_how_much_there_is_and_what_is_done(lost):
    told = Gauge()
    with opened(lost) as index:
        assert index.repair(EMBEDDER.embed_documents, progress=told) == CHUNKS

    assert told.begun == [("Making vectors again", CHUNKS)]
    assert sum(told.steps) == CHUNKS


def test_a_repair_that_was_stopped_goes_on_where_it_was(lost):
    with opened(lost) as index:
        with pytest.raises(KeyboardInterrupt):
            index.repair(EMBEDDER.embed_documents, progress=Gauge(interrupt))
        assert index.vectors_lost

    with opened(lost) as index:
        assert index.repair(EMBEDDER.embed_documents) == CHUNKS - REPAIR_BATCH
        assert not index.vectors_lost
        assert index.check() == []
