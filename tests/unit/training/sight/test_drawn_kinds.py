"""Drawn pictures of kinds: the same for the same seed, never larger than the others."""

import numpy as np
import pytest

from training.sight.drawn_kinds import DRAWERS, drawn
from training.sight.kinds import COPY_PX


@pytest.mark.parametrize("kind", DRAWERS)
def test_a_picture_of_each_kind_is_drawn_the_same_twice(kind):
    first, again = (np.asarray(drawn(kind, 3)) for _ in range(2))

    assert np.array_equal(first, again)
    assert max(first.shape) <= COPY_PX
    assert first.std() > 5
