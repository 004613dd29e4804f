"""The door of a chat: which of Gradio's paths are reached, with which files; and their room."""

import json
import os

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from pagelight.server.middleware.gradio_guard import KEPT_S, MEGABYTE, GradioGuard, Uploads
from rag.errors import LimitError

ADDRESSES = ("http://example.com/a.png", "https://10.0.0.1/", "HTTP://example.com", "file:///etc/a")


@pytest.fixture
def uploads(tmp_path):
    (tmp_path / "uploads" / "ann" / "hash").mkdir(parents=True)
    return Uploads(tmp_path / "uploads" / "ann", quota_mb=1)


@pytest.fixture
def mine(uploads):
    path = uploads.folder / "hash" / "snow.png"
    path.write_bytes(b"a picture")
    return path


@pytest.fixture
def reached():
    return []


@pytest.fixture
def client(uploads, reached):
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
    async def anything(path: str, request: Request):
        reached.append(path)
        return {"body": (await request.body()).decode()}

    return TestClient(GradioGuard(app, uploads), base_url="http://127.0.0.1")


@pytest.mark.parametrize(
    "path", ["config", "assets/index.js", "gradio_api/info", "gradio_api/queue/data?session_hash=a"]
)
def test_what_the_page_needs_is_reached(client, reached, path):
    assert client.get(f"/{path}").status_code == 200
    assert reached == [path.partition("?")[0]]


@pytest.mark.parametrize("path", ["/", "/c/00c0ffee00c0ffee", "/?x=1", "/?c=other"])
def test_the_page_is_at_the_address_of_each_conversation(client, reached, path):
    assert client.get(path, follow_redirects=False).status_code == 200
    assert reached == [""]


@pytest.mark.parametrize(
    "path",
    [
        *("/c/", "/c/xyz", "/c/00c0ffee00c0ffee/", "/c/00C0FFEE00C0FFEE"),
        "/gradio_api/proxy=http://example.com",
        "/gradio_api/file/a",
        "/gradio_api/deep_link",
        "/gradio_api/vibe-code",
        "/gradio_api/stream/a/b/1/playlist.m3u8",
        "/gradio_api/custom_component/a/client/b/c",
        "/gradio_api/token",
        "/gradio_api/runs",
        "/monitoring",
        "/login",
        "/gradio_api/whatever-comes-next",
    ],
)
def test_all_else_of_gradio_and_what_is_no_conversation_is_not_there(client, reached, path):
    assert client.get(path).status_code == 404
    assert client.post(path, json={}).status_code == 404
    assert reached == []


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/component_server", "/gradio_api/stream/a", "/config", "/c/00c0ffee00c0ffee"],
)
def test_messages_go_to_the_queue_and_the_endpoints_alone(client, reached, path):
    assert client.post(path, json={}).status_code == 404
    assert client.put("/gradio_api/queue/join", json={}).status_code == 404
    assert reached == []


def test_a_file_is_an_upload_of_ones_own(client, uploads, mine, reached):
    link = uploads.folder / "hash" / "link.png"
    link.symlink_to("/etc/passwd")
    other = uploads.folder.parent / "bob" / "hash" / "secret.png"
    beside = uploads.folder / ".." / "bob" / "secret.png"

    assert client.get(f"/gradio_api/file={mine}").status_code == 200
    for name in (
        *ADDRESSES,
        other,
        beside,
        link,
        "/etc/passwd",
        "snow.png",
        "/a%00b",
        "/" + "a" * 5000,
    ):
        assert client.get(f"/gradio_api/file={name}").status_code == 403, name
    assert len(reached) == 1


def message(path):
    file = {"path": str(path), "meta": {"_type": "gradio.FileData"}}
    return {"data": [{"text": "How deep?", "files": [file]}, "", None], "fn_index": 1}


@pytest.mark.parametrize("to", ["queue/join", "call/ask", "run/search"])
def test_a_message_names_no_address_and_no_file_of_the_machine(client, mine, reached, to):
    refused = [*ADDRESSES, "/etc/passwd", "relative.png", f"{mine.parent}/../../../../etc/passwd"]
    told = client.post(f"/gradio_api/{to}", json=message(mine))

    assert json.loads(told.json()["body"]) == message(mine)
    for path in refused:
        assert client.post(f"/gradio_api/{to}", json=message(path)).status_code == 400, path
    for odd in (7, True, ["http://example.com"], {"path": "http://example.com"}):
        body = {"data": [{"path": odd}]}
        assert client.post(f"/gradio_api/{to}", json=body).status_code == 400
    assert len(reached) == 1


def test_what_two_parsers_could_read_in_two_ways_is_read_once(client, mine):
    body = f'{{"data": [{{"path": "http://example.com", "path": "{mine}"}}]}}'
    told = client.post("/gradio_api/queue/join", content=body)

    assert told.json()["body"] == json.dumps({"data": [{"path": str(mine)}]})


def test_a_message_has_a_form(client, reached):
    deep = "[" * 100_000

    assert client.post("/gradio_api/queue/join", content="no json").status_code == 400
    assert client.post("/gradio_api/queue/join", content=deep).status_code == 400
    assert reached == []


def put(uploads, name, size_bytes, *, age_s):
    path = uploads.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size_bytes)
    at = path.stat().st_mtime - age_s
    os.utime(path, (at, at))
    return path


def test_the_oldest_uploads_make_room_for_the_next(client, uploads):
    paths = [put(uploads, f"{n}/a.png", 300_000, age_s=-n) for n in range(3)]
    answer = client.post("/gradio_api/upload", content=b"x" * 400_000)

    assert answer.status_code == 200
    assert [path.exists() for path in paths] == [False, True, True]


def test_an_upload_beyond_the_quota_is_refused_in_words(client, reached):
    answer = client.post("/gradio_api/upload", content=b"x" * (MEGABYTE + 1))
    untold = client.post("/gradio_api/upload", content=iter([b"x"]))

    assert (answer.status_code, untold.status_code) == (413, 411)
    assert "More than 1 MB of files at once." in answer.json()["detail"]
    assert reached == []


def test_uploads_at_the_same_time_share_the_quota_and_leave_no_parts(uploads):
    part = uploads.folder / "tmp1"
    with uploads.room(600_000):
        part.write_bytes(b"half")
        with pytest.raises(LimitError), uploads.room(600_000):
            pass
        with uploads.room(100_000):
            pass
        assert part.exists()

    assert not part.exists()


def test_what_an_earlier_run_left_is_deleted(uploads, mine):
    old = put(uploads, "old/a.png", 10, age_s=KEPT_S + 60)
    part = put(uploads, "tmp7", 10, age_s=0)
    uploads.tidy()

    assert (mine.exists(), old.exists(), part.exists()) == (True, False, False)
