"""A recording and the subtitles beside it are one thing, whichever of them comes or goes."""

import pytest
from builders_ingest import Bench, ParsingReader
from builders_recordings import record

LINES = "1\n00:00:01,000 --> 00:00:02,000\nThe miller grinds.\n"


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.reading = ParsingReader(bench)
    return bench


def test_what_subtitles_say_is_said_by_the_recording_while_both_are_there(bench):
    bench.write("talk.srt", LINES)
    bench.run()
    alone = bench.found("miller")
    record(bench.folder / "talk.wav", tone_s=1, audio="pcm_s16le")
    bench.run()
    together = bench.found("miller")
    bench.write("talk.srt", LINES.replace("miller", "smith"))
    bench.run()
    changed = bench.found("miller"), bench.found("smith")
    (bench.folder / "talk.srt").unlink()
    bench.run()

    assert (alone, together, changed) == (["talk.srt"], ["talk.wav"], ([], ["talk.wav"]))
    assert bench.found("smith") == []
