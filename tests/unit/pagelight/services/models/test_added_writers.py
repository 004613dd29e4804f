"""A model that a person adds: tried, kept by name, chosen in a conversation, taken out again."""

import pytest
from builders_ui import client_of
from chat_server import chat_server, refusing
from fake_engine import FakeEngine, FakeSwitching

from pagelight.services.models.models_job import Fetches, Switches
from pagelight.ui.models import models_routes
from rag.models.registry.choice import AddedWriters, named_writers
from rag.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(models=tmp_path / "models", workspace=tmp_path)


@pytest.fixture
def client(settings):
    switches = Switches(FakeSwitching())
    fetches = Fetches(settings, lambda _: None)
    yield client_of(models_routes(settings, FakeEngine(index=None), fetches, switches))
    fetches.close()
    switches.close()


@pytest.fixture
def server():
    with chat_server() as server:
        yield server


def test_a_server_is_tried_by_a_word_and_told_with_its_time(client, server):
    server.models = ["tiny", "large"]
    told = client.post("/models/writers/try", json={"name": "", "source": f"{server.url}#large"})

    assert "large at 127.0.0.1" in told.json()["told"]
    assert "“Snow lay 317 cm deep [1].”" in told.json()["told"]
    assert server.asked[-1]["model"] == "large"


def test_what_writes_nothing_is_told_why(client, server):
    server.replies = [refusing(500, "out of memory")]
    failed = client.post("/models/writers/try", json={"name": "", "source": server.url})
    no_address = client.post("/models/writers/try", json={"name": "", "source": "tiny"})

    assert failed.status_code == no_address.status_code == 422
    assert "500" in failed.json()["error"]
    assert "neither a folder nor an address" in no_address.json()["error"]


def test_what_is_added_may_be_chosen_until_it_is_removed(client, settings):
    source = "http://127.0.0.1:9/v1#qwen"
    panel = client.post("/models/writers/add", json={"name": " Qwen <3> ", "source": source}).text

    assert "<b>Qwen &lt;3&gt;</b>" in panel
    assert named_writers(settings) == {"Qwen <3>": source}
    assert "Qwen &lt;3" not in client.post("/models/writers/remove", json={"name": "Qwen <3>"}).text
    assert named_writers(settings) == {}


@pytest.mark.parametrize(("name", "source"), [("a", "ftp://x/v1"), ("", "http://x/v1"), ("a", "")])
def test_what_can_not_be_chosen_is_refused(client, settings, name, source):
    added = client.post("/models/writers/add", json={"name": name, "source": source})

    assert added.status_code == 422
    assert added.json()["error"]
    assert not AddedWriters(settings.workspace).read()


def test_a_damaged_list_is_none(settings):
    (settings.workspace / "writers.json").write_text("[")

    assert named_writers(settings) == {}
