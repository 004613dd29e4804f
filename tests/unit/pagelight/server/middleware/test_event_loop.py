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
from fake_engine import FakeEngine
from fake_ingest import FakeIngest
from fake_library import FakeLibrary, FakeRenderer
from fastapi import FastAPI
from running_app import BEARER, TOKEN, parts_over

from pagelight.server.app.server import build_app
from pagelight.server.events import Changes
from pagelight.server.middleware.gradio_guard import GradioGuard, Uploads
from pagelight.services.jobs.jobs import Jobs
from pagelight.ui.library.files import store
from pagelight.ui.library.routes import adding_routes
from rag.datamodel import Element
from rag.settings import Settings
from rag.storage.database.servers import Roots

HOME = "http://127.0.0.1:7860"
GIVEN_UP_S = 5.0
TICK_S, TICKS = 0.005, 60


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


COOKIE = {"cookie": "pagelight-7860=abc"}
BASIC = {"authorization": "Basic " + base64.b64encode(b"ann:avalanche").decode()}


def behind_the_door(hanging, method, path, headers):
    """What a request waits for of who comes in: the database of sessions, the users file."""

    def made(folder):
        hall = Hall(folder)
        of, name = {
            "session": (hall.sessions, "find"),
            "audit": (hall.lines, "put"),
            "users file": (hall.door, "_find"),
        }[hanging]
        hang = Hang(getattr(of, name))
        setattr(of, name, hang)
        return asking(hall.guard, method, path, headers=headers), hang

    return pytest.param(made, id=f"{hanging} behind {method} {path}")


def behind_the_chat(name, method, path, **more):
    """What a request of Gradio's waits for of the disk of uploads."""

    def made(folder):
        uploads = Uploads(folder / "uploads", quota_mb=1)
        hang = Hang(getattr(uploads, name))
        setattr(uploads, name, hang)
        return asking(GradioGuard(FastAPI(), uploads), method, path, **more), hang

    return pytest.param(made, id=f"disk behind {method} {path}")


def a_stream_of_changes(folder):
    library, hang = FakeLibrary(folder=folder), Hang(dict)
    changes = Changes(library, lambda: "", written=hang)

    async def watched():
        stream = changes.stream(None)
        await anext(stream)
        closing = asyncio.create_task(anext(stream))
        await asyncio.to_thread(hang.over.wait)
        closing.cancel()

    return watched, hang


def a_file_that_is_added(folder):
    hang, app = Hang(tuple), FastAPI()

    class Library:
        @property
        def roots(self):
            return Roots(own=folder, extra=hang())

    jobs = Jobs(FakeIngest, folder=folder)
    app.include_router(adding_routes(Library(), jobs, limit_mb=1, among=None, send=bool))
    return asking(app, "PUT", "/library/files/a.txt", content=b"Snow."), hang


def the_pieces_of_a_file(folder):
    hang = Hang()

    class Target(type(folder)):
        @property
        def parent(self):
            hang()
            return super().parent

    async def pieces():
        yield b"Snow."

    async def work():
        await store(Target(folder / "a.txt"), pieces(), limit_mb=1, announced_bytes=5)

    return work, hang


def a_page_that_is_drawn(folder):
    content = b"%PDF a report"
    (folder / "report.pdf").write_bytes(content)
    doc = a_document(Element(role="paragraph", text="Snow."), id=digest(content), page_count=2)
    engine, renderer = FakeEngine(index=FakeLibrary(doc, folder=folder)), FakeRenderer()
    hang = renderer.render = Hang(renderer.render)
    parts = parts_over(engine, renderer=renderer)
    app = build_app(parts, Settings(workspace=folder / "ws"), token=TOKEN)
    return asking(app, "GET", f"/page/{doc.id}/2.png", headers=BEARER), hang


@pytest.mark.parametrize(
    "made",
    [
        behind_the_door("session", "GET", "/", COOKIE),
        behind_the_door("session", "GET", "/sign-in", COOKIE),
        behind_the_door("session", "GET", "/account", COOKIE),
        behind_the_door("session", "POST", "/sign-out", COOKIE | {"origin": HOME}),
        behind_the_door("users file", "GET", "/", BASIC),
        behind_the_door("audit", "GET", "/", BASIC),
        behind_the_chat("holds", "GET", "/gradio_api/file=/a"),
        behind_the_chat("holds", "POST", "/gradio_api/queue/join", json={"data": [{"path": "/a"}]}),
        behind_the_chat("_forget_oldest", "POST", "/gradio_api/upload", content=b"x"),
        a_stream_of_changes,
        a_file_that_is_added,
        the_pieces_of_a_file,
        a_page_that_is_drawn,
    ],
)
def test_nobody_waits_for_what_hangs_behind_a_request(tmp_path, made):
    work, hang = made(tmp_path)

    assert silent_s(work, hang) < GIVEN_UP_S / 2
    assert not hang.silenced
