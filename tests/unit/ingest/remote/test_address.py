"""Addresses of folders elsewhere, and the rooms that stand for them."""

from pathlib import Path

import pytest

from ingest.remote.address import folder_at, is_address, room_of, shown
from rag.errors import SettingsError
from rag.index.buckets.server import FileServer, RemoteError


def test_a_folder_of_this_machine_is_itself(tmp_path):
    assert folder_at(tmp_path / "reports", tmp_path) == tmp_path / "reports"
    assert folder_at("reports", tmp_path) == Path("reports")
    assert folder_at("file:///srv/reports", tmp_path) == Path("/srv/reports")


def test_an_address_has_one_room_however_it_is_written(tmp_path):
    room = folder_at("s3://bucket/reports", tmp_path)

    assert room == folder_at("s3://bucket/reports/", tmp_path)
    assert room != folder_at("s3://bucket/plans", tmp_path)
    assert room.is_relative_to(tmp_path)
    assert room.is_dir()


def test_people_are_shown_the_address(tmp_path):
    assert shown(folder_at("s3://bucket/reports", tmp_path)) == "s3://bucket/reports"
    assert shown(tmp_path) == str(tmp_path)


def test_a_folder_that_is_only_called_like_a_room_is_none(tmp_path):
    (tmp_path / "fetched" / "x" / "files").mkdir(parents=True)

    assert room_of(tmp_path / "fetched" / "x" / "files") is None


@pytest.mark.parametrize(
    "address",
    ["s3://key:secret@bucket/a", "https://host/a?token=secret", "sftp://me:secret@host/a"],
)
def test_an_address_with_a_key_is_refused_and_not_repeated(tmp_path, address):
    with pytest.raises(SettingsError, match="holds a password or a key") as refused:
        folder_at(address, tmp_path)

    assert "secret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_an_address_without_a_place_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="names no place"):
        folder_at("s3://", tmp_path)


def test_folders_of_web_servers_are_refused_as_they_tell_no_sizes():
    with pytest.raises(RemoteError, match=r"https:// are not read\. Those at s3://, gs://"):
        FileServer("https://host/reports").root()


def test_what_looks_like_a_path_is_no_address():
    assert not any(map(is_address, ["reports", "/srv/a", "C:\\a", "file:///a", "a:b"]))
    assert is_address("s3://bucket")
