import pytest

from rag.errors import SettingsError
from rag.models.endpoint.address import read_address


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
