"""What scanning does to the picture of a chart, undone: a turn by a few degrees, and noise.

Axes, frames, grids and the sides of bars all run along two directions: how far these are turned
is how far the picture is. Knows pixels; knows neither lettering nor charts.
"""

from __future__ import annotations

from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.raster.palette import is_drawn, settled
from rag.protocols import Pixels

_LEAST_DEGREES: Final = 0.2
_MOST_DEGREES: Final = 5.0
"""Less is within what readers bear; more is no slip of paper."""

_STEP_DEGREES: Final = 0.1
_FINE_DEGREES: Final = 0.01

_TURNED: Final = 24
"""What a turn makes of a colour beside others is no further from it, in levels of a channel."""

_EDGE: Final = 12.0
"""Steps of brightness that are edges, in 256 levels: a pale grid has such."""

_MOST_EDGES: Final = 40_000
_SHARP: Final = 1.6
_SHARPER: Final = 1.25
"""A direction is sure where its edges lie so much more in rows than along the usual one, and than
along that of the picture itself."""

_NOISY: Final = 1.5
"""Deviation in 256 levels from which on noise is smoothed away; JPEG's is less on plain grounds."""

_MEDIAN: Final = 6 * 0.6745
"""Median of the filtered noise in deviations: Immerkaer, Fast Noise Variance Estimation, 1996."""

_FRAYED: Final = 0.08
_BESIDE_PX: Final = (2, 6)
_STEP: Final = 40
_FLAT: Final = 3
"""Of the pixels so far beside steps of brightness, those of a drawing are flat, but for JPEG's."""

_REACH_PX: Final = 6
"""How far JPEG's shades reach at least: its blocks are 8 pixels wide."""

_FILTER: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)


def straightened(pixels: Pixels) -> Pixels | None:
    """Return a drawing, shape (height, width, 3), turned back; None where it is not turned."""
    degrees = skew_of(pixels) if is_drawn(pixels) else 0.0
    if abs(degrees) < _LEAST_DEGREES:
        return None
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    margin = np.median(np.concatenate([pixels[0], pixels[-1]]), axis=0).tolist()
    found = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=margin)
    return settled(np.asarray(found, dtype=np.uint8), reach=_TURNED)


def skew_of(pixels: Pixels) -> float:
    """Return how many degrees a picture is turned counter-clockwise; 0 where that is not sure.

    By the turn along which level edges lie in fewest rows: the profile of Postl, 1986.
    """
    xs, ys = _level_edges(pixels)
    if not len(xs):
        return 0.0
    turns = np.arange(-_MOST_DEGREES, _MOST_DEGREES + _STEP_DEGREES / 2, _STEP_DEGREES)
    peaks = np.array([_peak(xs, ys, turn) for turn in turns])
    best = int(peaks.argmax())
    itself = peaks[np.abs(turns).argmin()]
    if peaks[best] < _SHARP * np.median(peaks) or peaks[best] < _SHARPER * itself:
        return 0.0
    near = np.arange(-_STEP_DEGREES, _STEP_DEGREES, _FINE_DEGREES) + turns[best]
    return float(near[int(np.argmax([_peak(xs, ys, turn) for turn in near]))])


def _level_edges(pixels: Pixels) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where brightness steps more downwards than sideways: x and y, not all of many."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    down = np.abs(cv2.Sobel(grey, -1, 0, 1, scale=0.25))
    side = np.abs(cv2.Sobel(grey, -1, 1, 0, scale=0.25))
    ys, xs = np.nonzero((down > _EDGE) & (down > 2 * side))
    every = max(1, len(xs) // _MOST_EDGES)
    return xs[::every], ys[::every]


def _peak(xs: NDArray[np.intp], ys: NDArray[np.intp], degrees: float) -> float:
    """Return how much edges lie in few rows of a picture turned back: squares of their counts."""
    rows = np.rint(ys + xs * np.tan(np.radians(degrees))).astype(np.intp)
    return float((np.bincount(rows - rows.min()).astype(np.float64) ** 2).sum())


def smoothed(pixels: Pixels) -> Pixels:
    """Return a picture without its noise or the shades of JPEG; as it is where it has little."""
    noise = noise_of(pixels)
    if noise >= _NOISY:
        flat = cv2.bilateralFilter(cv2.medianBlur(pixels, 3), 7, 4 * noise, 3)
    elif is_drawn(pixels) and frayed(pixels) > _FRAYED:
        flat = cv2.pyrMeanShiftFiltering(pixels, _REACH_PX, _STEP, maxLevel=0)
    else:
        return pixels
    smooth = np.asarray(flat, dtype=np.uint8)
    return settled(smooth, reach=_STEP) if is_drawn(smooth) else smooth


def frayed(pixels: Pixels) -> float:
    """Return how many of the pixels near the edges of what is drawn are not flat, 0 to 1."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    kernel = np.ones((3, 3), dtype=np.uint8)
    steps = cv2.subtract(cv2.dilate(grey, kernel), cv2.erode(grey, kernel))
    edges = (steps > _STEP).astype(np.uint8)
    inner, outer = (_grown(edges, by) for by in _BESIDE_PX)
    beside = steps[outer & ~inner]
    return float((beside > _FLAT).mean()) if len(beside) else 0.0


def _grown(mask: NDArray[np.uint8], by: int) -> NDArray[np.bool_]:
    side = 2 * by + 1
    return cv2.dilate(mask, np.ones((side, side), dtype=np.uint8)).astype(bool)


def noise_of(pixels: Pixels) -> float:
    """Return the deviation of a picture's noise, in 256 levels: of most of it, which is plain."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.median(np.abs(cv2.filter2D(grey, -1, _FILTER)))) / _MEDIAN
