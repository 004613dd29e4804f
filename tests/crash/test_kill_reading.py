"""Killed while another text model reads: the old space answers, the rest is read later."""

from crash.crash_child import ingest, open_index
from crash.forks import killed_after
from crash.reading_child import Another, meaning_of
from fakes import FakeEmbedder

from rag.datamodel import Query
from rag.retrieval.model_search import EMBEDDED_AT_ONCE

BATCHES = 4
PASSAGES = BATCHES * EMBEDDED_AT_ONCE


def test_killed_while_reading_the_old_space_answers_and_the_rest_is_read_later(tmp_path):
    folder, workspace = tmp_path / "folder", tmp_path / "workspace"
    folder.mkdir()
    for n in range(PASSAGES):
        (folder / f"{n:03}.txt").write_text(f"Passage number {n} of the snow.", encoding="utf-8")
    ingest(folder, workspace)
    assert "" not in killed_after(2, "reading_child.py", workspace)[:2]
    with open_index(workspace) as index:
        meaning = meaning_of(index, Another())
        meaning.warm()
        assert meaning.find(Query(text="snow"), k=5) is None
        assert len(index.search_dense(FakeEmbedder().embed_queries(["snow"]), k=5)) == 5
        assert index.check() == []
        meaning.close()

    with open_index(workspace) as index:
        meaning = meaning_of(index, Another())
        left = meaning.catch_up()
        found = meaning.find(Query(text="snow"), k=1000)
        meaning.close()
    assert 0 < left < PASSAGES
    assert len({hit.chunk.id for hit in found}) == len(found) == PASSAGES
