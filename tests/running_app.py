"""The chat's application on a port of this machine, over a fake engine, as programs reach it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from builders_ui import wait
from fake_engine import FakeEngine, FakeSwitching
from fake_ingest import FakeIngest
from fake_library import FakeRenderer

from pagelight.server.app.parts import Parts
from pagelight.server.app.server import build_app
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_switch import Switches
from rag.settings import Settings

TOKEN = "a-token"  # noqa: S105 - of tests only
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def running_app(engine: FakeEngine, settings: Settings) -> Iterator[str]:
    """Run it until the end of the block; yield its address."""
    parts = Parts(
        engine=engine,
        jobs=Jobs(FakeIngest, folder=None),
        incoming=engine.incoming,
        renderer=FakeRenderer(),
        switches=Switches(FakeSwitching()),
    )
    app = build_app(parts, settings, token=TOKEN)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
