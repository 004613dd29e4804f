"""The picture store: safe decoding, upright RGB, once under its hash."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from builders_shared_assets import shared_assets
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rag.storage.images.assets import AssetStore, TooManyPixelsError, decode

RED, WHITE = (255, 0, 0), (255, 255, 255)


@pytest.fixture(params=["folder", "link", "address"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AssetStore:
    """Return a store in a folder of the workspace, one elsewhere that a link leads to, or shared.

    What `Assets` promises holds for each.
    """
    if request.param == "address":
        return shared_assets(tmp_path / "assets", f"memory://{uuid4().hex}")
    if request.param == "link":
        elsewhere = tmp_path / "drive" / "pictures"
        elsewhere.mkdir(parents=True)
        (tmp_path / "assets").symlink_to(elsewhere)
    return AssetStore(tmp_path / "assets", megapixels=1)


def encoded(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def drawing() -> np.ndarray:
    pixels = np.full((40, 60, 3), 255, dtype=np.uint8)
    pixels[10:20, 10:50] = RED
    return pixels


def photograph() -> np.ndarray:
    noise = np.random.default_rng(7).normal(128, 30, (64, 64, 3))
    return noise.clip(0, 255).astype(np.uint8)


def test_a_drawing_comes_back_pixel_for_pixel(store):
    image = store.put(drawing())

    assert image.media_type == "image/png"
    assert (image.width_px, image.height_px) == (60, 40)
    assert np.array_equal(store.pixels(image), drawing())


def test_a_picture_is_stored_under_the_hash_of_its_bytes(store):
    image = store.put(drawing())

    assert image.id == hashlib.sha256(store.path_of(image).read_bytes()).hexdigest()
    assert image.path == f"{image.id[:2]}/{image.id[2:]}.png"


def test_the_same_pixels_are_stored_once_and_nothing_temporary_remains(store, tmp_path):
    first, second = store.put(drawing()), store.put_encoded(encoded(Image.fromarray(drawing())))

    assert first == second
    assert len([p for p in (tmp_path / "assets").rglob("*") if p.is_file()]) == 1


def test_a_picture_that_declares_too_many_pixels_is_refused_undecoded():
    header = struct.pack(">IIBBBBB", 200_000, 100_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")

    with pytest.raises(TooManyPixelsError, match="megapixels"):
        decode(data, megapixels=100)


def test_a_truncated_picture_is_refused_with_its_reason():
    data = encoded(Image.fromarray(photograph()), "JPEG")

    with pytest.raises(OSError, match="truncated"):
        decode(data[: len(data) // 2], megapixels=1)


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 200), flips=st.lists(st.integers(0, 10_000), max_size=8))
def test_damaged_bytes_give_a_picture_or_an_oserror(cut, flips):
    data = bytearray(encoded(Image.fromarray(drawing())))[cut:]
    for place in flips if data else ():
        data[place % len(data)] ^= 0xFF
    try:
        pixels = decode(bytes(data), megapixels=1)
    except OSError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
