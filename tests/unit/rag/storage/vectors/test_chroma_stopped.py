"""A Chroma server that is killed amid an ingest, and started again: nothing lost, nothing twice."""

from itertools import count

import pytest
from builders_index import EMBEDDER, open_index
from builders_ui import wait
from chroma_run import ChromaRun
from fakes import FakeReader, MadeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from rag.errors import VectorServerError
from rag.settings import Settings

FILES = 60
AMID = 40
QUERY = EMBEDDER.embed_queries(["snow on the ridge"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("folder")
    for number in range(FILES):
        days = (f"Day {day} of hut {number}: snow." for day in range(5))
        (folder / f"{number:02}.txt").write_text("\n".join(days))
    return folder


@pytest.fixture
def server(tmp_path):
    server = ChromaRun(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def ingested(folder, workspace, url, *, disturb=None):
    """Read the folder; it is disturbed once, while documents are stored: some are, and not all."""
    read = count(1)
    with opened(workspace, url) as index:

        def parse(file):
            if next(read) == AMID and disturb is not None:
                wait(index.documents)
                assert len(index.documents()) < FILES
                disturb()
            return FakeReader().parse(file)

        ingest = Ingest(index, EMBEDDER, MadeReader(parse), Settings())
        report = ingest.run(folder, on_progress=lambda _: None)
    return {file.source: file.state for file in report.files}


def opened(workspace, url):
    return open_index(workspace, chunker_version=CHUNKER_VERSION, chroma_url=url)


def stored(workspace, url):
    """Return the documents, their passages, and how near each is to a question."""
    with opened(workspace, url) as index:
        assert index.check() == []
        passages = [
            (chunk.id, chunk.source, chunk.text)
            for record in index.documents()
            for chunk in index.chunks_of(record.id)
        ]
        near = [(hit.chunk.id, hit.score) for hit in index.search_dense(QUERY, k=1000)]
    files = sorted({source for _, source, _ in passages})
    return files, sorted(passages), dict(near), len(near)


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    """Return what an ingest ends with that no server disturbs: its vectors lie in the workspace."""
    workspace = tmp_path_factory.mktemp("undisturbed")
    ingested(folder, workspace, "")
    files, passages, near, found = stored(workspace, "")
    assert len(files) == FILES
    assert found == len(near) == len(passages)
    return files, passages, pytest.approx(near), found


def test_a_server_that_stays_off_ends_the_run_and_the_next_goes_on(
    folder, tmp_path, server, undisturbed
):
    workspace = tmp_path / "workspace"
    with pytest.raises(VectorServerError, match=server.url):
        ingested(folder, workspace, server.url, disturb=server.stop)
    server.start()

    states = ingested(folder, workspace, server.url)

    assert set(states.values()) == {"ready", "unchanged"}  # it went on, and began not anew
    assert stored(workspace, server.url) == undisturbed
