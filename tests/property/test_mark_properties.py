"""Marks that stand apart are found, each once, wherever they stand."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.pixels.marks import marks_of

CELL, ROWS, COLUMNS = 24, 5, 7
FORM = np.hypot(*np.mgrid[-4:5, -4:5]) <= 4.2

CELLS = st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, ROWS - 1))
SHIFTS = st.lists(st.tuples(st.integers(6, 17), st.integers(6, 17)), min_size=35, max_size=35)


@given(st.sets(CELLS, min_size=4, max_size=20), SHIFTS)
def test_marks_apart_are_each_found_once(cells, shifts):
    own = np.zeros((ROWS * CELL, COLUMNS * CELL), dtype=bool)
    placed = []
    for (column, row), (dx, dy) in zip(sorted(cells), shifts, strict=False):
        x, y = column * CELL + dx, row * CELL + dy
        own[y - 4 : y + 5, x - 4 : x + 5] |= FORM
        placed.append((x, y))
    found = marks_of(own, np.zeros_like(own), ~own, (30, 100, 180), at=(0.0, 0.0), em=16)
    assume(found is not None)  # dots in an even row are a line's
    assert sorted((int(x), int(y)) for x, y in found.middles) == sorted(placed)
    assert not found.hides
