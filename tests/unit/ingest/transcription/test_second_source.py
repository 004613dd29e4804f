"""What is said beside the subtitles of a recording is heard, and told as heard."""

import pytest
from builders_ingest import Bench
from builders_recordings import Said, record
from unit.ingest.transcription.test_hearing import RecordingReader, hear

from ingest.parsers.media.subtitles import SUBTITLED, Cue, paragraphs
from ingest.transcription.hearing import is_by_machine, is_note, is_unheard, unwritten
from pagelight.ui.source.recording import transcript_html, webvtt
from rag.datamodel import Document
from rag.protocols import Heard, Segment

WRITTEN = Cue(text="Welcome to the mill, which grinds corn.", start_s=1.0, end_s=3.0)
BY_MACHINE = "A machine heard these words"


class Ear:
    """Hears what it is told, at second 1 on."""

    model_id = "ear"
    window_s = 30.0

    def __init__(self, *said):
        self._said = said

    def hear(self, _):
        times = enumerate(self._said, start=1)
        segments = (
            Segment(text=text, start_s=n, end_s=n + 0.9, probability=0.8) for n, text in times
        )
        return Heard(segments=tuple(segments), language="de")


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    bench.reading = RecordingReader(bench)
    said = [Said(text=WRITTEN.text, start_s=WRITTEN.start_s, end_s=WRITTEN.end_s)]
    record(bench.folder / "talk.mkv", tone_s=5, said=said)
    bench.run()
    return bench


def spoken(document):
    return [(e.text, e.confidence) for e in document.elements if e.start_s]


def test_speech_that_the_subtitles_leave_out_is_a_second_source(bench):
    ear = Ear("Welcome to the mill, that grinds corn.", "And mind your head at the door.")

    told, document = hear(bench, ear)

    assert told == ()
    assert spoken(document) == [(WRITTEN.text, None), ("And mind your head at the door.", 0.8)]
    (warning,) = document.warnings
    assert warning == "what its subtitles leave out was heard by ear, and may be misheard"
    assert is_note(warning)
    assert not is_unheard(document)
    assert not is_by_machine(document)
    assert bench.found("head door") == ["talk.mkv"]


def test_what_was_heard_is_shown_as_such_and_stands_in_no_captions(bench):
    _, document = hear(bench, Ear("Mind your head at the door."))

    html = transcript_html(document.elements, None)

    assert html.index(BY_MACHINE) > html.index("Welcome")
    assert html.count(BY_MACHINE) == 1
    assert "Welcome" in webvtt(document.elements)
    assert "Mind your head" not in webvtt(document.elements)


def test_speech_that_the_subtitles_hold_is_not_told_twice(bench):
    before = hear(bench, Ear(WRITTEN.text))[1]

    assert (spoken(before), before.warnings) == ([(WRITTEN.text, None)], ())


@pytest.mark.parametrize(
    ("said", "start_s", "is_told"),
    [
        ("The mill grinds corn.", 2.0, False),
        ("The mill grinds corn.", 60.0, True),
        ("Die Mühle mahlt Korn.", 2.0, True),
        ("Uh, the.", 2.0, False),
    ],
)
def test_what_stands_elsewhere_or_in_another_language_is_not_written(said, start_s, is_told):
    document = Document(
        id="d", sources=("a.mp4",), media_type="video/mp4", elements=tuple(paragraphs([WRITTEN]))
    )
    cue = Cue(text=said, start_s=start_s, end_s=start_s + 2)

    assert bool(list(unwritten([cue], document))) == is_told


def test_a_recording_with_subtitles_is_whole_without_a_model():
    assert is_note(SUBTITLED)
