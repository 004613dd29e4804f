"""Which texts of a PDF page may not be seen, told by its scene alone. Pure.

In doubt are letters that are not plainly filled, that something is painted over, that hardly
differ from what lies behind them, or that reach out of the page or their clip. Most pages have
none, and most things on a page can hide nothing: only boxes that meet are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf.hidden.scene import MIXED, PageScene, Paints, Texts

PLAIN_CONTRAST: Final = 64
"""Letters that differ so much (of 255, in one of the colours) from what lies behind are seen."""

MAX_COMPARED: Final = 50_000_000
"""Texts times paints; above these, or MAX_MEETING, the page is drawn and nothing compared."""

MAX_MEETING: Final = 500_000
"""Pairs of a text and a paint that share a place."""

_AT_ONCE: Final = 65_536
"""Pairs of boxes compared at once."""

_COVERED: Final = 0.25
"""Of a text's area, or of its height by one thing: less is the edge of a neighbour."""

_EDGE_PT: Final = 0.5

_PAPER: Final = np.array([[255, 255, 255]])

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Pairs = tuple[Numbers, Numbers]
"""The numbers of texts, and of the paint that each meets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Of which texts the page must be drawn to tell whether they are seen.

    `unclear`: with them and without. `pale`: without them, if what is drawn differs from them.
    """

    unclear: Mask
    pale: Mask


class _Crowded(Exception):  # noqa: N818 - no error: it only ends the comparison
    """More boxes meet than are compared."""


def in_doubt(scene: PageScene) -> Doubts:
    """Return which texts may be hidden, and how that is to be found out."""
    unclear = scene.texts.odd.copy()
    none, everything = np.zeros_like(unclear), np.ones_like(unclear)
    if unclear.all():
        return Doubts(unclear=unclear, pale=none)
    if len(unclear) * len(scene.paints.orders) > MAX_COMPARED or scene.crowded:
        return Doubts(unclear=everything, pale=none)
    try:
        page = _Page(scene.texts, scene.paints)
        unclear |= page.covered()
        return Doubts(unclear=unclear, pale=page.pale() & ~unclear)
    except _Crowded:
        return Doubts(unclear=everything, pale=none)


class _Page:
    """Texts and paints, with the tables that several comparisons need."""

    def __init__(self, texts: Texts, paints: Paints) -> None:
        self._texts, self._text_orders = texts.rects, texts.orders
        self._paints, self._paint_orders = paints.rects, paints.orders
        self._plain, self._whole = np.flatnonzero(paints.plain), paints.whole
        inks, self._ink = _numbered(texts.colours)
        colours, self._colour = _numbered(paints.colours)
        self._alike = _contrast(inks, colours) < PLAIN_CONTRAST  # (inks, colours)
        self._on_paper = (_contrast(inks, _PAPER)[:, 0] < PLAIN_CONTRAST)[self._ink]
        sides = self._texts[:, 2:] - self._texts[:, :2]
        self._thick: Floats = sides.min(axis=1)
        self._areas: Floats = np.prod(sides, axis=1)

    def covered(self) -> Mask:
        """Say over which texts something is painted later."""
        later = np.flatnonzero(self._paint_orders > self._text_orders.min())
        text, paint = self._meeting(np.arange(len(self._texts)), later)
        after = self._text_orders[text] < self._paint_orders[paint]
        text, paint = text[after], paint[after]
        wide, high = self._shared(text, paint)
        longer: Mask = np.maximum(wide, high) > self._thick[text]
        over = self._overlaps(text, wide, high) & longer
        shares: NDArray[Any] = np.bincount(text, wide * high, len(self._texts))
        covered: Mask = shares > _COVERED * self._areas
        covered[text[over]] = True
        return covered

    def pale(self) -> Mask:
        """Say which texts have nearly the colour of what lies behind them."""
        paints: Mask = np.logical_or.reduce(self._alike, axis=0)
        inks: Mask = np.logical_or.reduce(self._alike, axis=1)
        can = paints[self._colour]
        behind = np.flatnonzero(can & (self._paint_orders < self._text_orders.max()))
        some = np.flatnonzero(inks[self._ink])
        text, paint = self._meeting(some, behind)
        like = self._alike[self._ink[text], self._colour[paint]]
        like &= self._paint_orders[paint] < self._text_orders[text]
        text, paint = text[like], paint[like]
        like = self._overlaps(text, *self._shared(text, paint))
        text, paint = text[like], paint[like]
        ground = self._grounds(np.union1d(text, np.flatnonzero(self._on_paper)))
        pale: Mask = self._on_paper & (ground == 0)
        pale[text[self._paint_orders[paint] >= ground[text]]] = True
        return pale

    def _grounds(self, some: Numbers) -> Numbers:
        """Return the order of the last plain rectangle that texts stand on; 0: the page."""
        ground = np.zeros(len(self._texts), dtype=np.int64)
        text, paint = self._meeting(some, self._plain)
        on, below = self._texts[text], self._paints[paint]
        slack = (_COVERED * self._thick[text] + _EDGE_PT)[:, None]
        holds = (below[:, :2] <= on[:, :2] + slack).all(axis=1)
        holds &= (below[:, 2:] >= on[:, 2:] - slack).all(axis=1)
        holds &= self._paint_orders[paint] < self._text_orders[text]
        text, paint = text[holds], paint[holds]
        below_some, of_pair = np.unique(paint, return_inverse=True)
        whole = self._whole(below_some)[of_pair]
        np.maximum.at(ground, text[whole], self._paint_orders[paint[whole]])
        return ground

    def _meeting(self, texts: Numbers, paints: Numbers) -> Pairs:
        """Return which of some texts meet which of some paints. Raises _Crowded."""
        pairs = list(_meeting(self._texts, texts, self._paints, paints))
        if not pairs:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.concatenate([t for t, _ in pairs]), np.concatenate([p for _, p in pairs])

    def _shared(self, text: Numbers, paint: Numbers) -> tuple[Floats, Floats]:
        """Return the widths and heights that pairs share."""
        on, below = self._texts[text], self._paints[paint]
        shared = np.minimum(on[:, 2:], below[:, 2:]) - np.maximum(on[:, :2], below[:, :2])
        return shared[:, 0], shared[:, 1]

    def _overlaps(self, text: Numbers, wide: Floats, high: Floats) -> Mask:
        """Say which pairs share more than a text's edge."""
        overlaps: Mask = np.minimum(wide, high) > _COVERED * self._thick[text]
        return overlaps


def _meeting(on: Floats, texts: Numbers, below: Floats, paints: Numbers) -> Iterator[Pairs]:
    """Yield which boxes meet, one strip of the page after another. Raises _Crowded."""
    if not len(texts) or not len(paints):
        return
    found = 0
    texts = texts[np.argsort(on[texts, 1], kind="stable")]
    for rows in np.array_split(texts, len(texts) * len(paints) // _AT_ONCE + 1):
        strip, low, high = on[rows], on[rows, 1].min(), on[rows, 3].max()
        near = paints[(below[paints, 1] < high) & (below[paints, 3] > low)]
        x0, y0, x1, y1 = below[near].T
        across = (strip[:, :1] < x1) & (strip[:, 2:3] > x0)
        row, column = np.nonzero(across & (strip[:, 1:2] < y1) & (strip[:, 3:] > y0))
        yield rows[row], near[column]
        found += len(row)
        if found > MAX_MEETING:
            raise _Crowded


def _numbered(colours: Numbers) -> tuple[Numbers, Numbers]:
    """Return the colours that there are, and the number of each thing's own."""
    _, first, own = np.unique(
        colours @ np.array([1 << 16, 1 << 8, 1]), return_index=True, return_inverse=True
    )
    return colours[first], own.reshape(-1)


def _contrast(inks: Numbers, grounds: Numbers) -> Numbers:
    """Return (inks, grounds): how much they differ, at most; 0 from what has no one colour."""
    apart = np.abs(inks[:, None] - grounds[None]).max(axis=2)
    return np.where(grounds[None, :, 0] == MIXED, 0, apart)
