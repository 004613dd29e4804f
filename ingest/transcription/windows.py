"""Sound in windows that end where it is quiet, and what of it is silence. Knows samples alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from rag.protocols import SOUND_HZ, Samples

SILENT_LEVEL: Final = 0.003
"""Loudest step (root mean square) of a stretch in which nobody speaks: about -50 dB."""

STEP_S: Final = 0.1
LOOKED_BACK_SHARE: Final = 0.2
"""Of a window, so much at its end is searched for a quiet place to end at."""


def is_silent(samples: Samples) -> bool:
    """Say whether nothing is heard."""
    levels = _levels(samples)
    return not len(levels) or float(levels.max()) < SILENT_LEVEL


def quiet_end_s(samples: Samples) -> float:
    """Return the second near the end of a full window at which it is quietest."""
    levels = _levels(samples)
    if not len(levels):
        return len(samples) / SOUND_HZ
    first = int(len(levels) * (1 - LOOKED_BACK_SHARE))
    return (first + int(np.argmin(levels[first:])) + 0.5) * STEP_S


def _levels(samples: Samples) -> Samples:
    """Return the root mean square of each whole step."""
    step = round(STEP_S * SOUND_HZ)
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    return np.asarray(np.sqrt((whole**2).mean(axis=1)), dtype=np.float32)
