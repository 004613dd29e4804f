"""Formats told from names and bytes; subtitles beside a recording from their names."""

import pytest
from builders_archives import zipped

from ingest.discovery.beside import read_together, recordings
from ingest.discovery.formats import FORMATS, ZIP
from ingest.discovery.media_type import media_type_of
from rag.errors import SourceError

BINARY = [each for each in FORMATS if not each.is_text]
TEXTS = [each for each in FORMATS if each.is_text and not each.shares_suffix]


def named(each):
    return each.media_type


@pytest.mark.parametrize("each", BINARY, ids=named)
def test_plain_text_is_not_what_a_name_of_it_says(each, tmp_path):
    path = tmp_path / f"a{each.suffixes[-1]}"
    path.write_text("Once there was a miller.")

    with pytest.raises(SourceError, match=f"is not {each.called}: it holds plain text"):
        media_type_of(path)


@pytest.mark.parametrize("each", TEXTS, ids=named)
def test_a_kind_of_text_is_told_by_its_suffixes(each, tmp_path):
    told = set()
    for suffix in each.suffixes:
        (tmp_path / f"a{suffix}").write_text("Once there was a miller.")
        told.add(media_type_of(tmp_path / f"a{suffix}"))

    assert told == {each.media_type}


def test_a_zip_whose_parts_disagree_about_a_name_is_told(tmp_path):
    data = bytearray(zipped({"mimetype": "application/x-own"}))
    data[6:8] = 0x800.to_bytes(2, "little")  # the name is UTF-8
    data[30] = 0xC1
    (tmp_path / "a.zip").write_bytes(data)

    assert media_type_of(tmp_path / "a.zip") == ZIP.media_type


@pytest.mark.parametrize(
    ("name", "owners"),
    [
        ("talk.srt", ["talk.mkv", "talk.mp4"]),
        ("talk.pt-BR.vtt", ["talk.mkv", "talk.mp4"]),
        ("talk.final.srt", []),
        ("talk.txt", []),
        ("tal.srt", []),
    ],
)
def test_a_recording_is_found_by_the_name_of_its_subtitles(name, owners):
    assert recordings(name, ["talk.mp4", "talk.mkv", "talk.pdf", name]) == owners


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("a/talk.srt", {"a/talk.mp4"}),
        ("a/talk.mp4", {"a/talk.de.vtt"}),
        ("talk.srt", set()),
        ("a/talk.pdf", set()),
    ],
)
def test_who_is_read_together_is_read_again_together(changed, again):
    there = ["a/talk.mp4", "a/talk.de.vtt", "a/talk.pdf", "b/talk.mp4", "talk.txt"]

    assert read_together([changed], there) == again
