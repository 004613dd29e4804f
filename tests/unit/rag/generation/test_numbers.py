"""Numbers of a sentence are found in a text however the two group their digits."""

from rag.generation.numbers import unfound_numbers


def test_thousands_are_grouped_as_the_language_of_the_answer_does():
    assert unfound_numbers("Sie liegt auf 2.514 Metern.", "a pass at 2,514 metres") == []
    assert unfound_numbers("Sie liegt auf 2.541 Metern.", "a pass at 2,514 metres") == ["2.541"]
