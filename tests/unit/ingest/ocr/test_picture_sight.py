"""The kinds of pictures, by what the finder of lettering sees in them."""

import numpy as np
import pytest
from builders_pictures import lettered

from ingest.ocr.picture_sight import LineFinder, PictureSight

PROSE = [
    (f"Line {n} of a page tells of the snow that lies upon the pass till May", 50, 40 + 30 * n)
    for n in range(42)
]


@pytest.fixture(scope="module")
def sight() -> PictureSight:
    return PictureSight()


@pytest.fixture(scope="module")
def finder() -> LineFinder:
    return LineFinder()


def waves(height: int = 320, width: int = 480) -> np.ndarray:
    """Return a picture without an edge: soft light as of a photograph out of focus."""
    rows, columns = np.mgrid[:height, :width] / 60
    light = [np.sin(rows + columns * k) * np.cos(rows * k) for k in (0.7, 1.1, 1.6)]
    return (128 + 100 * np.stack(light, axis=-1)).astype(np.uint8)


def test_a_page_of_text_is_a_scan(sight):
    assert sight(lettered(PROSE, size=(900, 1300), height_px=20)) == "scan"


def test_the_signs_of_a_picture_do_not_depend_on_another_one_before(finder):
    first = finder.signs(waves())
    finder.signs(lettered(PROSE))

    assert np.array_equal(first, finder.signs(waves()))


@pytest.mark.parametrize("shape", [(33, 33), (32, 900), (900, 32), (448, 448), (1, 1), (31, 500)])
def test_pictures_of_any_shape_are_looked_at(sight, shape):
    assert isinstance(sight(waves(*shape)), str)
