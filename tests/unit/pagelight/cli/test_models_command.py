"""`pagelight models`: the list, the offer, the download, and each way that it ends otherwise."""

import json

import pytest
from hub_server import Hub, serving
from typer.testing import CliRunner

import app
from rag.errors import ModelError
from rag.models.registry.downloads import ModelStore

NAME = "ms-marco-minilm"
REPOSITORY = "cross-encoder/ms-marco-MiniLM-L6-v2"
FILES = {"config.json": b"{}", "model.safetensors": b"weights"}


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("RAG_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")

    def run(*arguments, words=""):
        return CliRunner().invoke(app.cli, ["models", *arguments], input=words)

    return run


def on_disk(models):
    rows = json.loads(models("--json").stdout)["models"]
    return [row["name"] for row in rows if row["on_disk"]]


def test_the_list_tells_licence_size_and_what_each_adds(models):
    told = models().output

    assert f"{NAME}       not fetched             0.1 GB,   0.1 GB of memory, Apache-2.0" in told
    assert "orders them; small enough for any CPU. Languages: English." in told
    assert "For research only: read the licence before you use it." in told
    assert "This machine: " in told
    assert "\nHears what is said in recordings\n  whisper-small         not fetched" in told


def test_a_model_is_fetched_once_the_person_agrees(models, monkeypatch):
    with serving(Hub(FILES, repository=REPOSITORY)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        result = models("fetch", NAME, words="y\n")

    assert "about 0.1 GB, Apache-2.0." in result.output
    assert (
        "Done. It is used from the next start on; a chat that runs offers it at once."
        in result.output
    )
    assert result.exit_code == 0
    assert on_disk(models) == [NAME]
    assert "All of it is on disk already." in models("fetch", NAME).output


def test_a_hub_out_of_reach_is_one_sentence_and_nothing_counts_as_there(models):
    result = models("fetch", NAME, "--yes")

    assert "The hub http://127.0.0.1:9 can't be reached." in result.stderr
    assert result.exit_code == 2
    assert on_disk(models) == []


def test_what_does_not_fit_the_disk_is_told_with_what_is_free(tmp_path):
    with pytest.raises(ModelError, match=r"a and b: needs \d+\.0 GB .*Free some space"):
        ModelStore(tmp_path).check_space("a and b", 10**18)
