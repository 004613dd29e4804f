"""A repair tells how far it is, can be stopped, and goes on."""

import shutil

import pytest
from builders_index import EMBEDDER, make_document, open_index, put_document

from pagelight.cli.display import StepDisplay
from rag.storage.workspace.health import REPAIR_BATCH

CHUNKS = REPAIR_BATCH + 40


class Told:
    """Keeps what a gauge is told; stops the work after `most` steps."""

    def __init__(self, most=10**9):
        self.began, self.done, self._most = [], 0, most

    def begin(self, what, total):
        self.began.append((what, total))

    def advance(self, count=1):
        self.done += count
        if self.done >= self._most:
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
    told = Told()
    with opened(lost) as index:
        assert index.repair(EMBEDDER.embed_documents, progress=told) == CHUNKS

    assert told.began == [("Making vectors again", CHUNKS)]
    assert told.done == CHUNKS


def test_a_repair_that_was_stopped_goes_on_where_it_was(lost):
    with opened(lost) as index:
        with pytest.raises(KeyboardInterrupt):
            index.repair(EMBEDDER.embed_documents, progress=Told(most=1))
        assert index.vectors_lost

    with opened(lost) as index:
        assert index.repair(EMBEDDER.embed_documents) == CHUNKS - REPAIR_BATCH
        assert not index.vectors_lost
        assert index.check() == []


def stop_amid(display):
    with display:
        display.begin("Making vectors again", 500)
        display.advance(256)
        raise KeyboardInterrupt


def test_a_repair_that_a_person_stops_says_how_far_it_came(capsys):
    with pytest.raises(KeyboardInterrupt):
        stop_amid(StepDisplay("Checking"))

    told = capsys.readouterr().err
    assert told == "Stopped after 256 of 500. The same command goes on from there.\n"
