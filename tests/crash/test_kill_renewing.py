"""Killed while another version reads documents again: each is of one version, none is lost."""

import random
import signal

import pytest
from crash.crash_child import open_index
from crash.forks import forking
from crash.renewing_child import VersionReader, renew
from crash.test_kill import SEED, WORDS, chunk_texts, content

from ingest.discovery.discover import identify, scan
from rag.settings import Settings

KILLED_AT = {"2": 3, "3": 2}
"""The call of the embedder at which the ingest of each version dies: at the third, what the first
embedded is stored."""


@pytest.fixture(scope="module")
def forks():
    with forking("renewing_child.py") as forks:
        yield forks


def write_files(folder, rng):
    for n in range(12):
        lines = [" ".join(rng.choices(WORDS, k=110)) for _ in range(40)]
        scanned = ["SCAN"] if n % 3 == 0 else []
        (folder / f"{n:02}.txt").write_text("\n".join([*lines, *scanned]))


def whole_texts(folder, version):
    """Return the chunk texts of each document, its lettering read, by its id."""
    reader = VersionReader(version)
    right = {}
    for found in scan(folder)[0]:
        file = identify(found, settings=Settings())
        read = reader.letter(reader.parse(file), file, on_page=lambda _: None, cache={})
        right[read.id] = chunk_texts(read)
    return right


def test_killed_while_renewing_each_document_is_whole_and_the_next_ingest_goes_on(tmp_path, forks):
    folder, workspace, version = (tmp_path / name for name in ("folder", "workspace", "version"))
    folder.mkdir()
    write_files(folder, random.Random(SEED))
    version.write_text("1 0")
    renew(folder, workspace)
    right = [whole_texts(folder, "1")]

    mixed = []
    for name, dies_at in KILLED_AT.items():
        version.write_text(f"{name} {dies_at}")
        right.append(whole_texts(folder, name))
        forks.start(folder, workspace)
        assert forks.wait() == signal.SIGKILL
        with open_index(workspace, version=name) as index:
            mixed.append(0 < len(index.outdated()) < len(right[0]))
            for doc_id in right[0]:
                texts = [chunk.text for chunk in index.chunks_of(doc_id)]
                assert texts in [former[doc_id] for former in right]
            assert index.check() == []

    version.write_text(f"{name} 0")
    renew(folder, workspace)
    renew(folder, tmp_path / "uninterrupted")
    with (
        open_index(workspace, version=name) as killed,
        open_index(tmp_path / "uninterrupted", version=name) as whole,
    ):
        assert killed.outdated() == frozenset()
        assert content(killed) == content(whole)
    assert mixed[0]
