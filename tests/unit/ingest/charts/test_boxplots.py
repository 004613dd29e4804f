"""Box plots as lines and fills: what is read of them, and what is told that is not."""

from dataclasses import replace

import pytest

from ingest.charts.forms.boxplot import HEADS
from ingest.charts.forms.read import read_charts
from ingest.charts.ink import Fill, Ink, Label, Stroke
from ingest.charts.table import LostWordsError, NoChartError

BLUE, BLACK = (20, 60, 200), (0, 0, 0)
FIVES = {"North": (10, 30, 40, 60, 90), "East": (20, 35, 50, 55, 70), "South": (5, 5, 20, 60, 80)}


def label(text, x, y):
    return Label(text=text, box=(x - 2.5 * len(text), y - 5, x + 2.5 * len(text), y + 5))


def line(*points):
    return Stroke(points=points, colour=BLACK)


def at(value):
    """Return the height of a value: the axis runs from 0 at 300 up to 100 at 100."""
    return 300 - 2 * value


def box(x, five, *, caps=True):
    """Return the body of a box as an outline, and its lines."""
    low, first, middle, last, high = five
    left, right = x - 12, x + 12
    body = ((left, at(first)), (right, at(first)), (right, at(last)), (left, at(last)))
    lines = [line((left, at(middle)), (right, at(middle)))]
    for begin, end in ((first, low), (last, high)):
        if begin != end:
            lines.append(line((x, at(begin)), (x, at(end))))
        if caps:
            lines.append(line((x - 6, at(end)), (x + 6, at(end))))
    return [Stroke(points=(*body, body[0]), colour=BLACK), *lines]


def plot(fives=FIVES, **how):
    strokes = [s for n, five in enumerate(fives.values()) for s in box(120 + 60 * n, five, **how)]
    names = [label(name, 120 + 60 * n, 312) for n, name in enumerate(fives)]
    ticks = [
        Label(text=str(v), box=(90 - 5 * len(str(v)), at(v) - 5, 90, at(v) + 5))
        for v in range(0, 101, 20)
    ]
    return Ink(strokes=strokes, labels=[*names, *ticks])


def turned(ink):
    """Return ink whose boxes lie, and whose words stand where they did along their axis."""
    strokes = [replace(s, points=tuple((y, x) for x, y in s.points)) for s in ink.strokes]
    words = [label(x.text, x.middle[1], x.middle[0]) for x in ink.labels if x.text.isdecimal()]
    names = [
        Label(text=x.text, box=(60, x.middle[0] - 5, 88, x.middle[0] + 5))
        for x in ink.labels
        if not x.text.isdecimal()
    ]
    return Ink(strokes=strokes, labels=[*words, *names])


def values(chart):
    return {row[0]: tuple(map(float, row[1:])) for row in chart.grid[1:]}


@pytest.mark.parametrize("caps", [True, False])
def test_each_box_is_a_row_of_its_five_values(caps):
    (chart,) = read_charts(plot(caps=caps))

    assert chart.kind == "box plot"
    assert tuple(chart.grid[0][1:]) == HEADS
    assert values(chart) == {name: pytest.approx(five, abs=0.5) for name, five in FIVES.items()}
    assert not chart.warnings


def test_boxes_may_lie():
    (chart,) = read_charts(turned(plot()))

    assert {name: sorted(five) for name, five in values(chart).items()} == {
        name: pytest.approx(sorted(five), abs=0.5) for name, five in FIVES.items()
    }


def test_lines_of_a_grid_through_boxes_are_neither_medians_nor_whiskers():
    ink = plot()
    grid = [line((100, at(v)), (280, at(v))) for v in range(0, 101, 20)]
    grid += [line((120 + 60 * n, 100), (120 + 60 * n, 300)) for n in range(3)]
    (chart,) = read_charts(replace(ink, strokes=[*grid, *ink.strokes]))

    assert values(chart)["East"] == pytest.approx(FIVES["East"], abs=0.5)


def test_a_box_whose_median_is_not_seen_has_none():
    ink = plot()
    hidden = ((168, at(50)), (192, at(50)))
    bare = [s for s in ink.strokes if s.points != hidden]
    (chart,) = read_charts(replace(ink, strokes=bare))

    assert chart.grid[2] == ["East", "20.0", "35.0", "", "55.0", "70.0"]
    assert chart.warnings == ["no median was seen of: East"]


def test_points_beyond_whiskers_are_told():
    ink = plot()
    corners = ((118, at(97)), (122, at(97)), (122, at(95)), (118, at(95)))
    point = Fill(points=corners, colour=BLACK, outlined=True)
    (chart,) = read_charts(replace(ink, fills=[point]))

    assert chart.warnings == ["points beyond its whiskers are not in the table"]


def test_bars_with_error_bars_are_no_box_plot():
    bars, lines = [], []
    for n, (low, value, high) in enumerate(((30, 40, 50), (50, 60, 65), (20, 30, 35))):
        x = 120 + 60 * n
        corners = ((x - 12, at(0)), (x + 12, at(0)), (x + 12, at(value)), (x - 12, at(value)))
        bars.append(Fill(points=corners, colour=BLUE))
        lines.append(line((x, at(low)), (x, at(high))))
    (chart,) = read_charts(replace(plot(), fills=bars, strokes=lines))

    assert chart.kind == "bar chart"


def test_boxes_without_names_are_refused_and_those_without_an_axis_are_no_chart():
    ink = plot()
    with pytest.raises(LostWordsError):
        read_charts(replace(ink, labels=[x for x in ink.labels if x.text.isdecimal()]))
    with pytest.raises(NoChartError):
        read_charts(replace(ink, labels=[x for x in ink.labels if not x.text.isdecimal()]))
