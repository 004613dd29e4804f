"""A chart that is drawn in pixels, and its lettering as it is read."""

import numpy as np
from PIL import Image, ImageDraw

from ingest.charts.raster.chart_picture import charts_of_picture
from ingest.layout.layout import Line
from rag.datamodel import BBox

WIDE, HIGH = 400, 300
BLUE, RED, FAINT = (30, 100, 180), (200, 60, 40), (210, 225, 240)
BASE = 250
XS = (90, 150, 210, 270)
NAMES = ("North", "East", "South", "West")


def at(value):
    """Where a value of 0 to 100 stands: two pixels are one."""
    return BASE - 2 * value


class Drawing:
    """A plot whose axis stands at the left, and its lettering as it is read."""

    def __init__(self, ticks=("0", "25", "50", "75", "100")):
        self.picture = Image.new("RGB", (WIDE, HIGH), "white")
        self.draw = ImageDraw.Draw(self.picture)
        self.lines = []
        self.draw.line((60, 20, 60, BASE), fill=(80, 80, 80))
        self.draw.line((60, BASE, 390, BASE), fill=(80, 80, 80))
        for n, text in enumerate(ticks):
            self.words(40, at(25 * n), text)

    def words(self, x, y, text, *, high=12):
        wide = 7 * len(text)
        box = BBox.clamped(
            (x - wide / 2) / WIDE,
            (y - high / 2) / HIGH,
            (x + wide / 2) / WIDE,
            (y + high / 2) / HIGH,
        )
        self.lines.append(Line(text=text, bbox=box, confidence=0.99))

    def names(self, xs, names):
        for x, name in zip(xs, names, strict=True):
            self.words(x, BASE + 14, name)

    def bar(self, x, value, colour, *, wide=24, above=0):
        self.draw.rectangle((x, at(above + value), x + wide - 1, at(above) - 1), fill=colour)

    def line(self, xs, values, colour):
        places = [(x, at(value)) for x, value in zip(xs, values, strict=True)]
        self.draw.line(places, fill=colour, width=3)

    def legend(self, *entries):
        for n, (name, colour) in enumerate(entries):
            self.draw.rectangle((250, 30 + 18 * n, 259, 37 + 18 * n), fill=colour)
            self.words(266 + 3.5 * len(name), 34 + 18 * n, name)

    @property
    def grid(self):
        (chart,) = self.charts()
        return chart.grid

    def charts(self):
        return charts_of_picture(np.asarray(self.picture), self.lines)
