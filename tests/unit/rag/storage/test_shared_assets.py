"""Pictures in a folder and at an address: looked at, let go, deleted, and what fails of it."""

import hashlib
import os
from uuid import uuid4

import numpy as np
import pytest
from builders_shared_assets import shared_assets

from rag.datamodel import ImageAsset
from rag.storage.images.picture_bucket import OWNER, PictureBucket
from rag.storage.images.server import FileServer, RemoteError
from rag.storage.images.shared_assets import IN_USE_S


@pytest.fixture
def address():
    return f"memory://{uuid4().hex}/pictures"


@pytest.fixture
def store(tmp_path, address):
    return shared_assets(tmp_path / "one", address)


def picture(grey=7):
    return np.full((8, 8, 3), grey, dtype=np.uint8)


def kept(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_what_is_nowhere_is_a_missing_file(store, tmp_path):
    image = store.put(picture())
    (tmp_path / "one" / image.path).unlink()

    assert store.find(image.id) is None
    assert store.find("../" * 20 + "etc/passwd") is None
    with pytest.raises(FileNotFoundError):
        store.pixels(image)


def test_a_path_that_a_reader_made_up_is_neither_read_nor_written(store, tmp_path, address):
    secret = tmp_path / "secret"
    secret.write_bytes(b"of this machine")
    digest = hashlib.sha256(secret.read_bytes()).hexdigest()
    made_up = ImageAsset(
        id=digest, path="../secret", media_type="image/png", width_px=1, height_px=1, phash="0" * 16
    )
    FileServer(address).write("../secret", b"of the bucket")

    store.keep([made_up])
    store.bring([made_up])
    assert PictureBucket(address).listed() == {}
    assert secret.read_bytes() == b"of this machine"


# What goes


def test_pictures_of_another_index_are_never_deleted(store, address):
    image = store.put(picture())
    store.keep([image])
    FileServer(address).write(OWNER, b"another")
    store.look_again()

    with pytest.raises(RemoteError, match="of another workspace"):
        store.sweep(lambda *_: True)
    assert list(PictureBucket(address).listed()) == [image.path]


def test_the_folder_takes_no_more_than_it_may(tmp_path, address):
    now_s = 1e9
    store = shared_assets(tmp_path / "one", address, max_mb=0, clock=lambda: now_s)
    sent, used, unsent = (store.put(picture(grey)) for grey in range(3))
    store.keep([sent, used])
    for image in (sent, used, unsent):
        os.utime(tmp_path / "one" / image.path, (now_s, now_s))
    now_s += IN_USE_S + 1
    store.pixels(used)
    store.sweep(lambda *_: False)

    assert kept(tmp_path / "one") == sorted([used.path, unsent.path])
    assert np.array_equal(store.pixels(sent), picture(0))


# What fails


@pytest.fixture
def away(tmp_path):
    """Return a store over an address that can't be used, and a picture that lies in the folder."""
    (tmp_path / "drive").write_text("a file where a folder should be")
    store = shared_assets(tmp_path / "one", "ftp://host/pictures")
    return store, store.put(picture())


def test_without_the_server_a_picture_is_missing_and_it_is_told_why(away, tmp_path, caplog):
    store, image = away
    (tmp_path / "one" / image.path).unlink()

    assert store.find(image.id) is None
    with pytest.raises(OSError, match="Folders at ftp:// are not read"):
        store.pixels(image)
    assert "can't be fetched" in caplog.text


def test_without_the_server_nothing_is_stored_as_if_it_were(away):
    store, image = away

    for work in (
        lambda: store.keep([image]),
        lambda: store.keep_stored(lambda: {image.id}),
        lambda: store.lacking({image.id}),
        lambda: store.sweep(lambda *_: True),
    ):
        with pytest.raises(RemoteError):
            work()
    assert not store.is_elsewhere(image.path)
