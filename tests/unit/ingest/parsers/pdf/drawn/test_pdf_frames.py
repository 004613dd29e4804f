import pytest
from builders_pdf import piece, right_piece

from ingest.charts.ink import Fill
from ingest.parsers.pdf.drawn.drawings import Drawings, Paths
from ingest.parsers.pdf.drawn.figures import divided_title, find_figures

PAGE = (0.0, 0.0, 600.0, 800.0)
FRAME = (300.0, 220.0, 520.0, 440.0)
BARS = [
    (350 + 40 * n, 400 - height, 370 + 40 * n, 400) for n, height in enumerate((40, 90, 60, 120))
]
TICKS = [right_piece(str(10 * n), 340, 395 - 40 * n) for n in range(4)]
YEARS = [piece(str(2010 + n), 350 + 40 * n, 404) for n in range(4)]
PLOT = (345.0, 270.0, 515.0, 401.0)


def level(box):
    return [(box[0], y, box[2], y) for y in (box[1], box[3])]


def upright(box):
    return [(x, box[1], x, box[3]) for x in (box[0], box[2])]


def ground(box, colour=(240, 240, 220)):
    x0, y0, x1, y1 = box
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)), colour=colour)


def figures(pieces, *frames, grounds=()):
    """Return the figures of a page with the chart, and frames and grounds around it."""
    drawings = Drawings(
        boxes=BARS,
        horizontal=[rule for frame in frames for rule in level(frame)],
        vertical=[rule for frame in frames for rule in upright(frame)],
    )
    return of(drawings, [*TICKS, *YEARS, *pieces], grounds=grounds)


def of(drawings, pieces, *, grounds=()):
    paths = Paths(fills=list(grounds))
    return find_figures(drawings, pieces, page=PAGE, ignored=lambda _: False, paths=paths)


@pytest.fixture
def table():
    """Return cells of a table left of the frame, as near to it as labels of an axis stand."""
    rows = range(282, 400, 14)
    return [right_piece(f"{y}.5", right, y) for y in rows for right in (220, 258, 296)]


def test_a_chart_in_a_frame_keeps_the_title_and_the_notes_in_it():
    title = piece("Rain at the station by the lake in spring", 302, 226, bold=True)
    note = piece("Source: our own gauge", 305, 425)
    (chart,) = figures([title, note], FRAME)

    assert chart.rect == FRAME
    assert divided_title(chart)[0] == [title]
    assert note in chart.pieces


def test_a_frame_that_holds_more_than_its_chart_is_not_filled_by_it():
    (chart,) = figures([piece("Rain, by month and place", 60, 60)], (20.0, 20.0, 580.0, 780.0))

    assert set(chart.pieces) == {*TICKS, *YEARS}


@pytest.mark.parametrize("colour", [(255, 255, 255), (240, 240, 220)])
def test_the_ground_below_a_whole_chart_is_its_frame(table, colour):
    (chart,) = figures(table, grounds=[ground(PLOT), ground(FRAME, colour)])

    assert set(chart.pieces) == {*TICKS, *YEARS}
