"""Vectors by id: what goes in comes out, in both ways of searching."""

from contextlib import closing

import numpy as np
import pytest

from rag.errors import WorkspaceError
from rag.storage.vectors.vectors import VectorStore


def unit(*numbers):
    row = np.array(numbers, dtype=np.float32)
    return row / np.linalg.norm(row)


@pytest.fixture(params=["folder", "server"])
def opened(request, tmp_path):
    """Return what opens a store, its vectors in a folder or on a server."""
    server = request.getfixturevalue("chroma_url") if request.param == "server" else ""

    def opened(model_id="m"):
        return VectorStore(tmp_path / "vectors", model_id=model_id, dim=3, server=server)

    return opened


@pytest.fixture
def store(opened):
    store = opened()
    yield store
    store.close()


def test_what_was_stored_is_there_after_reopening(opened, store):
    store.upsert({f"{n}": unit(1, n, 0) for n in range(30)})
    store.close()
    again = opened()

    assert again.ids() == {f"{n}" for n in range(30)}
    again.close()


def test_two_models_do_not_share_a_space(tmp_path):
    store = VectorStore(tmp_path / "vectors", model_id="m", dim=3)
    store.upsert({"x": unit(1, 0, 0)})
    other = VectorStore(tmp_path / "vectors", model_id="other", dim=3)

    assert other.ids() == set()
    store.close()
    other.close()


def test_what_is_long_to_open_is_opened_before_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.storage.vectors.vectors.SLOW_TO_OPEN", 1)
    with closing(VectorStore(tmp_path, model_id="m", dim=3)) as store:
        store.prepare()
        assert not store.exists()
        store.upsert({"a": unit(1, 0, 0), "b": unit(0, 1, 0)})
    with closing(VectorStore(tmp_path, model_id="m", dim=3)) as store:
        store.prepare()
        store.upsert({"c": unit(0, 0, 1)})
        assert store.ids() == {"a", "b", "c"}
    store.prepare()  # closed: nothing is opened again

    (tmp_path / "chroma.sqlite3").write_bytes(b"damage " * 5000)
    with closing(VectorStore(tmp_path, model_id="m", dim=3)) as store:
        store.prepare()
        with pytest.raises(WorkspaceError, match="can't be read"):
            store.upsert({"d": unit(1, 1, 0)})
