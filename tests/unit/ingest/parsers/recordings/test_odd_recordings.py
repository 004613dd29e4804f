"""Recordings that are damaged, odd or far too long are read as far as they go, or say why not."""

import io
import struct
import time
from fractions import Fraction

import av
import numpy as np
import pytest
from builders_office import parse
from builders_recordings import MILLISECONDS, Said, record, slide
from PIL import Image

from ingest.parsers.recordings.cues import MOST_CUES
from rag.errors import SourceError
from rag.index.assets import AssetStore

MILL, BUDGET = slide("The mill"), slide("Budget", "12 crowns", "a day")


def filmed(path, shown, *, pix_fmt="yuv420p"):
    """Write pictures that each begin at a second of their own, whatever lies between."""
    with av.open(path, "w") as media:
        film = media.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "1"})
        film.height, film.width = MILL.shape[:2]
        film.pix_fmt = pix_fmt
        film.codec_context.time_base = MILLISECONDS
        for picture, at_s in shown:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(at_s * 1000), MILLISECONDS
            media.mux(film.encode(frame))
        media.mux(film.encode())
    return path


def photographed(path, pictures):
    """Write JPEG pictures, each as it is, as a film of one a second (Motion JPEG)."""
    with av.open(path, "w") as media:
        film = media.add_stream("mjpeg", rate=1)
        film.width, film.height, film.pix_fmt = 320, 240, "yuvj420p"
        for n, data in enumerate(pictures):
            packet = av.Packet(data)
            packet.stream, packet.time_base = film, Fraction(1, 1)
            packet.pts = packet.dts = n
            media.mux(packet)
    return path


def jpeg(pixels, *, claims=None):
    """Return an encoded picture; its header may claim another width and height."""
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "JPEG")
    data = made.getvalue()
    if claims is None:
        return data
    at = data.index(b"\xff\xc0") + 5  # SOF0: length, precision, then height and width
    return data[:at] + struct.pack(">HH", *claims[::-1]) + data[at + 4 :]


def turned_clockwise(path):
    """Have an MP4 film shown turned by a quarter (the matrix of its tkhd box, ISO 14496-12)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    one = 1 << 16
    data[at : at + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


def shown(document):
    return [e.start_s for e in document.elements if e.role == "figure"]


def test_of_a_film_that_was_cut_off_what_is_there_is_read(tmp_path):
    said = [Said(text="The wheel turns.", start_s=1, end_s=2)]
    whole = record(tmp_path / "whole.mkv", shown=[(MILL, 4), (BUDGET, 4)], said=said)
    (tmp_path / "cut.mkv").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    document = parse(tmp_path / "cut.mkv")

    assert shown(document)[:1] == [0.0]


def test_frames_at_odd_times_are_told_by_their_own_seconds(tmp_path):
    times = [0.0, 0.1, 0.9, 2.0, 2.1, 4.7, 5.0, 9.0]
    path = filmed(tmp_path / "a.mkv", [(MILL if at < 4 else BUDGET, at) for at in times])

    assert shown(parse(path)) == [0.0, 4.7]


def test_a_film_in_ten_bits_is_seen(tmp_path):
    path = filmed(tmp_path / "a.mkv", [(MILL, n) for n in range(5)], pix_fmt="yuv420p10le")

    assert shown(parse(path)) == [0.0]


def test_of_ten_hours_the_first_are_read_and_the_rest_is_told(tmp_path):
    times = [0, 2, 4, 30_000, 36_000]
    path = filmed(tmp_path / "a.mkv", [(MILL if at < 9 else BUDGET, at) for at in times])

    document = parse(path)

    assert shown(document) == [0.0]
    assert document.warnings == (
        "it plays for 10:00:00; only the first 6:00:00 were read; raise RAG_RECORDING_HOURS",
    )


def test_a_recording_without_streams_is_refused(tmp_path):
    empty = bytes.fromhex("1a45dfa3 8b 4282 88 6d6174726f736b61 18538067 80".replace(" ", ""))
    (tmp_path / "a.mkv").write_bytes(empty)

    with pytest.raises(SourceError, match=r"damaged or cut off|neither pictures nor sound"):
        parse(tmp_path / "a.mkv")


def test_a_playlist_that_goes_by_the_name_of_a_film_is_not_opened(tmp_path):
    (tmp_path / "a.mp4").write_text("#EXTM3U\nfile:///etc/passwd\n")

    with pytest.raises(SourceError, match="is not an MP4 film"):
        parse(tmp_path / "a.mp4")


def test_a_film_that_is_to_be_turned_is_seen_upright(tmp_path):
    portrait = slide("Budget", "12 crowns", size=(240, 320))
    path = record(tmp_path / "a.mp4", shown=[(np.rot90(portrait), 3)])
    store = AssetStore(tmp_path / ".assets", megapixels=10)

    (figure,) = [e for e in parse(turned_clockwise(path)).elements if e.role == "figure"]

    difference = store.pixels(figure.image).astype(int) - portrait
    assert np.abs(difference).mean() < 8


def test_pictures_may_be_of_several_sizes_and_too_large_ones_are_left_out(tmp_path):
    small, large = jpeg(MILL), jpeg(slide("Budget", "12 crowns", size=(640, 480)))
    bomb = jpeg(MILL, claims=(60_000, 60_000))
    path = photographed(tmp_path / "a.mkv", [small] * 4 + [bomb, large] * 2 + [large] * 3)

    document = parse(path)

    assert shown(document) == [0.0, 5.0]
    assert document.warnings == ("parts of its pictures are damaged or too large, and left out",)


def test_of_a_million_subtitles_the_first_are_read_and_the_rest_is_told(tmp_path):
    blocks = "1\n00:00:01,000 --> 00:00:02,000\nIt {}.\n\n"
    lines = blocks.format("turns") + blocks.format("stands")
    (tmp_path / "a.srt").write_text(lines * 500_000)
    began_s = time.process_time()

    document = parse(tmp_path / "a.srt")

    assert sum(len(e.provenances) for e in document.elements) == MOST_CUES
    assert document.warnings == ("only the first 100,000 of its subtitles were read",)
    assert time.process_time() - began_s < 30


def test_noise_in_the_midst_of_a_film_costs_no_more_than_its_pictures(tmp_path):
    data = bytearray(record(tmp_path / "whole.mkv", shown=[(MILL, 4), (BUDGET, 4)]).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = np.random.default_rng(1).bytes(200)
    (tmp_path / "a.mkv").write_bytes(data)

    assert shown(parse(tmp_path / "a.mkv"))[:1] == [0.0]
