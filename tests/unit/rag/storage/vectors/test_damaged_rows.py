"""Rows of vectors beside the writer, and bytes that change: what is found stays right."""

import random
from contextlib import closing

import numpy as np
import pytest

from rag.errors import WorkspaceBusyError
from rag.storage.vectors.vectors import VectorStore

DIM = 8
COUNT = 40


def unit(number):
    row = np.random.default_rng(number).standard_normal(DIM).astype(np.float32)
    return row / np.linalg.norm(row)


def opened(folder):
    return closing(VectorStore(folder, model_id="m", dim=DIM))


def found(store):
    asked = unit(7).reshape(1, -1)
    return (
        [key for key, _ in store.search(asked, k=COUNT)],
        sorted(store.cosines(asked, [f"chunk-{n}" for n in range(COUNT)])),
        sorted(store.ids()),
        {key: row.tolist() for key, row in store.rows(["chunk-1", "chunk-39"]).items()},
    )


@pytest.fixture
def folder(tmp_path):
    with opened(tmp_path / "vectors") as store:
        store.upsert({f"chunk-{n}": unit(n) for n in range(COUNT)})
        store.delete(["chunk-3"])
        store.upsert({"chunk-3": unit(3)})
    return tmp_path / "vectors"


def spoil(path, seed):
    """Change twenty bytes anywhere among those that are in use."""
    rng = random.Random(seed)
    data = bytearray(path.read_bytes())
    used = len(data.rstrip(b"\0")) or 1
    for _ in range(20):
        data[rng.randrange(used)] = rng.randrange(256)
    path.write_bytes(data)


def row_files(folder):
    (rows,) = folder.glob("rows-*")
    return sorted(path for path in rows.iterdir() if path.is_file())


@pytest.mark.parametrize("seed", range(4))
def test_what_is_found_stays_right_whatever_bytes_change(folder, seed):
    with opened(folder) as store:
        right = found(store)

    for path in row_files(folder):
        spoil(path, seed)
        with opened(folder) as store:
            assert found(store) == right, path.name
    with opened(folder) as store:
        assert found(store) == right


def test_a_copy_that_is_gone_or_zeros_is_made_again(folder):
    with opened(folder) as store:
        right = found(store)
    (path,) = folder.glob("rows-*/rows.log")
    for spoilt in (b"", bytes(path.stat().st_size), path.read_bytes()[:100]):
        path.write_bytes(spoilt)
        with opened(folder) as store:
            assert found(store) == right


def test_who_reads_beside_the_writer_meets_no_crash(folder):
    for path in row_files(folder):
        spoil(path, 1)
    beside = VectorStore(folder, model_id="m", dim=DIM, ours=lambda: False)
    with closing(beside) as store:
        found(store)


def test_a_write_that_was_cut_off_is_undone_in_chroma(folder):
    """As where the program ends before the rows, or their mark, are written."""
    mark, (log,) = folder / "written", folder.glob("rows-*/rows.log")
    before = mark.read_bytes(), log.read_bytes()
    with opened(folder) as store:
        right = found(store)
        store.upsert({"new": unit(1000)})
        store.delete(["chunk-5", "chunk-6"])
    mark.write_bytes(before[0])
    log.write_bytes(before[1])

    with opened(folder) as store:
        store.delete(["nothing"])
        assert found(store) == right
    log.write_bytes(b"")  # Chroma has the same
    with opened(folder) as store:
        assert found(store) == right


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


def nearest(store, number, k=3):
    return [key for key, _ in store.search(unit(number).reshape(1, -1), k=k)]


def test_what_is_deleted_or_written_anew_is_so_beside_it(writer, reader):
    writer.upsert(rows(*range(100)))
    assert nearest(reader, 7)[0] == "chunk-7"
    writer.delete([f"chunk-{n}" for n in range(0, 60, 2)])
    writer.upsert({"chunk-7": unit(1000), "chunk-0": unit(7)})

    assert nearest(reader, 7)[0] == "chunk-0"
    for number in (*range(100), 1000):
        assert reader.search(unit(number).reshape(1, -1), k=9) == writer.search(
            unit(number).reshape(1, -1), k=9
        )
    assert reader.ids() == writer.ids()
    assert reader.rows(["chunk-7"])["chunk-7"].tolist() == unit(1000).tolist()


def test_what_is_written_anew_as_a_whole_is_read_anew(writer, reader):
    writer.upsert(rows(*range(50)))
    nearest(reader, 1)
    writer.delete([f"chunk-{n}" for n in range(40)])
    writer.compact()
    writer.upsert(rows(60))

    assert nearest(reader, 60) == nearest(writer, 60)
    assert reader.ids() == writer.ids()


def test_who_reads_writes_nothing(writer, reader):
    writer.upsert(rows(1, 2))

    with pytest.raises(WorkspaceBusyError):
        reader.upsert(rows(3))
    with pytest.raises(WorkspaceBusyError):
        reader.delete(["chunk-1"])
    reader.destroy()
    assert nearest(writer, 1, k=1) == ["chunk-1"]
