"""The chat's application on a port of this machine, over a fake engine, as programs reach it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from builders_ui import wait
from fake_engine import FakeEngine, FakeSwitching
from fake_ingest import FakeIngest
from fake_library import FakeRenderer

from pagelight.server.app.server import Parts, build_app
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_job import Switches
from rag.settings import Settings

TOKEN = "a-token"  # noqa: S105 - of tests only
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def parts_over(engine: FakeEngine, **more: Any) -> Parts:
    """Return what a server over a fake engine is made of, `more` of it as it is told."""
    usual = {
        "jobs": Jobs(FakeIngest, folder=None),
        "incoming": engine.incoming,
        "renderer": FakeRenderer(),
        "switches": Switches(FakeSwitching()),
    }
    return Parts(engine=engine, **usual | more)


@contextmanager
def running_app(engine: FakeEngine, settings: Settings) -> Iterator[str]:
    """Run it until the end of the block; yield its address."""
    app = build_app(parts_over(engine), settings, token=TOKEN)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
