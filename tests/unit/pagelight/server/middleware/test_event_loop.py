"""The event loop goes on while what requests ask for hangs: database, disk and renderer.

It is measured how long the loop is silent at most, against how long the request hangs.
"""

import asyncio
import base64
import threading
import time

import httpx
import pytest
from builders_entrance import Hall
from builders_ui import a_document, digest
from fake_engine import FakeEngine, FakeSwitching
from fake_ingest import FakeIngest
from fake_library import FakeLibrary, FakeRenderer
from fastapi import FastAPI

from pagelight.server.app.parts import Parts
from pagelight.server.app.server import build_app
from pagelight.server.middleware.gradio_guard import GradioGuard
from pagelight.server.middleware.uploads import Uploads
from pagelight.server.sse.changes import Changes
from pagelight.server.sse.stream import Streams
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_switch import Switches
from pagelight.ui.library.library_files import store
from pagelight.ui.library.library_routes import adding_routes
from rag.datamodel import Element
from rag.settings import Settings

HOME = "http://127.0.0.1:7860"
GIVEN_UP_S = 5.0
TICK_S, TICKS = 0.005, 60
BEARER = {"authorization": "Bearer a-token"}


class Hang:
    """What hangs where it is called, until the loop has gone on for a while."""

    def __init__(self, then=None):
        self.begun, self.over = threading.Event(), threading.Event()
        self.silenced = False
        self._then = then

    def __call__(self, *given, **named):
        self.begun.set()
        self.silenced |= not self.over.wait(GIVEN_UP_S)
        return self._then(*given, **named) if self._then else None


def silent_s(work, hang):
    """Run `work`, which hangs; return how long the loop was silent at most meanwhile."""

    async def measured():
        task = asyncio.create_task(work())
        while not hang.begun.is_set():
            assert not task.done(), "it never came to what hangs"
            await asyncio.sleep(TICK_S)
        gaps = []
        for _ in range(TICKS):
            began = time.monotonic()
            await asyncio.sleep(TICK_S)
            gaps.append(time.monotonic() - began)
        hang.over.set()
        await task
        return max(gaps)

    return asyncio.run(measured())


def asking(app, method, path, **more):
    async def work():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            return await client.request(method, path, **more)

    return work


def guarded(tmp_path, *, hanging):
    """Return an app behind a door of which `hanging` names what hangs, and the hang."""
    hall = Hall(tmp_path)
    if hanging == "session":
        hang = hall.sessions.find = Hang(hall.sessions.find)
    elif hanging == "audit":
        hang = hall.lines.put = Hang(hall.lines.put)
    else:
        hang = hall.door._find = Hang(hall.door._find)  # noqa: SLF001 - the file may hang
    return hall.guard, hang


COOKIE = {"cookie": "pagelight-7860=abc"}
BASIC = {"authorization": "Basic " + base64.b64encode(b"ann:avalanche").decode()}


@pytest.mark.parametrize(
    ("hanging", "method", "path", "headers"),
    [
        ("session", "GET", "/", COOKIE),
        ("session", "GET", "/sign-in", COOKIE),
        ("session", "GET", "/account", COOKIE),
        ("session", "POST", "/sign-out", COOKIE | {"origin": HOME}),
        ("users file", "GET", "/", BASIC),
        ("audit", "GET", "/", BASIC),
    ],
)
def test_nobody_waits_for_the_database_behind_who_comes_in(
    tmp_path, hanging, method, path, headers
):
    guard, hang = guarded(tmp_path, hanging=hanging)

    assert silent_s(asking(guard, method, path, headers=headers), hang) < GIVEN_UP_S / 2
    assert not hang.silenced


def test_nobody_waits_for_the_database_behind_a_stream_of_changes(tmp_path):
    library, hang = FakeLibrary(folder=tmp_path), Hang(dict)
    streams = Streams(Changes(library, lambda: "", written=hang))

    async def watched():
        stream = streams.open(None)
        await anext(stream)
        closing = asyncio.create_task(anext(stream))
        await asyncio.to_thread(hang.over.wait)
        closing.cancel()

    assert silent_s(watched, hang) < GIVEN_UP_S / 2
    assert not hang.silenced


def chat_door(tmp_path, name):
    uploads = Uploads(tmp_path / "uploads", quota_mb=1)
    hang = Hang(getattr(uploads, name))
    setattr(uploads, name, hang)
    return GradioGuard(FastAPI(), uploads), hang


@pytest.mark.parametrize(
    ("name", "method", "path", "more"),
    [
        ("holds", "GET", "/gradio_api/file=/a", {}),
        ("holds", "POST", "/gradio_api/queue/join", {"json": {"data": [{"path": "/a"}]}}),
        ("_forget_oldest", "POST", "/gradio_api/upload", {"content": b"x"}),
    ],
)
def test_nobody_waits_for_the_disk_behind_an_upload(tmp_path, name, method, path, more):
    door, hang = chat_door(tmp_path, name)

    assert silent_s(asking(door, method, path, **more), hang) < GIVEN_UP_S / 2
    assert not hang.silenced


def test_nobody_waits_for_the_folder_behind_a_file_that_is_added(tmp_path):
    hang, app = Hang(tuple), FastAPI()
    jobs = Jobs(FakeIngest, folder=tmp_path)
    routes = adding_routes(jobs, limit_mb=1, among=None, send=lambda _: None, beside=hang)
    app.include_router(routes)

    assert silent_s(asking(app, "PUT", "/library/files/a.txt", content=b"Snow."), hang) < (
        GIVEN_UP_S / 2
    )
    assert not hang.silenced
    assert (tmp_path / "a.txt").read_bytes() == b"Snow."


def test_nobody_waits_for_the_disk_behind_the_pieces_of_a_file(tmp_path):
    hang = Hang()

    class Target(type(tmp_path)):
        @property
        def parent(self):
            hang()
            return super().parent

    async def pieces():
        yield b"Snow."

    async def work():
        await store(Target(tmp_path / "a.txt"), pieces(), limit_mb=1, announced_bytes=5)

    assert silent_s(work, hang) < GIVEN_UP_S / 2
    assert not hang.silenced


def test_nobody_waits_for_the_renderer_behind_a_page(tmp_path):
    content = b"%PDF a report"
    (tmp_path / "report.pdf").write_bytes(content)
    doc = a_document(Element(role="paragraph", text="Snow."), id=digest(content), page_count=2)
    engine, renderer = FakeEngine(index=FakeLibrary(doc, folder=tmp_path)), FakeRenderer()
    hang = renderer.render = Hang(renderer.render)
    parts = Parts(
        engine=engine,
        jobs=Jobs(FakeIngest, folder=tmp_path),
        incoming=engine.incoming,
        renderer=renderer,
        switches=Switches(FakeSwitching()),
    )
    app = build_app(parts, Settings(workspace=tmp_path / "ws"), token="a-token")  # noqa: S106

    page = asking(app, "GET", f"/page/{doc.id}/2.png", headers=BEARER)

    assert silent_s(page, hang) < GIVEN_UP_S / 2
    assert not hang.silenced
