"""Vectors brought to length 1, whatever made them."""

from __future__ import annotations

import numpy as np

from rag.models.base.weights import FolderWeights
from rag.protocols import Matrix


def unit_rows(rows: Matrix, weights: FolderWeights) -> Matrix:
    """Return the rows in float32, each of length 1: bfloat16 leaves lengths off by up to 0.4 %.

    Raises ModelError where the model of these weights makes one without a direction.
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise weights.unusable("it makes vectors without a direction")
    unit: Matrix = rows / lengths
    return unit
