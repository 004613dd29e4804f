"""Subtitles beside a recording are told by their names."""

import pytest

from ingest.discovery.sidecars import companions, recordings


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

    assert companions([changed], there) == again
