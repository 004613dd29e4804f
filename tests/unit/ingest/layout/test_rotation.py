"""Quarter turns of boxes and pictures agree with each other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout.rotation import turn_of, turned_back, turned_box
from rag.datamodel import BBox
from rag.protocols import OcrLine

TURNS = st.sampled_from([0, 90, 180, 270])


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
