"""What RAG_GENERATOR may name, and whose machine an address is."""

import numpy as np
import pytest

from rag.errors import SettingsError
from rag.models.endpoint.client import read_address
from rag.models.generators import openvino_path, where, writer_of
from rag.settings import Settings


def written_by(generator, **more):
    settings = Settings(generator=generator, **more)
    assert writer_of(settings, lambda _: np.zeros((9, 9, 3), dtype=np.uint8)) is not None
    return where(generator)


def test_a_server_elsewhere_is_told_of():
    assert (
        written_by("https://api.example.com/v1")
        == "A server writes the answers. Your passages are sent to api.example.com."
    )


@pytest.mark.parametrize("generator", ["gpt", "hub:qwen", "file:", "/models/qwen"])
def test_what_is_neither_a_folder_nor_an_address_is_refused(generator):
    with pytest.raises(SettingsError, match="RAG_GENERATOR"):
        written_by(generator)


@pytest.mark.parametrize(("scheme", "kind"), [("openvino", "folder"), ("gguf", "file")])
def test_what_openvino_is_to_run_has_to_be_there(tmp_path, scheme, kind):
    with pytest.raises(SettingsError, match=f"no such {kind}"):
        openvino_path(f"{scheme}:{tmp_path}/none")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/v1", "http://localhost:11434/v1/", "http://[::1]:80/v1"]
)
def test_nothing_is_told_of_a_server_on_this_machine(address):
    assert read_address(address).notice == ""


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:8000", "ftp://host/v1", "http:///v1", "http://host:99999999/v1", "http://[x"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(SettingsError, match="RAG_GENERATOR"):
        read_address(address)


def test_a_key_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(SettingsError, match="RAG_GENERATOR_KEY") as refused:
        read_address("https://me:sk-secret@api.example.com/v1")

    assert "secret" not in str(refused.value)
