import pytest
from builders_pdf import piece

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.drawn.figures import CAPTION, divided_title, find_figures

PAGE = (0.0, 0.0, 600.0, 800.0)
BARS = [
    (100 + 50 * n, 400 - height, 130 + 50 * n, 400) for n, height in enumerate((40, 90, 60, 120))
]


def figures(drawings, pieces=(), ignored=lambda _: False):
    return find_figures(drawings, list(pieces), page=PAGE, ignored=ignored)


def test_bars_of_many_lengths_are_a_chart():
    (chart,) = figures(Drawings(boxes=BARS))

    assert chart.rect == (100, 280, 280, 400)


def test_the_shading_of_a_tables_rows_is_no_chart():
    rows = [(50, 100 + 20 * n, 550, 110 + 20 * n) for n in range(10)]
    cells = [(x, y, x + 90, y + 10) for x in (300, 400) for y in range(100, 300, 20)]

    assert figures(Drawings(boxes=rows)) == []
    assert figures(Drawings(boxes=cells)) == []


def key(*names, x, y, wide=8):
    """Return the samples of a key and their names, one below the other."""
    rows = [y + 13 * n for n in range(len(names))]
    samples = [(x, row + 1, x + wide, row + 9) for row in rows]
    return samples, [piece(name, x + wide + 4, row) for name, row in zip(names, rows, strict=True)]


def test_a_key_below_a_chart_belongs_to_it():
    labels = [piece(str(2010 + n), 100 + 50 * n, 404) for n in range(4)]
    samples, names = key("Rain at the station", "Snow at the station", x=120, y=440)
    (chart,) = figures(Drawings(boxes=[*BARS, *samples]), [*labels, *names])

    assert chart.rect[3] == names[-1].rect[3]
    assert [p.text for p in chart.pieces][-2:] == ["Rain at the station", "Snow at the station"]


def test_rules_above_and_below_frame_a_chart_with_its_title_and_notes():
    drawings = Drawings(boxes=BARS, horizontal=[(90, 200, 400, 201), (90, 450, 400, 451)])
    pieces = [piece("More snow than ever before", 92, 210, size=12, bold=True)]
    pieces += [piece("Source: our own gauge", 92, 430)]
    (chart,) = figures(drawings, pieces)
    title, labels = divided_title(chart)

    assert chart.rect[1] == 200
    assert [p.text for p in title] == ["More snow than ever before"]
    assert [p.text for p in labels] == ["Source: our own gauge"]


def test_letters_drawn_as_shapes_are_yet_to_be_read():
    letters = [(110 + 6 * n, 420, 115 + 6 * n, 428) for n in range(60)]
    (chart,) = figures(Drawings(boxes=BARS, shapes=[(100, 280, 280, 419), *letters]))

    assert chart.unread


@pytest.mark.parametrize(
    "text", ["Figure 3: Snow", "Fig. 2. Wind", "Table IV", "Abbildung 1.7: Karte", "Table 2 | Rain"]
)
def test_captions_are_told(text):
    assert CAPTION.match(text)
