"""Signs that are read where samples of a legend stand."""

from ingest.charts.ink import Label
from ingest.charts.raster.words import labels_of, without_samples
from ingest.layout.layout import Line
from rag.datamodel import BBox

ORANGE, BLACK = (255, 127, 14), (20, 20, 20)
LINES = [("2012-03", 0.0), ("— Farming", 0.5)]


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


def test_a_day_keeps_the_hyphens_that_a_sample_would_be_read_as():
    lines = [Line(text=text, bbox=BBox(x0=0, y0=y, x1=0.2, y1=y + 0.1)) for text, y in LINES]

    assert [x.text for x in labels_of(lines, 500, 200)] == ["2012-03", "Farming"]
