"""Recordings with subtitles, and speech in turns that end where sentences end."""

import pytest
from builders_office import parse
from builders_recordings import Said, record, slide

from ingest.parsers.media.subtitles import NOTHING_HEARD, SUBTITLED, Cue, paragraphs
from rag.errors import LimitError, SourceError
from rag.settings import Settings

SAID = (
    Said(text="Welcome to the mill.", start_s=0.5, end_s=2.0),
    Said(text="The wheel turns", start_s=2.0, end_s=3.0),
    Said(text="at nine in the morning.", start_s=3.0, end_s=4.5),
)


def told(document):
    return [(e.role, e.text, e.start_s) for e in document.elements if e.role != "figure"]


@pytest.mark.parametrize(
    ("name", "media_type"), [("a.mp4", "video/mp4"), ("a.mkv", "video/x-matroska")]
)
def test_a_film_says_what_its_subtitles_say_with_their_seconds(tmp_path, name, media_type):
    path = record(tmp_path / name, shown=[(slide("Mill"), 5)], said=SAID, title="At the mill")

    document = parse(path)

    assert (document.media_type, document.title) == (media_type, "At the mill")
    assert told(document) == [
        ("paragraph", "Length: 0:05", 0.0),
        ("paragraph", "Welcome to the mill.\nThe wheel turns at nine in the morning.", 0.5),
    ]
    assert [(p.start_s, p.end_s) for p in document.elements[-1].provenances] == [
        (0.5, 2.0),
        (2.0, 3.0),
        (3.0, 4.5),
    ]


@pytest.mark.parametrize(
    ("name", "audio", "media_type"),
    [
        ("a.mp3", "libmp3lame", "audio/mpeg"),
        ("a.wav", "pcm_s16le", "audio/wav"),
        ("a.ogg", "libopus", "audio/ogg"),
    ],
)
def test_sound_without_words_tells_its_length_and_what_is_missing(
    tmp_path, name, audio, media_type
):
    document = parse(record(tmp_path / name, tone_s=2.5, audio=audio))

    assert document.media_type == media_type
    assert told(document) == [("paragraph", "Length: 0:02", 0.0)]
    assert document.warnings == (NOTHING_HEARD,)


def test_chapters_are_headings_with_their_seconds(tmp_path):
    chapters = [("Opening", 0, 2), ("The wheel", 2, 5)]
    path = record(tmp_path / "a.mkv", shown=[(slide("Mill"), 5)], said=SAID, chapters=chapters)

    document = parse(path)

    assert told(document)[1:] == [
        ("heading", "Opening", 0.0),
        ("paragraph", "Welcome to the mill.", 0.5),
        ("heading", "The wheel", 2.0),
        ("paragraph", "The wheel turns at nine in the morning.", 2.0),
    ]


def test_subtitles_beside_a_recording_are_its_words(tmp_path):
    path = record(tmp_path / "talk.mp4", tone_s=2, said=())
    (tmp_path / "talk.de.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nDie Mühle mahlt.\n")
    (tmp_path / "talk.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>The mill grinds.\n"
    )

    document = parse(path)

    assert told(document)[1:] == [("paragraph", "Ada: The mill grinds.", 1.0)]
    assert document.warnings == (SUBTITLED,)


def test_of_a_longer_recording_the_beginning_is_read(tmp_path):
    path = record(
        tmp_path / "a.mkv",
        shown=[(slide("Mill"), 60)],
        fps=1,
        said=[Said(text="Early.", start_s=10, end_s=12), Said(text="Late.", start_s=50, end_s=52)],
    )

    document = parse(path, settings=Settings(recording_hours=0.01))

    assert told(document)[1:] == [("paragraph", "Early.", 10.0)]
    assert document.warnings == (
        "it plays for 1:00; only the first 0:36 were read; raise RAG_RECORDING_HOURS",
    )


def test_a_recording_that_is_too_large_is_refused_by_a_limit_of_its_own(tmp_path):
    path = tmp_path / "a.mp4"
    path.touch()
    with path.open("r+b") as stream:
        stream.truncate(1_500_000)  # holes take no disk

    with pytest.raises(LimitError, match="RAG_RECORDING_MB"):
        parse(path, settings=Settings(recording_mb=1))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_recording_that_was_cut_off_at_its_head_is_refused_with_a_reason(tmp_path, name):
    data = record(tmp_path / f"whole-{name}", shown=[(slide("Mill"), 2)]).read_bytes()
    (tmp_path / name).write_bytes(data[:60])

    with pytest.raises(SourceError, match="damaged or cut off"):
        parse(tmp_path / name)


def spoken(*words, seconds=5.0, pause=0.0, speaker="", start=0.0):
    """Cues of some seconds each, one after another."""
    step = seconds + pause
    return [
        Cue(text=text, start_s=start + n * step, end_s=start + n * step + seconds, speaker=speaker)
        for n, text in enumerate(words)
    ]


def starts(cues, **kwargs):
    return [element.start_s for element in paragraphs(cues, **kwargs)]


def test_a_turn_takes_a_minute_at_max_where_nobody_pauses():
    assert starts(spoken(*["It turns."] * 30)) == [0, 60, 120]


def test_a_turn_ends_at_a_pause_once_it_has_taken_half_a_minute():
    assert starts(spoken(*["It turns."] * 12, pause=1.0)) == [0, 30, 60]


def test_a_turn_never_ends_inside_a_sentence():
    cues = spoken(*["and the wheel", "turns on and on", "and on and on", "for ever."] * 10)

    turns = paragraphs(cues)

    assert len(turns) > 2
    assert all(turn.text.endswith("for ever.") for turn in turns)


def test_another_speaker_is_named_on_a_line_of_their_own():
    cues = [*spoken("Who", "grinds?", speaker="Ada"), *spoken("I do.", speaker="Ben", start=10.0)]

    (turn,) = paragraphs(cues)

    assert turn.text == "Ada: Who grinds?\nBen: I do."
    assert [turn.text[slice(*p.span)] for p in turn.provenances] == [
        "Ada: Who",
        "grinds?",
        "Ben: I do.",
    ]
