"""Charts that are drawn as SVG are read as tables; what is odd in a drawing costs it nothing."""

import math

import pytest
from builders_office import parse_text

from ingest.parsers.images.svg_ink import MOST_SHAPES
from ingest.parsers.images.svg_paths import outlines_of

NAMES = ("North", "East", "South", "West")
VALUES = (40, 65, 20, 80)


def read(folder, inside):
    names = 'xmlns="http://www.w3.org/2000/svg" width="400" height="300"'
    return parse_text(folder, "a.svg", f"<svg {names}>{inside}</svg>")


def table(document):
    return [e.text.split("\n") for e in document.elements if e.role == "chart"]


def axis():
    ticks = [f"<text x='50' y='{254 - 2 * n}'>{n}</text>" for n in (0, 25, 50, 75, 100)]
    return f"<g font-size='10' text-anchor='end'>{''.join(ticks)}</g>"


def names(words=NAMES):
    placed = [f"<text x='{90 + 60 * n}' y='270'>{word}</text>" for n, word in enumerate(words)]
    return f"<g font-size='10' text-anchor='middle'>{''.join(placed)}</g>"


def bars(colour="fill='#1e64b4'"):
    return "".join(
        f"<rect x='{78 + 60 * n}' y='{250 - 2 * value}' width='24' height='{2 * value}' {colour}/>"
        for n, value in enumerate(VALUES)
    )


WANTED = ["Category | Value", "North | 40", "East | 65", "South | 20", "West | 80"]


@pytest.mark.parametrize(
    "drawn",
    [
        bars(),
        "<style>.b {fill: #1e64b4}</style>" + bars("class='b'"),
        f"<g transform='translate(10 0)'><g transform='matrix(1 0 0 1 -10 0)'>{bars()}</g></g>",
        "".join(
            f"<path d='M{78 + 60 * n},250v-{2 * v}h24v{2 * v}z' style='fill:#1e64b4'/>"
            for n, v in enumerate(VALUES)
        ),
    ],
)
def test_bars_are_read_however_they_are_written(tmp_path, drawn):
    document = read(tmp_path, f"<g>{axis()}{names()}{drawn}</g>")

    (rows,) = table(document)

    assert [[cell.split(".")[0] for cell in row.split(" | ")] for row in rows] == [
        row.split(" | ") for row in WANTED
    ]
    assert "Read off the bar chart" in document.elements[-1].text
    assert {e.kind for e in document.elements if e.role in {"figure", "chart"}} == {"bar chart"}
    assert document.elements[-1].bbox == document.elements[0].bbox


def test_a_line_is_read_at_its_names(tmp_path):
    places = [(90 + 60 * n, 250 - 2 * value) for n, value in enumerate(VALUES)]
    steps = " ".join(f"{x},{y}" for x, y in places)
    line = f"<polyline points='{steps}' fill='none' stroke='#c33'/>"

    (rows,) = table(read(tmp_path, axis() + names() + line))

    assert [round(float(row.split(" | ")[1])) for row in rows[1:]] == list(VALUES)


def test_what_is_hidden_or_only_defined_is_no_bar(tmp_path):
    hidden = "<defs><rect x='300' y='50' width='24' height='200'/></defs>"
    hidden += "<g display='none'><rect x='330' y='50' width='24' height='200'/></g>"

    (rows,) = table(read(tmp_path, axis() + names() + bars() + hidden))

    assert len(rows) == len(WANTED)


@pytest.mark.parametrize(
    "inside",
    [
        "<path d='M0 0 L 1e999 5 C 1 2'/>" + axis(),
        "<g>" * 200 + bars() + "</g>" * 200 + axis(),
        "<rect width='1' height='1'/>" * (MOST_SHAPES + 1) + axis() + bars(),
        "<text x='a' font-size='-3'>a</text>" * 9 + bars("fill='url(#none)'"),
        "<path d='" + "a1 1 0 0 1 0 0" * 50 + "' transform='scale(0)'/>" + axis(),
        "<path d='M1 1 A5 5 1e999 0 1 9 9'/>" + axis(),
        "<text transform='rotate(1e999)'>a</text>" + axis(),
        "<text transform='scale(1e999) translate(0)'>a</text>" + axis(),
        "<text transform='scale(1e200) scale(1e200)' x='1'>a</text>" + axis(),
    ],
)
def test_odd_drawings_have_no_chart_and_keep_their_picture(tmp_path, inside, caplog):
    document = read(tmp_path, inside)

    assert (table(document), caplog.records) == ([], [])
    assert document.elements[0].role == "figure"


def test_an_arc_keeps_its_distance_from_the_middle():
    (outline,) = outlines_of("M10 0 A10 10 0 0 1 -10 0")

    assert all(math.hypot(x, y) == pytest.approx(10) for x, y in outline.points)
    assert outline.points[len(outline.points) // 2][1] == pytest.approx(10, abs=0.2)
    assert outline.knots == [(10, 0), (-10, 0)]
