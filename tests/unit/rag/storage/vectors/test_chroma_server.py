"""Vectors on a Chroma server: moved there and back, and every way in which it is not there."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from builders_index import EMBEDDER, make_document, open_index, put_document
from chroma_run import ChromaRun

from rag.errors import SettingsError, VectorServerError
from rag.storage.search.spaces import TextSpace
from rag.storage.vectors import chroma

VECTOR = EMBEDDER.embed_queries(["snow"])


def opened(folder, url):
    return open_index(folder, chroma_url=url)


def put_texts(index, *texts, source="a.txt"):
    document = make_document(*texts, name=source, source=source)
    return {chunk.id for chunk in put_document(index, document)}


def found(index):
    return {hit.chunk.id for hit in index.search_dense(VECTOR, k=20)}


def repair(index):
    return index.repair(EMBEDDER.embed_documents)


@pytest.fixture
def running(tmp_path):
    """Return a server of its own, to be stopped and started again."""
    server = ChromaRun(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def test_a_workspace_moves_to_a_server_and_back_and_is_whole_each_time(tmp_path, chroma_url):
    workspace = tmp_path / "w"
    with opened(workspace, "") as index:
        first = put_texts(index, "snow one")
    with opened(workspace, chroma_url) as index:
        assert index.check() == []
        second = put_texts(index, "snow two", source="b.txt")
        assert found(index) == first | second
        assert not (workspace / "vectors" / "chroma.sqlite3").exists()
    with opened(workspace, "") as index:
        assert found(index) == first | second
        assert index.check() == []


def test_a_repair_that_was_cut_off_goes_on_with_the_next_one(tmp_path, chroma_url, monkeypatch):
    monkeypatch.setattr("rag.storage.workspace.care.REPAIR_BATCH", 1)
    with opened(tmp_path / "w", "") as index:
        ids = put_texts(index, "snow one", "snow two", "snow three")
    shutil.rmtree(tmp_path / "w" / "vectors")
    calls = []

    def cut_off(texts):
        calls.append(texts)
        if len(calls) == 3:
            raise OSError("cut off")
        return EMBEDDER.embed_documents(texts)

    with opened(tmp_path / "w", chroma_url) as index:
        with pytest.raises(OSError, match="cut off"):
            index.repair(cut_off)
        assert index.vectors_lost

        assert repair(index) == 1
        assert not index.vectors_lost
        assert found(index) == ids


def test_two_workspaces_share_a_server_and_not_their_vectors(tmp_path, chroma_url):
    with opened(tmp_path / "1", chroma_url) as one, opened(tmp_path / "2", chroma_url) as two:
        ids = put_texts(one, "snow")
        put_texts(two, "snow")
        two.remove_sources(["a.txt"])

        assert found(one) == ids
        assert found(two) == set()


def test_a_server_that_went_away_is_told_and_what_is_stored_is_found_all_the_while(
    tmp_path, running
):
    with opened(tmp_path / "w", running.url) as index:
        ids = put_texts(index, "snow")
        running.stop()

        assert found(index) == ids  # in the copy of the rows
        with pytest.raises(VectorServerError, match=r"does not answer .* Start it"):
            put_texts(index, "rain", source="b.txt")
        with pytest.raises(VectorServerError, match="does not answer"):
            index.check()
        with pytest.raises(VectorServerError, match="does not answer"):
            repair(index)

        running.start()
        assert found(index) == ids
        ids |= put_texts(index, "snow and rain", source="b.txt")
        assert found(index) == ids
        assert index.check() == []


def test_a_server_that_lost_its_data_is_told_and_filled_again(tmp_path, chroma_url):
    with opened(tmp_path / "w", chroma_url) as index:
        ids = put_texts(index, "snow")
        assert found(index) == ids
        name = json.loads((tmp_path / "w" / "vectors" / "server.json").read_bytes())["collection"]
        client = chroma.connect(chroma_url)
        client.delete_collection(name)
        chroma.disconnect(client)

        with pytest.raises(VectorServerError, match="does not hold these vectors any more"):
            index.check()
        assert index.check() == []
        assert found(index) == ids


class Elsewhere(BaseHTTPRequestHandler):
    """A web server that is no Chroma."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Welcome</p>")

    def log_message(self, *_):
        """Say nothing."""


def test_an_address_of_something_else_is_told(tmp_path):
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{web.server_address[1]}"
        with (
            opened(tmp_path / "w", url) as index,
            pytest.raises(VectorServerError, match="is no Chroma server"),
        ):
            put_texts(index, "snow")
        web.shutdown()


@pytest.mark.parametrize("text", ["chroma", "ftp://host", "http://", "http://h:x", "http://h?a=b"])
def test_what_is_no_address_is_refused_at_once(tmp_path, text):
    with pytest.raises(SettingsError, match="RAG_CHROMA_URL"):
        opened(tmp_path / "w", text)
    opened(tmp_path / "w", "").close()  # and the workspace is free


def test_other_models_are_forgotten_on_the_server_too(tmp_path, chroma_url):
    with opened(tmp_path / "w", chroma_url) as index:
        chunks = index.chunks(sorted(put_texts(index, "snow")))
        row = np.ones((1, 4), dtype=np.float32) / 2
        old = index.space(TextSpace, model_id="old", dim=4)
        old.put({chunks[0].id: row[0]}, chunks)
        new = index.space(TextSpace, model_id="new", dim=4)
        new.put({chunks[0].id: row[0]}, chunks)

        new.keep_only_this()

        assert new.missing() == []
        with pytest.raises(VectorServerError, match="does not hold"):
            old.missing()
        old.close()
        new.close()
