"""Lines that pixels make, of masks drawn by hand."""

import numpy as np
import pytest

from ingest.pixels.traces import trace_of


@pytest.mark.parametrize("shape", [(10, 0), (0, 10), (10, 10)])
def test_nothing_that_is_drawn_makes_no_line(shape):
    mask = np.zeros(shape, dtype=bool)

    assert trace_of(mask, (0, 0, 0), over=mask, left=0, top=0, em=8.0) is None
