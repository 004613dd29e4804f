"""Pies that are pixels: the share of each wedge, and what is no pie."""

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ingest.charts.raster.chart_picture import charts_of_picture
from ingest.layout.layout import Line
from rag.datamodel import BBox

WIDE, HIGH = 500, 360
MIDDLE, RADIUS = (190, 180), 120
COLOURS = ((30, 100, 180), (200, 60, 40), (60, 150, 70), (220, 170, 40))
NAMES = ("Roads", "Schools", "Parks", "Water")
SHARES = (45.0, 30.0, 15.0, 10.0)


class Pie:
    """Wedges from the top on, clockwise, each with its name in a legend."""

    def __init__(self, shares=SHARES, *, border=0, hole=0):
        large = Image.new("RGB", (4 * WIDE, 4 * HIGH), "white")
        draw = ImageDraw.Draw(large)
        self.lines, self.ends = [], np.cumsum([0, *shares]) * 3.6 - 90
        for begin, end, colour in zip(self.ends, self.ends[1:], COLOURS, strict=False):
            draw.pieslice(_box(RADIUS), begin, end, fill=colour, outline="white", width=4 * border)
        if hole:
            draw.ellipse(_box(hole), fill="white")
        self.picture = large.resize((WIDE, HIGH), Image.Resampling.LANCZOS)
        self.draw = ImageDraw.Draw(self.picture)

    def legend(self, names=NAMES):
        for n, (name, colour) in enumerate(zip(names, COLOURS, strict=False)):
            self.draw.rectangle((360, 60 + 20 * n, 369, 69 + 20 * n), fill=colour)
            self.words(378 + 3.5 * len(name), 65 + 20 * n, name)
        return self

    def printed(self, texts, *, part=0.7):
        """Write words into the wedges, or beside them where `part` is more than 1."""
        for begin, end, text in zip(self.ends, self.ends[1:], texts, strict=False):
            angle = math.radians((begin + end) / 2)
            x = MIDDLE[0] + part * RADIUS * math.cos(angle)
            y = MIDDLE[1] + part * RADIUS * math.sin(angle)
            if part > 1:
                x += 3.5 * len(text) * math.cos(angle)
            self.words(x, y, text)
        return self

    def words(self, x, y, text):
        half = 3.5 * len(text)
        box = BBox.clamped((x - half) / WIDE, (y - 7) / HIGH, (x + half) / WIDE, (y + 7) / HIGH)
        self.lines.append(Line(text=text, bbox=box, confidence=0.99))

    def read(self):
        return charts_of_picture(np.asarray(self.picture), self.lines)


def _box(radius):
    (x, y), by = MIDDLE, radius
    return tuple(4 * side for side in (x - by, y - by, x + by, y + by))


def told(chart):
    return {name: float(share.rstrip("%")) for name, share in chart.grid[1:]}


def nearly(names, shares, *, within=0.8):
    return pytest.approx(dict(zip(names, shares, strict=True)), abs=within)


@pytest.mark.parametrize("look", [{}, {"border": 3}, {"hole": 60}])
def test_a_pie_and_a_ring_are_read_by_their_angles_and_the_legend(look):
    (chart,) = Pie(**look).legend().read()

    assert chart.kind == "pie chart"
    assert told(chart) == nearly(NAMES, SHARES)
    assert chart.within


def test_wedges_are_named_by_what_stands_beside_them():
    (chart,) = Pie().printed(NAMES, part=1.08).read()

    assert told(chart) == nearly(NAMES, SHARES)


def test_a_title_over_a_pie_is_no_part_of_a_name():
    pie = Pie().printed(NAMES, part=1.15)
    pie.words(MIDDLE[0] - 40, 16, "Spending")

    (chart,) = pie.read()
    assert [row[0] for row in chart.grid[1:]] == list(NAMES)


def test_printed_shares_that_agree_are_told_as_they_are():
    (chart,) = Pie().legend().printed(("45.3%", "29.7%", "15%", "10%")).read()

    assert chart.grid[1] == ["Roads", "45.3%"]
    assert chart.within == ""


def test_a_square_with_words_beside_it_is_no_pie():
    pie = Pie((100,)).legend(NAMES[:1])
    pie.draw.rectangle((70, 60, 310, 300), fill=COLOURS[0])
    pie.draw.rectangle((190, 60, 310, 300), fill=COLOURS[1])

    assert pie.read() == []


def test_a_round_photo_is_no_pie():
    pie = Pie().legend()
    grain = np.random.default_rng(1).integers(0, 255, (HIGH, WIDE, 3), dtype=np.uint8)
    y, x = np.mgrid[:HIGH, :WIDE]
    inside = np.hypot(x - MIDDLE[0], y - MIDDLE[1]) < RADIUS
    pixels = np.where(inside[..., None], grain, np.asarray(pie.picture))

    assert charts_of_picture(pixels, pie.lines) == []
