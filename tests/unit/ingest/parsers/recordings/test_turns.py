"""Speech is divided into turns that end where sentences end."""

from ingest.parsers.recordings.cues import Cue
from ingest.parsers.recordings.turns import paragraphs


def spoken(*words, seconds=5.0, pause=0.0, speaker="", start=0.0):
    """Cues of some seconds each, one after another."""
    step = seconds + pause
    return [
        Cue(text=text, start_s=start + n * step, end_s=start + n * step + seconds, speaker=speaker)
        for n, text in enumerate(words)
    ]


def starts(cues, **kwargs):
    return [element.start_s for element in paragraphs(cues, **kwargs)]


def test_a_turn_takes_a_minute_at_most_where_nobody_pauses():
    assert starts(spoken(*["It turns."] * 30)) == [0, 60, 120]


def test_a_turn_ends_at_a_pause_once_it_has_taken_half_a_minute():
    assert starts(spoken(*["It turns."] * 12, pause=1.0)) == [0, 30, 60]


def test_a_turn_never_ends_inside_a_sentence():
    cues = spoken(*["and the wheel", "turns on and on", "and on and on", "for ever."] * 10)

    turns = paragraphs(cues)

    assert len(turns) > 2
    assert all(turn.text.endswith("for ever.") for turn in turns)


def test_a_turn_ends_with_the_sentence_in_which_the_slide_changes():
    cues = spoken("The mill is old.", "And now", "the budget.", "It doubles.")

    assert starts(cues, changes=[6.0]) == [0, 15]


def test_a_turn_that_has_just_begun_goes_on_over_a_change():
    assert starts(spoken("Next slide, please.", "The budget."), changes=[0.5]) == [0]


def test_a_silence_ends_a_turn():
    cues = [*spoken("Welcome."), *spoken("Goodbye.", start=20.0)]

    assert starts(cues) == [0, 20]


def test_another_speaker_is_named_on_a_line_of_their_own():
    cues = [*spoken("Who", "grinds?", speaker="Ada"), *spoken("I do.", speaker="Ben", start=10.0)]

    (turn,) = paragraphs(cues)

    assert turn.text == "Ada: Who grinds?\nBen: I do."
    assert [turn.text[slice(*p.span)] for p in turn.provenances] == [
        "Ada: Who",
        "grinds?",
        "Ben: I do.",
    ]


def test_words_without_full_stops_are_divided_by_time_and_each_cue_is_a_line():
    turns = paragraphs(spoken(*["the wheel turns"] * 30))

    assert [turn.start_s for turn in turns] == [0, 60, 120]
    assert turns[0].text.startswith("the wheel turns\nthe wheel turns")


def test_a_sentence_without_end_is_divided_all_the_same():
    cues = [
        *spoken("It turns."),
        *spoken(*["and turns"] * 39, start=5.0),
        *spoken(*["Ah."] * 9, start=200.0),
    ]

    assert starts(cues) == [0, 125, 205]


def test_no_cues_are_no_turns():
    assert paragraphs([]) == []
