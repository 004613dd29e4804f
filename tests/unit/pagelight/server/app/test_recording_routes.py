"""Recordings are sent as they are, in the ranges that players ask for (RFC 7233)."""

import pytest
from builders_ui import a_document, digest
from fake_engine import FakeEngine
from fake_library import FakeLibrary, FakeRenderer
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from pagelight.server.app.page_routes import add_recordings
from pagelight.services.rendering.page_pictures import Pages
from rag.datamodel import Element, Provenance

BYTES = bytes(range(256)) * 40
SIZE = len(BYTES)
URL = f"/recording/{digest(BYTES)}"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "talk.mp4").write_bytes(BYTES)
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    return tmp_path


@pytest.fixture
def client(folder):
    line = Provenance(span=(0, 5), start_s=1.0, end_s=2.0)
    said = Element(role="paragraph", text="Snow.", provenances=(line,))
    talk = a_document(said, id=digest(BYTES), source="talk.mp4", media_type="video/mp4")
    report = a_document(id=digest(b"%PDF"), source="report.pdf")
    library = FakeLibrary(talk, report, folder=folder)
    pages = Pages(library, renderer=FakeRenderer())
    app, router = FastAPI(), APIRouter()
    add_recordings(router, FakeEngine(index=library), pages=pages)
    app.include_router(router)
    return TestClient(app)


def test_a_whole_recording_says_that_it_can_be_had_in_ranges(client):
    for method in ("GET", "HEAD"):
        whole = client.request(method, URL)

        assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
        assert whole.headers["accept-ranges"] == "bytes"
        assert whole.headers["content-length"] == str(SIZE)
        assert whole.headers["etag"] == f'"{digest(BYTES)}"'
        assert whole.headers["cache-control"].startswith("private")
        assert whole.content == (BYTES if method == "GET" else b"")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=300-", 300, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        (f"bytes=-{SIZE + 5}", 0, SIZE - 1),
        (f"bytes=10-{SIZE + 500}", 10, SIZE - 1),
    ],
)
def test_a_range_is_sent_alone(client, asked, first, last):
    part = client.get(URL, headers={"range": asked})

    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert part.content == BYTES[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0"])
def test_a_range_that_lies_beyond_the_end_is_refused_with_the_length(client, asked):
    refused = client.get(URL, headers={"range": asked})

    assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{SIZE}")


def test_a_range_of_other_bytes_than_those_begun_with_is_the_whole(client):
    def code(condition):
        return client.get(URL, headers={"range": "bytes=0-1", "if-range": condition}).status_code

    assert code(f'"{digest(BYTES)}"') == 206
    assert code('"other"') == 200
    assert code(f'W/"{digest(BYTES)}"') == 200


def test_what_was_changed_or_is_no_recording_is_not_there(client, folder):
    (folder / "talk.mp4").write_bytes(b"other")
    gone = [
        client.get(path).status_code
        for path in (
            URL,
            f"/recording/{digest(b'%PDF')}",
            f"/recording/{digest(b'%PDF')}.vtt",
            f"/recording/{'0' * 64}",
            "/recording/..%2Ftalk.mp4",
        )
    ]

    assert gone == [404] * 5
