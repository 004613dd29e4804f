"""Bytes that change in any file of a workspace: a clear message or a right answer, nothing lost."""

import itertools
import shutil

import pytest
from builders_spoilt import EMBEDDER, ask, fill, open_index, said, spoil

from rag.errors import PagelightError
from rag.storage.backups.salvage import salvage

SEEDS = 1
BYTES = 20
NOT_OURS = (
    "vectors/chroma.sqlite3",
    "data_level0.bin",
    "header.bin",
    "length.bin",
    "link_lists.bin",
)
"""Chroma's own files: it has no checksums, and what it makes of them is its own."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("whole") / "w"
    fill(workspace)
    return workspace


@pytest.fixture(scope="module")
def right(whole):
    with open_index(whole) as index:
        return said(index), ask(index)


def files(workspace):
    return [
        path.relative_to(workspace)
        for path in sorted(workspace.rglob("*"))
        if path.is_file() and path.stat().st_size and not str(path).endswith(NOT_OURS)
    ]


def told(work, workspace):
    """Return what work on the workspace gives; None where it ends in a sentence for a person."""
    try:
        with open_index(workspace) as index:
            return work(index)
    except PagelightError as error:
        sentence = str(error)
    assert "\n" not in sentence
    assert "elete" not in sentence  # nobody is told to delete what can be mended
    return None


def lost(kept, right):
    """Return what of `right` is not kept, letter by letter but for as many as were changed.

    Questions and names have no checksum: what changed there stands so. A row whose id changed may
    stand there twice.
    """
    return [
        (key, text)
        for key, texts in right.items()
        for text in texts
        if not any(alike(text, other) for other in kept.get(key, []))
    ]


def alike(one, other):
    letters = itertools.zip_longest("\0".join(one), "\0".join(other))
    return sum(a != b for a, b in letters) <= BYTES


def mend(workspace):
    salvage(workspace)
    with open_index(workspace) as index:
        index.repair(EMBEDDER.embed_documents)
        return index.check()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_bytes_that_change_lose_no_conversation_and_crash_nothing(whole, right, tmp_path, seed):
    for name in files(whole):
        workspace = tmp_path / name.name
        shutil.copytree(whole, workspace)
        spoil(workspace / name, seed, BYTES)

        found = told(ask, workspace)
        assert found is None or len(found) == 2, name
        told(lambda index: index.check(), workspace)

        assert [one for one in mend(workspace) if one.kind == "damaged"] == [], name
        with open_index(workspace) as index:
            assert lost(said(index), right[0]) == [], name
            if name.name != "ledger.sqlite":  # of that documents may be lost until the next ingest
                assert ask(index) == right[1], name
        shutil.rmtree(workspace)


@pytest.mark.parametrize("name", ["ledger.sqlite", "stamp.json"])
@pytest.mark.parametrize("left", [None, 100])
def test_a_file_that_is_gone_or_cut_short_loses_no_conversation(whole, right, tmp_path, name, left):
    workspace = tmp_path / "w"
    shutil.copytree(whole, workspace)
    if left is None:
        (workspace / name).unlink()
    else:
        (workspace / name).write_bytes((workspace / name).read_bytes()[:left])

    told(ask, workspace)
    mend(workspace)

    with open_index(workspace) as index:
        assert said(index) == right[0]
