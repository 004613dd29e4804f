"""A Chroma server that is killed amid an ingest, and started again: nothing lost, nothing twice."""

import pytest
from chroma_run import ChromaRun
from fakes import FakeEmbedder, FakeReader

from ingest.chunking.chunker import CHUNKER_VERSION, chunk_document
from ingest.run.pipeline import Ingest
from rag.errors import VectorServerError
from rag.index.workspace.store import WorkspaceIndex
from rag.settings import Settings

EMBEDDER = FakeEmbedder()
FILES = 60
QUERY = EMBEDDER.embed_queries(["snow on the ridge"])


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
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


def ingested(folder, workspace, url, *, on_stored=lambda: None):
    """Read the folder; `on_stored` is called once, when the first documents are stored."""
    waiting = [on_stored]

    def on_progress(progress):
        if progress.stage == "reading" and progress.files_done and waiting:
            assert progress.files_done < FILES
            waiting.pop()()

    reading = FakeReader()
    with opened(workspace, url) as index:
        ingest = Ingest(
            index, EMBEDDER, chunk_document, reading.parse, reading.letter, Settings(ocr=False)
        )
        report = ingest.run(folder, on_progress=on_progress)
    assert not waiting
    return {file.source: file.state for file in report.files}


def opened(workspace, url):
    return WorkspaceIndex.open(
        workspace,
        model_id=EMBEDDER.model_id,
        dim=EMBEDDER.dim,
        chunker_version=CHUNKER_VERSION,
        chroma_url=url,
    )


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
    return sorted(index_files(passages)), sorted(passages), dict(near), len(near)


def index_files(passages):
    return {source for _, source, _ in passages}


@pytest.fixture
def undisturbed(folder, tmp_path, server):
    ingested(folder, tmp_path / "undisturbed", server.url)
    files, passages, near, count = stored(tmp_path / "undisturbed", server.url)
    assert len(files) == FILES
    assert count == len(near) == len(passages)
    return files, passages, pytest.approx(near), count


def test_a_server_that_stays_off_ends_the_run_and_the_next_goes_on(
    folder, tmp_path, server, undisturbed
):
    workspace = tmp_path / "workspace"
    with pytest.raises(VectorServerError, match=server.url):
        ingested(folder, workspace, server.url, on_stored=server.stop)
    server.start()

    states = ingested(folder, workspace, server.url)

    assert set(states.values()) == {"ready", "unchanged"}  # it went on, and began not anew
    assert stored(workspace, server.url) == undisturbed


def test_a_server_that_is_started_anew_amid_the_run_loses_nothing(
    folder, tmp_path, server, undisturbed
):
    workspace = tmp_path / "workspace"

    def restart():
        server.stop()
        server.start()

    states = ingested(folder, workspace, server.url, on_stored=restart)

    assert set(states.values()) == {"ready"}
    assert stored(workspace, server.url) == undisturbed
