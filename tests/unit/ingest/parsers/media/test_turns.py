"""Speech is divided into turns that end where sentences end."""

from ingest.parsers.media.subtitles import Cue, paragraphs


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
