"""Addresses of folders elsewhere, and what is fetched together with a file."""

import pytest

from ingest.remote.address import folder_at
from ingest.remote.remote_disk import neighbours
from rag.errors import SettingsError
from rag.storage.images.server import FileServer, RemoteError


def test_an_address_has_one_room_however_it_is_written(tmp_path):
    room = folder_at("s3://bucket/reports", tmp_path)

    assert room == folder_at("s3://bucket/reports/", tmp_path)
    assert room != folder_at("s3://bucket/plans", tmp_path)
    assert room.is_relative_to(tmp_path)
    assert room.is_dir()


@pytest.mark.parametrize(
    "address",
    ["s3://key:secret@bucket/a", "https://host/a?token=secret", "sftp://me:secret@host/a"],
)
def test_an_address_with_a_key_is_refused_and_not_repeated(tmp_path, address):
    with pytest.raises(SettingsError, match="holds a password or a key") as refused:
        folder_at(address, tmp_path)

    assert "secret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_folders_of_web_servers_are_refused_as_they_tell_no_sizes():
    with pytest.raises(RemoteError, match=r"https:// are not read\. Those at s3://, gs://"):
        FileServer("https://host/reports").root()


def test_pictures_come_with_the_page_that_shows_them(tmp_path):
    page = tmp_path / "notes" / "a.md"
    page.parent.mkdir()
    page.write_text("![map](../pictures/route%20map.png) and <img src='away.jpg'> and b.PNG")
    there = {tmp_path / "pictures": ["route map.png"], page.parent: ["b.PNG", "c.png"]}

    found = list(neighbours(page, names=lambda folder: there.get(folder, [])))

    assert found == [tmp_path / "pictures" / "route map.png", page.parent / "b.PNG"]
