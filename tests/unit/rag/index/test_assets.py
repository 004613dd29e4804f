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

from rag.errors import WorkspaceError
from rag.index.assets import AssetStore, TooManyPixelsError, decode

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


def test_a_drive_that_is_away_is_told_and_no_picture_is_at_fault(tmp_path):
    (tmp_path / "assets").symlink_to(tmp_path / "away")

    with pytest.raises(WorkspaceError, match=r"assets"):
        AssetStore(tmp_path / "assets", megapixels=1).put(drawing())


def test_a_photograph_is_kept_as_jpeg_and_stays_close(store):
    image = store.put(photograph())

    difference = np.abs(store.pixels(image).astype(int) - photograph().astype(int))
    assert image.media_type == "image/jpeg"
    assert difference.mean() < 25


def test_a_picture_is_stored_under_the_hash_of_its_bytes(store):
    image = store.put(drawing())

    assert image.id == hashlib.sha256(store.path_of(image).read_bytes()).hexdigest()
    assert image.path == f"{image.id[:2]}/{image.id[2:]}.png"


def test_the_same_pixels_are_stored_once_and_nothing_temporary_remains(store, tmp_path):
    first, second = store.put(drawing()), store.put_encoded(encoded(Image.fromarray(drawing())))

    assert first == second
    assert len([p for p in (tmp_path / "assets").rglob("*") if p.is_file()]) == 1


def test_exif_orientation_is_applied(store):
    picture = Image.fromarray(drawing())
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show

    image = store.put_encoded(encoded(picture, "JPEG", exif=exif))

    assert (image.width_px, image.height_px) == (40, 60)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (Image.new("RGBA", (4, 4), (255, 0, 0, 0)), "PNG"),
        (Image.new("LA", (4, 4), (0, 0)), "PNG"),
    ],
)
def test_transparent_pixels_become_white(picture, kind):
    assert tuple(decode(encoded(picture, kind), megapixels=1)[0, 0]) == WHITE


def test_cmyk_and_palette_pictures_become_rgb():
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    palette = Image.new("RGB", (8, 8), RED).quantize(4)

    for data in (encoded(cmyk, "JPEG"), encoded(palette)):
        red, green, blue = (int(v) for v in decode(data, megapixels=1)[4, 4])
        assert red > 200
        assert max(green, blue) < 60


def test_sixteen_bit_grey_keeps_its_scale():
    grey = Image.fromarray(np.array([[0, 32768, 65535]], dtype=np.uint16))

    assert decode(encoded(grey), megapixels=1)[0, :, 0].tolist() == [0, 128, 255]


def test_only_the_first_frame_of_an_animation_is_read():
    frames = [Image.new("RGB", (5, 5), RED), Image.new("RGB", (5, 5), WHITE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert tuple(decode(data, megapixels=1)[2, 2]) == RED


def test_a_picture_that_declares_too_many_pixels_is_refused_undecoded():
    header = struct.pack(">IIBBBBB", 200_000, 100_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")

    with pytest.raises(TooManyPixelsError, match="megapixels"):
        decode(data, megapixels=100)


def test_the_pixel_limit_is_the_one_asked_for():
    data = encoded(Image.new("RGB", (1100, 1000)))

    assert decode(data, megapixels=2).shape == (1000, 1100, 3)
    with pytest.raises(TooManyPixelsError, match="1100 x 1000"):
        decode(data, megapixels=1)


def test_a_truncated_picture_is_refused_with_its_reason():
    data = encoded(Image.fromarray(photograph()), "JPEG")

    with pytest.raises(OSError, match="truncated"):
        decode(data[: len(data) // 2], megapixels=1)


@settings(max_examples=150, deadline=None)
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


def test_similar_pictures_have_similar_hashes(store):
    brighter = (photograph() * 0.9).astype(np.uint8)
    small = np.asarray(Image.fromarray(drawing()).resize((120, 80)))

    assert distance(store.put(drawing()).phash, store.put(small).phash) <= 6
    assert distance(store.put(photograph()).phash, store.put(brighter).phash) <= 6
    assert distance(store.put(photograph()).phash, store.put(drawing()).phash) > 12


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def distance(first: str, second: str) -> int:
    return (int(first, 16) ^ int(second, 16)).bit_count()
