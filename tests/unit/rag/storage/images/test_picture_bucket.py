"""Pictures at an address: whole, listed once, those of one index alone."""

import hashlib
from uuid import uuid4

import pytest

from rag.errors import SettingsError
from rag.storage.images.picture_bucket import LISTED_S, PictureBucket
from rag.storage.images.server import FileServer, RemoteError

SNOW, RAIN = b"a picture of snow", b"a picture of rain"


def name_of(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"{digest[:2]}/{digest[2:]}.png"


PICTURES = {name_of(SNOW): SNOW, name_of(RAIN): RAIN}


@pytest.fixture(params=["memory", "file"])
def address(request, tmp_path) -> str:
    if request.param == "file":
        return f"file://{tmp_path}/drive/pictures"
    return f"memory://{uuid4().hex}/pictures"


def sent(address: str, *pictures: bytes) -> PictureBucket:
    bucket = PictureBucket(address)
    bucket.send([name_of(one) for one in pictures], PICTURES.__getitem__)
    return bucket


def test_a_picture_that_is_not_whole_here_is_not_sent(address):
    bucket = PictureBucket(address)
    bucket.send(PICTURES, lambda _: SNOW[:-1])

    assert PictureBucket(address).listed() == bucket.listed() == {}


def test_a_picture_that_is_damaged_there_is_as_good_as_missing(address):
    FileServer(address).write(name_of(SNOW), RAIN)

    with pytest.raises(OSError, match="damaged"):
        PictureBucket(address).fetch(name_of(SNOW))
    with pytest.raises(FileNotFoundError):
        PictureBucket(address).fetch(name_of(RAIN))


def test_what_is_not_ours_is_never_listed(address):
    server = FileServer(address)
    for name in ("notes.txt", "aa/b.png", f"{'a' * 2}/{'b' * 62}.exe", f"x/{name_of(SNOW)}"):
        server.write(name, b"of others")

    assert PictureBucket(address).listed() == {}


def test_it_is_listed_again_after_an_hour_or_when_asked_to(address):
    now_s = 0.0
    bucket = PictureBucket(address, clock=lambda: now_s)
    assert bucket.listed() == {}
    sent(address, SNOW)
    assert bucket.listed() == {}

    now_s = LISTED_S + 1
    assert list(bucket.listed()) == [name_of(SNOW)]
    sent(address, RAIN)
    bucket.forget()
    assert bucket.listed().keys() == PICTURES.keys()


def test_an_address_that_may_not_be_written_is_told(tmp_path):
    (tmp_path / "drive").write_text("a file where a folder should be")

    with pytest.raises(RemoteError, match=r"drive/pictures may not be written: .*the keys"):
        sent(f"file://{tmp_path}/drive/pictures", SNOW)


@pytest.mark.parametrize("text", ["pictures", "s3://", "file://", "s3://key:secret@bucket/a"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(SettingsError) as refused:
        PictureBucket(text)

    assert "secret" not in str(refused.value)
