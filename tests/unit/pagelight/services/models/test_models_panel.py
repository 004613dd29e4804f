"""The panel of models: what it shows, and downloads that it begins, against a real hub server."""

import pytest
from builders_ui import client_of, wait
from fake_engine import FakeEngine, FakeProfile, FakeSwitching
from hub_server import Hub, serving

from pagelight.services.models.models_job import Fetches, FetchState, Switches, SwitchView
from pagelight.ui.models import models_html, models_routes, profile_html
from rag.models.registry.choice import next_step
from rag.models.registry.model_table import PARTS, this_machine
from rag.models.setup.bundled import SetupState
from rag.settings import Settings

NOTHING = SwitchView(in_use=dict.fromkeys(PARTS, ""))
FILES = {"config.json": b"{}", "model.safetensors": bytes(25_000_000)}


@pytest.fixture
def settings(tmp_path):
    return Settings(models=tmp_path / "models")


@pytest.fixture
def switching():
    return FakeSwitching()


@pytest.fixture
def switches(switching):
    made = Switches(switching)
    yield made
    made.close()


@pytest.fixture
def fetches(settings, switches):
    made = Fetches(settings, lambda model: switches.start(model.part, model.name))
    yield made
    made.close()


@pytest.fixture
def client(settings, fetches, switches):
    return client_of(models_routes(settings, FakeEngine(index=None), fetches, switches))


@pytest.fixture
def line(fetches, switches):
    return lambda: profile_html(switches.offered(), fetches.state, SetupState(stage="off"))


@pytest.fixture
def model(settings):
    return next(m for m in next_step(settings, this_machine()) if m.part != "images")


def test_the_panel_offers_what_fits_with_licence_and_size(client, model):
    told = client.get("/models").text

    assert "<p>TinyLM finds. local would write.</p>" in told
    assert f"<b>{model.name}</b>" in told
    assert f"{model.repository} · Apache-2.0 · " in told
    assert (
        f'data-models="fetch/{model.name}">Download, about {model.download_gb:.1f} GB</button>'
        in told
    )
    assert (
        "None of these is downloaded unless you press a button; what was is used at once." in told
    )
    assert "data-busy" not in told


def test_a_press_downloads_and_what_came_is_used_at_once(
    client, line, model, *, fetches, switching, monkeypatch
):
    assert not line().strip()
    with serving(Hub(FILES, repository=model.repository, held_after=12_000_000)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert "data-busy" in client.post(f"/models/fetch/{model.name}").text
        wait(lambda: fetches.state.progress and fetches.state.progress.done_bytes > 5_000_000)
        running, told = client.get("/models").text, line()
        client.post("/models/stop")
        wait(lambda: not fetches.state.running)
        stopped = client.get("/models").text
        hub.held_after = None
        client.post(f"/models/fetch/{model.name}")
        wait(lambda: not fetches.state.running)

    assert f"Downloading {model.name} 0.01 GB of 0.03 GB" in running
    assert 'aria-label="Download"' in running
    assert f"Downloading {model.name} 0.01 GB of 0.03 GB" in told
    assert "data-busy" not in stopped
    assert "Here now" not in stopped
    assert f"Here now: {model.name}." in client.get("/models").text
    assert f"Loading {model.name} …" in client.get("/models").text
    switching.go.set()
    wait(lambda: "In use." in client.get("/models").text)
    assert switching.used[model.part] == model.name
    switching.here = (model,)
    assert f"Use {model.name} now" in line()


def test_a_hub_out_of_reach_is_told_and_can_be_tried_again(client, model, fetches, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    client.post(f"/models/fetch/{model.name}")
    wait(lambda: not fetches.state.running)
    told = client.get("/models").text

    assert 'role="alert">The hub http://127.0.0.1:9 can&#x27;t be reached.' in told
    assert f'data-models="fetch/{model.name}"' in told


class LateStop:
    """Settings of downloads; a stop comes as the second look at them begins a download."""

    def __init__(self, folder):
        self.folder, self.looks, self.fetches = folder, 0, None

    @property
    def models(self):
        self.looks += 1
        if self.looks == 2:
            self.fetches.stop()
        return self.folder


def test_a_stop_that_comes_as_a_download_begins_is_not_lost(tmp_path, model):
    settings = LateStop(tmp_path / "models")
    settings.fetches = fetches = Fetches(settings)
    fetches.start([model])
    wait(lambda: not fetches.state.running)

    assert settings.looks == 2
    assert (fetches.state.error, fetches.state.fetched) == ("", ())
    assert not settings.folder.exists()


NONE_FOUND = {"next": {"models": [], "download_gb": 0}, "bundled": [], "models": [], "free_gb": 1}


@pytest.mark.parametrize("name", ["local: Qwen", "endpoint: Qwen"])
def test_a_model_that_writes_is_told_by_its_name_alone(name):
    told = models_html(NONE_FOUND, FetchState(), NOTHING, FakeProfile(name=name), {})

    assert "<p><b>Qwen</b>. TinyLM finds." in told


def test_words_of_an_error_are_escaped():
    told = models_html(NONE_FOUND, FetchState(error="<b>no</b>"), NOTHING, FakeProfile(), {})

    assert "TinyLM finds. local would write." in told
    assert "&lt;b&gt;no&lt;/b&gt;" in told
