"""The panel of models: what it shows, and downloads that it begins, against a real hub server."""

import time

import pytest
from builders_ui import FakeProfile
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hub_server import Hub, serving

from rag.neural.choice import next_step
from rag.neural.hub import DownloadProgress
from rag.neural.machine import this_machine
from rag.neural.model_store import ModelStore
from rag.settings import Settings
from ui.models_html import models_html
from ui.models_job import Fetches, FetchState
from ui.models_routes import models_routes

FILES = {"config.json": b"{}", "model.safetensors": bytes(25_000_000)}


@pytest.fixture
def settings(tmp_path):
    return Settings(models=tmp_path / "models")


@pytest.fixture
def fetches(settings):
    made = Fetches(settings)
    yield made
    made.close()


@pytest.fixture
def client(settings, fetches):
    app = FastAPI()
    app.include_router(models_routes(settings, fetches, FakeProfile()))
    return TestClient(app)


@pytest.fixture
def model(settings):
    return next(m for m in next_step(settings, this_machine()) if m.part != "images")


def wait(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_panel_offers_what_fits_with_licence_and_size(client, model):
    told = client.get("/models").text

    assert "Now: <b>embedded</b>. Quotes what it finds." in told
    assert f"<b>{model.name}</b>" in told
    assert f"{model.repository} · Apache-2.0 · " in told
    assert f'data-fetch="{model.name}">Download, about {model.download_gb:.1f} GB</button>' in told
    assert "Nothing is downloaded unless you press a button." in told
    assert "data-busy" not in told


def test_a_press_downloads_and_the_panel_says_from_when_it_is_used(
    client, model, fetches, settings, monkeypatch
):
    with serving(Hub(FILES, repository=model.repository, held_after=12_000_000)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert "data-busy" in client.post(f"/models/fetch/{model.name}").text
        wait(lambda: fetches.state.progress and fetches.state.progress.done_bytes > 5_000_000)
        running = client.get("/models").text
        client.post("/models/stop")
        wait(lambda: not fetches.state.running)
        stopped = client.get("/models").text
        hub.held_after = None
        client.post(f"/models/fetch/{model.name}")
        wait(lambda: not fetches.state.running)

    assert f"Downloading {model.name} 0.01 GB of 0.03 GB" in running
    assert 'aria-label="Download"' in running
    assert "data-busy" not in stopped
    assert "Here now" not in stopped
    assert f"Here now: {model.name}. Used from the next start on." in client.get("/models").text
    assert ModelStore(settings.models).find(model.name)


def test_a_hub_out_of_reach_is_told_and_can_be_tried_again(client, model, fetches, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    client.post(f"/models/fetch/{model.name}")
    wait(lambda: not fetches.state.running)
    told = client.get("/models").text

    assert 'role="alert">The hub http://127.0.0.1:9 can&#x27;t be reached.' in told
    assert f'data-fetch="{model.name}"' in told


def test_what_is_not_offered_is_not_fetched(client, fetches):
    client.post("/models/fetch/mobileclip2-s0")

    assert not fetches.state.running


def test_words_of_an_error_are_escaped():
    found = {"next": {"models": [], "download_gb": 0}, "models": [], "free_gb": 1}
    told = models_html(found, FetchState(error="<b>no</b>"), FakeProfile())

    assert "&lt;b&gt;no&lt;/b&gt;" in told


def test_a_download_of_unknown_size_shows_no_share():
    found = {"next": {"models": [], "download_gb": 0}, "models": [], "free_gb": 1}
    progress = DownloadProgress(done_bytes=0, total_bytes=0)
    state = FetchState(running=True, current="x", progress=progress)

    assert '<progress max="100" aria-label="Download">' in models_html(found, state, FakeProfile())
