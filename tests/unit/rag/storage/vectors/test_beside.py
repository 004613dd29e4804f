"""Vectors that one process writes and another reads, as if each were a process of its own."""

import numpy as np
import pytest

from rag.errors import WorkspaceBusyError
from rag.storage.vectors.vectors import VectorStore

DIM = 8


def unit(number):
    row = np.random.default_rng(number).standard_normal(DIM).astype(np.float32)
    return row / np.linalg.norm(row)


def rows(*numbers):
    return {f"chunk-{n}": unit(n) for n in numbers}


@pytest.fixture
def writer(tmp_path):
    store = VectorStore(tmp_path / "vectors", model_id="m", dim=DIM)
    yield store
    store.close()


@pytest.fixture
def reader(tmp_path):
    store = VectorStore(tmp_path / "vectors", model_id="m", dim=DIM, ours=lambda: False)
    yield store
    store.close()


def found(store, number, k=3):
    return [key for key, _ in store.search(unit(number).reshape(1, -1), k=k)]


def test_what_is_deleted_or_written_anew_is_so_beside_it(writer, reader):
    writer.upsert(rows(*range(100)))
    assert found(reader, 7)[0] == "chunk-7"
    writer.delete([f"chunk-{n}" for n in range(0, 60, 2)])
    writer.upsert({"chunk-7": unit(1000), "chunk-0": unit(7)})

    assert found(reader, 7)[0] == "chunk-0"
    for number in (*range(100), 1000):
        assert reader.search(unit(number).reshape(1, -1), k=9) == writer.search(
            unit(number).reshape(1, -1), k=9
        )
    assert reader.ids() == writer.ids()
    assert reader.rows(["chunk-7"])["chunk-7"].tolist() == unit(1000).tolist()


def test_what_is_written_anew_as_a_whole_is_read_anew(writer, reader):
    writer.upsert(rows(*range(50)))
    found(reader, 1)
    writer.delete([f"chunk-{n}" for n in range(40)])
    writer.compact()
    writer.upsert(rows(60))

    assert found(reader, 60) == found(writer, 60)
    assert reader.ids() == writer.ids()


def test_who_reads_writes_nothing(writer, reader):
    writer.upsert(rows(1, 2))

    with pytest.raises(WorkspaceBusyError):
        reader.upsert(rows(3))
    with pytest.raises(WorkspaceBusyError):
        reader.delete(["chunk-1"])
    reader.destroy()
    assert found(writer, 1, k=1) == ["chunk-1"]
