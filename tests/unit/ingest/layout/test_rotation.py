"""Quarter turns of boxes and pictures agree with each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.rotation import turn_of, turned_back, turned_box, upright_box
from rag.datamodel import BBox
from rag.protocols import OcrLine

TURNS = st.sampled_from([0, 90, 180, 270])
SIDES = st.lists(st.integers(0, 100), min_size=2, max_size=2, unique=True).map(
    lambda pair: tuple(side / 100 for side in sorted(pair))
)


@given(SIDES, SIDES, TURNS)
def test_turning_back_gives_the_same_box(across, down, turn):
    box = BBox(x0=across[0], y0=down[0], x1=across[1], y1=down[1])

    back = upright_box(turned_box(box, turn), turn)

    assert (back.x0, back.y0, back.x1, back.y1) == pytest.approx((box.x0, box.y0, box.x1, box.y1))


@given(TURNS)
def test_a_box_turns_with_its_picture(turn):
    upright = np.zeros((40, 60, 3), dtype=np.uint8)
    upright[10:20, 30:45] = 255
    displayed = np.rot90(upright, -turn // 90)

    box = turned_box(BBox(x0=30 / 60, y0=10 / 40, x1=45 / 60, y1=20 / 40), turn)
    height_px, width_px = displayed.shape[:2]
    inside = displayed[
        round(box.y0 * height_px) : round(box.y1 * height_px),
        round(box.x0 * width_px) : round(box.x1 * width_px),
    ]

    assert inside.shape[0] * inside.shape[1] == 150
    assert inside.min() == 255
    assert np.array_equal(turned_back(displayed, turn), upright)


@given(TURNS)
def test_the_turn_of_a_page_is_told_by_its_lines(turn):
    boxes = [BBox(x0=0.1, y0=0.1 * n, x1=0.8, y1=0.1 * n + 0.05) for n in range(1, 9)]
    lines = [OcrLine(text="words", bbox=turned_box(b, turn), confidence=1) for b in boxes]

    assert turn_of(lines, aspect=1.0) == turn


def test_too_few_lines_tell_no_turn():
    tall = OcrLine(text="Axis", bbox=BBox(x0=0.1, y0=0.1, x1=0.12, y1=0.6), confidence=1)

    assert turn_of([tall], aspect=1.0) == 0
