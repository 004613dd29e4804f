"""What every `Ocr` keeps to: the real reader and the fake one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from builders_pictures import lettered
from fake_ocr import FakeOcr, bars

from ingest.ocr.ocr import RapidOcr
from rag.protocols import Ocr

PLACES = ((40, 40), (40, 140), (40, 240))
WORDS = ("Barometer reading", "Snow depth 42 cm", "Wind from the west")
COLOURS = ((10, 0, 0), (0, 10, 0), (0, 0, 10))


class Reader(NamedTuple):
    ocr: Ocr
    draw: Callable[[Sequence[tuple[str, int, int]]], np.ndarray]


def draw_bars(lines: Sequence[tuple[str, int, int]]) -> np.ndarray:
    colour_of = dict(zip(WORDS, COLOURS, strict=True))
    drawn = [(colour_of[text], left, top, left + 300, top + 30) for text, left, top in lines]
    return bars(drawn, size=(800, 400))


@pytest.fixture(scope="module")
def rapid_ocr() -> RapidOcr:
    return RapidOcr(threads=1)


@pytest.fixture(params=["real", "fake"])
def reader(request: pytest.FixtureRequest, rapid_ocr: RapidOcr) -> Reader:
    if request.param == "real":
        return Reader(rapid_ocr, lettered)
    return Reader(FakeOcr(dict(zip(COLOURS, WORDS, strict=True))), draw_bars)


def placed() -> list[tuple[str, int, int]]:
    return [(text, *place) for text, place in zip(WORDS, PLACES, strict=True)]


def test_lines_come_in_reading_order(reader: Reader):
    assert [line.text for line in reader.ocr.read(reader.draw(placed()))] == list(WORDS)


def test_a_line_is_found_where_it_stands(reader: Reader):
    (line,) = reader.ocr.read(reader.draw([(WORDS[0], 80, 200)]))

    assert line.bbox.x0 == pytest.approx(80 / 800, abs=0.02)
    assert line.bbox.y0 <= 220 / 400 <= line.bbox.y1


def test_a_blank_picture_has_no_lines(reader: Reader):
    assert reader.ocr.read(reader.draw([])) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 20_000, 3), (20_000, 3, 3), (5, 5, 3)])
def test_a_picture_too_thin_for_letters_has_no_lines(reader: Reader, shape: tuple[int, int, int]):
    assert reader.ocr.read(np.full(shape, 255, dtype=np.uint8)) == []


def test_reading_twice_gives_the_same(reader: Reader):
    pixels = reader.draw(placed())

    assert reader.ocr.read(pixels) == reader.ocr.read(pixels)
