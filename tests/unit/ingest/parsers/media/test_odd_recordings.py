"""Recordings that are damaged, odd or far too long are read as far as they go, or say why not."""

import av
import pytest
from builders_office import parse
from builders_recordings import MILLISECONDS, Said, record, slide

from rag.errors import SourceError

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


def shown(document):
    return [e.start_s for e in document.elements if e.role == "figure"]


def test_of_a_film_that_was_cut_off_what_is_there_is_read(tmp_path):
    said = [Said(text="The wheel turns.", start_s=1, end_s=2)]
    whole = record(tmp_path / "whole.mkv", shown=[(MILL, 4), (BUDGET, 4)], said=said)
    (tmp_path / "cut.mkv").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    document = parse(tmp_path / "cut.mkv")

    assert shown(document)[:1] == [0.0]


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


def test_of_too_many_subtitles_the_first_are_read_and_the_rest_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.parsers.media.subtitles.MAX_CUES", 100)
    blocks = "1\n00:00:01,000 --> 00:00:02,000\nIt {}.\n\n"
    lines = blocks.format("turns") + blocks.format("stands")
    (tmp_path / "a.srt").write_text(lines * 60)

    document = parse(tmp_path / "a.srt")

    assert sum(len(e.provenances) for e in document.elements) == 100
    assert document.warnings == ("only the first 100 of its subtitles were read",)
