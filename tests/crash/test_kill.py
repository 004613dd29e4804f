"""A real process, killed at random moments of ingests: nothing is lost, doubled or halved."""

import os
import random
from pathlib import Path

import pytest
from crash.crash_child import ingest, open_index
from crash.forks import forking
from fakes import FakeEmbedder, FakeReader

from ingest.chunking.chunker import chunk_document
from ingest.discovery.discover import identify, scan
from rag.errors import WorkspaceBusyError
from rag.settings import Settings

ROUNDS = 6
SEED = 2026
WORDS = "snow rain hail wind fog ice sun cloud storm frost dew thaw".split()


@pytest.fixture(scope="module")
def forks():
    with forking("crash_child.py") as forks:
        yield forks


def write_some(folder, rng):
    """Write, change and remove a few files, as a person might between two runs."""
    for _ in range(16):
        path = folder / f"{rng.randrange(30):02}.txt"
        lines = [" ".join(rng.choices(WORDS, k=200)) for _ in range(rng.randrange(4, 12))]
        path.write_text("\n".join([*lines, *rng.sample(["SCAN", "BROKEN", ""], 1)]))
    rng.choice(sorted(folder.iterdir())).unlink()


def expected_texts(folder):
    """Return, by document id, the chunk texts that are right: after the first or both passes."""
    reader = FakeReader()
    right = {}
    for found in scan(folder)[0]:
        file = identify(found, settings=Settings())
        if "BROKEN" not in Path(file.path).read_text().splitlines():
            read = reader.parse(file)
            lettered = reader.letter(read, file, on_page=lambda _: None, cache={})
            right[read.id] = [chunk_texts(read), chunk_texts(lettered)]
    return right


def chunk_texts(document):
    embedder = FakeEmbedder()
    chunks = chunk_document(
        document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
    )
    return [chunk.text for chunk in chunks]


def check_nothing_is_half(index, right):
    for record in index.documents():
        if record.state == "ready":
            texts = [chunk.text for chunk in index.chunks_of(record.id)]
            assert texts in right[record.id]
    assert index.check() == []


def content(index):
    """Return all that an index holds, in a form that two indexes can be compared by."""
    return {
        "documents": [(r.id, r.sources, r.state, r.reason, r.pending) for r in index.documents()],
        "chunks": {r.id: index.chunks_of(r.id) for r in index.documents() if r.id},
        "lexical": {
            word: sorted(hit.chunk.id for hit in index.search_lexical(word, k=10**6))
            for word in WORDS
        },
        "dense": sorted(
            hit.chunk.id
            for hit in index.search_dense(FakeEmbedder().embed_queries(["snow"]), k=10**4)
        ),
    }


def test_killed_ingests_end_as_an_uninterrupted_one(tmp_path, forks):
    rng = random.Random(SEED)
    folder, workspace = tmp_path / "folder", tmp_path / "workspace"
    folder.mkdir()
    write_some(folder, rng)
    right = expected_texts(folder)
    whole_s = forks.timed(folder, tmp_path / "timed")

    met = 0
    for _ in range(ROUNDS):
        is_met = forks.kill_after(rng.uniform(0.2, 1.0) * whole_s, folder, workspace)
        met += is_met
        whole_s *= 1 if is_met else 0.8  # the machine was busier while it was timed
        with open_index(workspace) as index:
            check_nothing_is_half(index, right)
        write_some(folder, rng)
        right |= expected_texts(folder)

    ingest(folder, workspace)
    ingest(folder, tmp_path / "uninterrupted")
    with open_index(workspace) as killed, open_index(tmp_path / "uninterrupted") as whole:
        assert content(killed) == content(whole)
        assert killed.check() == []
    assert met >= ROUNDS // 2


def test_a_second_process_is_refused(tmp_path, forks):
    (tmp_path / "folder").mkdir()
    with open_index(tmp_path / "workspace") as index:
        forks.start(tmp_path / "folder", tmp_path / "workspace")
        assert forks.wait() != 0

        with pytest.raises(WorkspaceBusyError, match=f"process {os.getpid()}"):
            open_index(tmp_path / "workspace")
        assert index.documents() == []
