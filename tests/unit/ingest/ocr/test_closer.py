"""Small numbers beside an axis are looked for once more, where bars lack a scale."""

import numpy as np
import pytest

from ingest.layout.layout import Line
from ingest.ocr.charts import EDGES, QUARTERS, charts_seen
from rag.datamodel import BBox
from rag.protocols import OcrLine

WIDE, HIGH = 400, 300
BASE = 250
VALUES = {"north": 40, "south": 80, "east": 60, "west": 95}


def words(x, y, text):
    wide = 7 * len(text)
    box = BBox(
        x0=(x - wide / 2) / WIDE,
        y0=(y - 6) / HIGH,
        x1=(x + wide / 2) / WIDE,
        y1=(y + 6) / HIGH,
    )
    return Line(text=text, bbox=box, confidence=0.99)


def tick(value):
    return words(40, BASE - 2 * value, str(value))


def picture():
    pixels = np.full((HIGH, WIDE, 3), 255, dtype=np.uint8)
    pixels[20:BASE, 60] = pixels[BASE, 60:390] = 80
    for n, value in enumerate(VALUES.values()):
        pixels[BASE - 2 * value : BASE, 90 + 80 * n : 114 + 80 * n] = (30, 100, 180)
    return pixels


NAMES = [words(102 + 80 * n, BASE + 14, name) for n, name in enumerate(VALUES)]
FOUND = [words(230, 10, "2009"), tick(0), tick(100), *NAMES]
"""What is read at first: two ticks of five."""


class PartOcr:
    """Reads what it is told in one part of the picture after the other."""

    def __init__(self, lines, parts):
        self.lines = lines
        self.parts = list(parts)

    def read(self, image, *, sheets=1.0):
        del image, sheets
        part = self.parts.pop(0)
        wide, high = part.x1 - part.x0, part.y1 - part.y0
        return [
            OcrLine(
                text=line.text,
                bbox=BBox(
                    x0=(line.bbox.x0 - part.x0) / wide,
                    y0=(line.bbox.y0 - part.y0) / high,
                    x1=(line.bbox.x1 - part.x0) / wide,
                    y1=(line.bbox.y1 - part.y0) / high,
                ),
                confidence=line.confidence,
            )
            for line in self.lines
            if line.bbox.intersection_area(part) == line.bbox.area
        ]


def values(charts):
    return {name: float(value) for name, value in charts[0].grid[1:]}


def test_numbers_that_were_missed_beside_an_axis_are_found_by_a_closer_look():
    ocr = PartOcr([tick(50), tick(75)], EDGES)
    charts = charts_seen(picture(), FOUND, ocr)

    assert values(charts) == {name: pytest.approx(v, abs=2) for name, v in VALUES.items()}


TICKS = [tick(n) for n in (0, 25, 50, 75, 100)]


def test_names_that_were_missed_are_found_in_a_quarter_of_the_picture():
    ocr = PartOcr(NAMES, QUARTERS)

    assert values(charts_seen(picture(), [*TICKS, *NAMES[:1]], ocr)) == {
        name: pytest.approx(v, abs=2) for name, v in VALUES.items()
    }
    assert ocr.parts == []
