"""A running server with a password, whose engine's answers each test may change."""

import threading

import pytest
import uvicorn
from builders_programs import PASSWORD, HeldEngine, grown
from builders_ui import (
    FakeIngest,
    FakeLibrary,
    FakeRenderer,
    FakeSwitching,
    a_document,
    wait,
)

from rag.datamodel import Element
from rag.settings import Settings
from service.models.models_switch import Switches
from service.work.jobs import Jobs
from ui.server.parts import Parts
from ui.server.server import build_app


@pytest.fixture(scope="package")
def whole_engine(tmp_path_factory):
    doc = a_document(Element(role="paragraph", text="Snow fell."), page_count=2)
    library = FakeLibrary(doc, folder=tmp_path_factory.mktemp("docs"))
    return HeldEngine(index=library)


@pytest.fixture
def engine(whole_engine):
    whole_engine.answers, whole_engine.error = grown(), None
    whole_engine.asked.clear()
    return whole_engine


@pytest.fixture(scope="package")
def url(whole_engine, tmp_path_factory):
    parts = Parts(
        engine=whole_engine,
        jobs=Jobs(FakeIngest, folder=None),
        incoming=whole_engine.incoming,
        renderer=FakeRenderer(),
        switches=Switches(FakeSwitching()),
    )
    settings = Settings(
        workspace=tmp_path_factory.mktemp("ws"), password=PASSWORD, questions_at_once=1
    )
    app = build_app(parts, settings, token="a-token")  # noqa: S106 - of this test only
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
