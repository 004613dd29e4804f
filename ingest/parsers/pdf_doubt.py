"""Which texts of a PDF page may not be seen, told by its scene alone. Pure.

In doubt are letters that are not plainly filled, that something is painted over, that hardly
differ from what lies behind them, or that reach out of the page or their clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf_scene import MOST_PAINTS, Scene, Shape

PLAIN_CONTRAST: Final = 64
"""Letters that differ so much (of 255, in one of the colours) from what lies behind are seen."""

MOST_PAIRS: Final = 500_000
"""Above these it is faster to draw a page than to compare what it is made of."""

_COVERED: Final = 0.25
"""Of a text's area, or of its height by one thing: less is the edge of a neighbour."""

_EDGE_PT: Final = 0.5
_PAGE: Final = Shape((0.0, 0.0, 0.0, 0.0), 0, (255, 255, 255))

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def in_doubt(scene: Scene) -> Mask:
    """Return of which texts the page must be drawn to tell whether they are seen."""
    texts, paints = scene.texts, scene.paints
    if len(texts) * len(paints) > MOST_PAIRS or len(paints) >= MOST_PAINTS:
        return np.ones(len(texts), dtype=bool)
    odd = np.array([text.odd for text in texts], dtype=bool)
    return odd | _unclear(texts, paints) if texts else odd


def _unclear(texts: Sequence[Shape], paints: Sequence[Shape]) -> Mask:
    on, below = _rects(texts), _rects(paints)
    thick = (on[:, 2:] - on[:, :2]).min(axis=1, keepdims=True)
    wide, high = _shared(on, below, 0), _shared(on, below, 1)
    meets = (wide > _COVERED * thick) & (high > _COVERED * thick)
    later = _orders(texts)[:, None] < _orders(paints)[None, :]
    over = meets & later & (np.maximum(wide, high) > thick)
    many = (wide * high * later).sum(axis=1) > _COVERED * np.prod(on[:, 2:] - on[:, :2], axis=1)
    holds = ~later & _contained(on, below, _COVERED * thick + _EDGE_PT)
    ground = _ground(paints, holds)
    behind = meets & ~later & (_orders(paints)[None, :] >= ground[:, None])
    pale = behind & (_contrast(texts, paints) < PLAIN_CONTRAST)
    on_page = (ground == 0) & (_contrast(texts, [_PAGE])[:, 0] < PLAIN_CONTRAST)
    unclear: Mask = np.logical_or.reduce([over.any(axis=1), many, pale.any(axis=1), on_page])
    return unclear


def _ground(paints: Sequence[Shape], holds: Mask) -> NDArray[np.int64]:
    """Return the order of the last plain rectangle that each text stands on; 0: the page."""
    whole = np.array([paint.whole for paint in paints], dtype=bool)
    on = np.where(holds & whole[None, :], _orders(paints)[None, :], 0)
    ground: NDArray[np.int64] = on.max(axis=1, initial=0)
    return ground


def _contrast(texts: Sequence[Shape], paints: Sequence[Shape]) -> Floats:
    """Return by how much the colours differ, at most; 0 where a paint has no one colour."""
    ink = np.array([text.colour for text in texts], dtype=np.float64)
    ground = np.array([paint.colour for paint in paints], dtype=np.float64).reshape(-1, 3)
    apart = [np.abs(ink[:, None, n] - ground[None, :, n]) for n in range(3)]
    contrast: Floats = np.where(ground[None, :, 0] < 0, 0.0, np.maximum.reduce(apart))
    return contrast


def _shared(texts: Floats, paints: Floats, side: int) -> Floats:
    """Return the width (side 0) or height (side 1) that each text shares with each paint."""
    end = np.minimum(texts[:, None, side + 2], paints[None, :, side + 2])
    shared: Floats = end - np.maximum(texts[:, None, side], paints[None, :, side])
    return np.maximum(0.0, shared)


def _contained(texts: Floats, paints: Floats, slack: Floats) -> Mask:
    """Say which paints hold which texts, but for `slack` at the edges."""
    begins = [paints[None, :, side] <= texts[:, None, side] + slack for side in (0, 1)]
    ends = [paints[None, :, side] >= texts[:, None, side] - slack for side in (2, 3)]
    held: Mask = np.logical_and.reduce([*begins, *ends])
    return held


def _rects(shapes: Sequence[Shape]) -> Floats:
    return np.array([shape.rect for shape in shapes], dtype=np.float64).reshape(-1, 4)


def _orders(shapes: Sequence[Shape]) -> NDArray[np.int64]:
    return np.array([shape.order for shape in shapes], dtype=np.int64)
