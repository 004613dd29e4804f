"""Downloads of models, against a real server that speaks the hub's API."""

import socket
from dataclasses import replace

import pytest
from hub_server import Hub, serving

from rag.errors import ModelError
from rag.models.registry.downloads import Download, ModelStore
from rag.models.registry.hub_child import is_wanted
from rag.models.registry.model_table import model_named

WEIGHTS = bytes(range(256)) * 90_000  # more than two of the pieces that huggingface_hub writes
HALF = 12_000_000
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "LICENSE": b"Apache-2.0",
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": b"a pickle",
    "modeling.py": b"a program",
    "onnx/model.safetensors": b"another format",
}
SMALL = len(FILES["config.json"]) + len(FILES["LICENSE"])
MODEL = replace(model_named("ms-marco-minilm"), name="tiny", repository="maker/tiny")


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


@pytest.fixture
def fetch(store, monkeypatch):
    def run(hub):
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        return list(Download(MODEL, store))

    return run


@pytest.fixture
def stop_amid(store, monkeypatch):
    """Return what begins a download, and stops it amid the weights."""

    def run(hub):
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        download = Download(MODEL, store)
        for progress in download:
            if progress.done_bytes > SMALL:
                download.stop()

    return run


def refused(fetch, hub):
    with pytest.raises(ModelError) as caught:
        fetch(hub)
    return str(caught.value)


def test_a_download_brings_weights_and_settings_and_no_programs(fetch, store):
    with serving(Hub(FILES)) as hub:
        progress = fetch(hub)
    here = {path.name for path in store.path("tiny").rglob("*") if path.is_file()}

    assert here == {"config.json", "LICENSE", "model.safetensors", "pagelight-model.json"}
    assert (store.path("tiny") / "model.safetensors").read_bytes() == WEIGHTS
    assert store.find("tiny").revision == hub.commit
    assert progress[-1].done_bytes == progress[-1].total_bytes == store.find("tiny").size_bytes


def test_a_download_that_was_stopped_goes_on_where_it_was(store, stop_amid, fetch):
    with serving(Hub(FILES, held_after=HALF)) as hub:
        stop_amid(hub)
        begun = store.begun_bytes("tiny")
        assert store.find("tiny") is None
        hub.held_after = None
        hub.asked.clear()
        fetch(hub)

    assert begun > SMALL
    assert hub.asked == [("model.safetensors", f"bytes={begun - SMALL}-")]
    assert (store.path("tiny") / "model.safetensors").read_bytes() == WEIGHTS


def test_a_server_that_can_not_go_on_is_read_from_the_start(store, stop_amid, fetch):
    with serving(Hub(FILES, held_after=HALF)) as hub:
        stop_amid(hub)
        hub.held_after, hub.ranges = None, False
        progress = fetch(hub)

    assert (store.path("tiny") / "model.safetensors").read_bytes() == WEIGHTS
    assert max(step.done_bytes for step in progress) == progress[-1].total_bytes


def test_a_file_with_another_hash_is_refused_and_deleted(fetch, store):
    with serving(Hub(FILES, damaged=True)) as hub:
        told = refused(fetch, hub)
        assert "model.safetensors came damaged" in told
        assert store.find("tiny") is None
        hub.damaged = False
        fetch(hub)

    assert store.find("tiny") is not None


def test_a_hub_that_can_not_be_reached_is_told_in_one_sentence(fetch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"

    assert refused(fetch, Hub(FILES, url=nobody)) == (
        f"The hub {nobody} can't be reached. Check the network and try again; what came before is"
        " kept."
    )


def test_a_model_that_does_not_fit_the_disk_is_not_begun(fetch, store):
    with serving(Hub(FILES, claimed_bytes=10**16)) as hub:
        told = refused(fetch, hub)

    assert "GB on the disk of" in told
    assert "set RAG_MODELS to a folder on another disk" in told
    assert hub.asked == []
    assert store.begun_bytes("tiny") == 0


def test_one_model_is_downloaded_once_at_a_time(fetch, store, monkeypatch):
    with serving(Hub(FILES, held_after=HALF)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        first = Download(MODEL, store)
        steps = iter(first)
        next(steps)
        told = refused(fetch, hub)
        first.stop()
        list(steps)

    assert told == "tiny is being downloaded already."


@pytest.mark.parametrize("name", ["../config.json", "/etc/x.json", "a\\..\\x.json", ".hidden.json"])
def test_a_name_that_leaves_the_folder_is_never_fetched(name):
    assert not is_wanted(name, images=False)
