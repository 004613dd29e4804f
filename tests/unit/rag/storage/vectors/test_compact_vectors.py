"""Chroma keeps the place of deleted vectors; writing it anew gives it back, and loses none."""

import shutil

import numpy as np
import pytest

from rag.storage.vectors.vectors import VectorStore

DIM = 192


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Return a folder of 3,000 vectors of which 1,000 are left, and these."""
    folder = tmp_path_factory.mktemp("workspace") / "vectors"
    rows = np.random.default_rng(0).standard_normal((3000, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = {f"{n:04}": row for n, row in enumerate(rows)}
    store = open_store(folder)
    store.upsert(vectors)
    assert not store.is_wasteful()
    store.delete([key for key in vectors if int(key) % 3])
    store.close()
    return folder, {key: row for key, row in vectors.items() if not int(key) % 3}


@pytest.fixture
def folder(filled, tmp_path):
    return shutil.copytree(filled[0], tmp_path / "vectors")


def open_store(folder):
    return VectorStore(folder, model_id="m", dim=DIM)


def disk_bytes(folder):
    return sum(path.stat().st_size for path in folder.rglob("*"))


def test_the_disk_space_of_deleted_vectors_is_given_back(filled, folder):
    store, before = open_store(folder), disk_bytes(folder)
    assert store.is_wasteful()

    store.compact()

    assert not store.is_wasteful()
    assert disk_bytes(folder) < before * 0.6
    assert store.ids() == set(filled[1])
    assert store.search(filled[1]["0003"][None], k=1)[0][0] == "0003"
    store.upsert({"new": filled[1]["0003"]})
    store.close()
    assert [path.name for path in folder.parent.iterdir()] == ["vectors"]
    again = open_store(folder)
    assert again.ids() == {*filled[1], "new"}
    again.close()


def cut_in_the_file(folder):
    (rows,) = folder.glob("rows-*")
    rows.rename(rows.with_suffix(".new"))


def cut_in_chroma(folder):
    (folder / "chroma.sqlite3").unlink()
    for file in folder.glob("*/data_level0.bin"):
        shutil.rmtree(file.parent)


def spoilt_chroma(folder):
    (folder / "chroma.sqlite3").write_bytes(b"broken" * 1000)


@pytest.mark.parametrize("cut", [cut_in_the_file, cut_in_chroma, spoilt_chroma])
def test_cut_anywhere_no_vector_is_lost(filled, folder, cut):
    cut(folder)
    store = open_store(folder)

    assert store.search(filled[1]["0003"][None], k=1)[0][0] == "0003"
    store.compact()
    store.upsert({"new": filled[1]["0003"]})
    assert store.ids() == {*filled[1], "new"}
    store.close()
