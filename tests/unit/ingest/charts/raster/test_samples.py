"""Signs that are read where samples of a legend stand."""

from ingest.charts.ink import Label
from ingest.charts.raster.words import without_samples

ORANGE, BLACK = (255, 127, 14), (20, 20, 20)


def word(text, x0, x1, tint):
    return Label(text=text, box=(x0, 0.0, x1, 20.0), tint=tint)


def test_a_coloured_sign_before_a_name_is_its_sample():
    sample, name = word("IT", 0, 40, ORANGE), word("Farming", 50, 120, BLACK)

    assert without_samples([sample, name], 20.0) == [name]


def test_coloured_numbers_and_words_before_others_are_kept():
    value, word_, name = (
        word("12", 0, 40, ORANGE),
        word("Lake", 0, 40, ORANGE),
        word("Farming", 50, 120, BLACK),
    )

    assert without_samples([value, name], 20.0) == [value, name]
    assert without_samples([word_, name], 20.0) == [word_, name]
