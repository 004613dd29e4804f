"""The kinds of pictures, by what the finder of lettering sees in them."""

import hashlib

import numpy as np
import pytest
from builders_pictures import lettered

from ingest.lettering.picture_sight import (
    DEPTHS,
    FINDER,
    LEAST_CHANCE,
    WEIGHTS,
    LineFinder,
    PictureSight,
    SightWeights,
    told,
    with_outputs,
)

PROSE = [
    (f"Line {n} of a page tells of the snow that lies upon the pass till May", 50, 40 + 30 * n)
    for n in range(42)
]
NUMBERS = [
    (f"{row * 7 % 13}.{column}", 60 + 120 * column, 40 + 40 * row)
    for row in range(9)
    for column in range(6)
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


def test_numbers_in_rows_and_columns_are_a_table(sight):
    assert sight(lettered(NUMBERS, size=(760, 420), height_px=22)) == "table"


def test_one_large_word_is_an_ornament(sight):
    assert sight(lettered([("ACME", 40, 40)], size=(500, 200), height_px=120)) == "ornament"


def test_soft_light_is_a_photo(sight):
    assert sight(waves()) == "photo"


def test_the_signs_of_a_picture_do_not_depend_on_another_one_before(finder):
    first = finder.signs(waves())
    finder.signs(lettered(PROSE))

    assert np.array_equal(first, finder.signs(waves()))


def test_there_are_as_many_signs_as_weights(finder):
    weights = SightWeights.load()

    assert finder.signs(waves()).shape == weights.mean.shape == weights.spread.shape
    assert weights.weights.shape == (len(weights.mean), len(weights.kinds))


@pytest.mark.parametrize("shape", [(33, 33), (32, 900), (900, 32), (448, 448), (1, 1), (31, 500)])
def test_pictures_of_any_shape_are_looked_at(sight, shape):
    assert isinstance(sight(waves(*shape)), str)


def test_chances_sum_to_one(finder):
    chances = SightWeights.load().chances(finder.signs(waves()))

    assert sum(chances.values()) == pytest.approx(1.0)


def test_the_surest_kind_is_told_and_none_that_is_unsure():
    assert told({"map": LEAST_CHANCE, "photo": 1 - LEAST_CHANCE}) == "map"
    assert told({"map": 0.5, "photo": 0.5}) == ""


def test_a_chart_of_doubtful_form_is_a_chart():
    assert told({"bar chart": 0.4, "line chart": 0.4, "map": 0.2}) == "chart"
    assert told({"bar chart": 0.4, "line chart": 0.2, "map": 0.4}) == ""


def test_the_weights_are_of_the_network_that_is_installed():
    """Another version of rapidocr may bring another: then fit anew (training/sight/kinds.py)."""
    assert SightWeights.load().finder == hashlib.sha256(FINDER.read_bytes()).hexdigest()


def test_the_weights_stay_small():
    assert WEIGHTS.stat().st_size < 200_000


def test_an_output_is_added_as_a_second_graph_that_holds_its_name():
    added = with_outputs(b"", ("a", "b" * 200))

    assert added[:2] == bytes([7 << 3 | 2, 0xD3])  # 211 bytes follow: its length takes two
    assert added[3:8] == bytes([12 << 3 | 2, 3, 1 << 3 | 2, 1]) + b"a"
    assert with_outputs(b"model", DEPTHS).startswith(b"model")
