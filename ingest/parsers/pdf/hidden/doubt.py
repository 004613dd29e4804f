"""What a PDF page paints, in which order, and which of its texts may not be seen, told by that.

In doubt are letters that are not plainly filled, that something is painted over, that hardly
differ from what lies behind them, or that reach out of the page or their clip. Most pages have
none, and most things on a page can hide nothing: only boxes that meet are compared. Lengths are the
file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` around every call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.drawn.objects import (
    MAX_PAINTS,
    Mask,
    Numbers,
    Objects,
    Things,
    is_rectangle,
)
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Boxes, Rect

MIXED: Final = -1
"""The colour of what is not plainly one: a picture, a pattern, what shines through."""

_PLAIN_MODES: Final = (pdfium_c.FPDF_TEXTRENDERMODE_FILL, pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE)
_MAX_PLAIN_POINTS: Final = 5
_OPAQUE: Final = 255
_THIN_STROKE: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """`rects` (n, 4), `orders` of painting, `colours` (n, 3) or MIXED; `odd`: not plainly painted.

    `handles` are their addresses for pdfium.
    """

    handles: list[int]
    rects: Boxes
    orders: Numbers
    colours: Numbers
    odd: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Paints:
    """As Texts. `plain`: of one colour, and not cut to a shape."""

    handles: list[int]
    rects: Boxes
    orders: Numbers
    colours: Numbers
    plain: Mask

    def whole(self, some: Numbers) -> Mask:
        """Say which of some plain paints fill their boxes."""
        return np.array([is_rectangle(self.handles[n]) for n in some.tolist()], dtype=bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScene:
    texts: Texts
    paints: Paints
    pictures: list[Rect]
    crowded: bool
    """Whether there are more paints than are looked at."""


def scene_of(objects: Objects) -> PageScene:
    """Return what a page paints."""
    paints, pictures = _paints(objects.paints)
    crowded = len(objects.paints) >= MAX_PAINTS
    return PageScene(texts=_texts(objects), paints=paints, pictures=pictures, crowded=crowded)


def _texts(objects: Objects) -> Texts:
    texts = objects.texts
    windows, plain = texts.windows(np.arange(len(texts)))
    colours = _colours(texts)
    modes = np.fromiter(map(calls.render_mode, texts.handles), np.int64, len(texts))
    odd = (colours[:, 0] == MIXED) | ~np.isin(modes, _PLAIN_MODES)
    odd |= texts.mixed | texts.optional | ~plain | ~_hold(windows, texts.boxes)
    return Texts(
        handles=texts.handles, rects=texts.boxes, orders=texts.orders, colours=colours, odd=odd
    )


def _paints(things: Things) -> tuple[Paints, list[Rect]]:
    """Return what may hide texts, and where the pictures are."""
    kinds, filled = np.array(things.kinds, dtype=np.int64), things.modes[:, 0] != 0
    hides = (kinds != pdfium_c.FPDF_PAGEOBJ_PATH) | filled
    for n in np.flatnonzero(~hides & (things.modes[:, 1] != 0)).tolist():
        hides[n] = _is_broad(things, n)
    some = np.flatnonzero(hides)
    windows, plain = things.windows(some)
    low = np.maximum(things.boxes[some, :2], windows[:, :2])
    high = np.minimum(things.boxes[some, 2:], windows[:, 2:])
    shown = (low <= high).all(axis=1)
    some, rects = some[shown], np.hstack([low, high])[shown]
    one_colour = filled & ~things.mixed
    colours = np.where(one_colour[:, None], _colours(things), MIXED)[some]
    paints = Paints(
        handles=[things.handles[n] for n in some.tolist()],
        rects=rects,
        orders=things.orders[some],
        colours=colours,
        plain=plain[shown] & (colours[:, 0] != MIXED),
    )
    return paints, rects[kinds[some] == pdfium_c.FPDF_PAGEOBJ_IMAGE].tolist()


def _is_broad(paths: Things, n: int) -> bool:
    """Whether an outline may hide a text: it is no line or frame, or a thick one."""
    if calls.count_points(paths.handles[n]) > _MAX_PLAIN_POINTS:
        return True
    a, b, c, d, *_ = paths.matrix(n)
    return calls.stroke_width_of(paths.handles[n]) * max(map(abs, (a, b, c, d))) > _THIN_STROKE


def _colours(things: Things) -> Numbers:
    """Return (things, 3): red, green, blue, or MIXED."""
    rgba = things.fills
    plain = (rgba[:, 3] >= _OPAQUE) & ~things.blended
    return np.where(plain[:, None], rgba[:, :3], MIXED)


def _hold(windows: Boxes, rects: Boxes) -> Mask:
    """Say which texts lie in their windows; letters may claim a little more than they fill."""
    slack = 0.25 * (rects[:, 2:] - rects[:, :2]).min(axis=1, keepdims=True) + 0.5
    held = (windows[:, :2] - slack <= rects[:, :2]) & (rects[:, 2:] <= windows[:, 2:] + slack)
    all_sides: Mask = held.all(axis=1)
    return all_sides


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
Pairs = tuple[Numbers, Numbers]
"""The numbers of texts, and of the paint that each meets."""


class _Crowded(Exception):  # noqa: N818 - no error: it only ends the comparison
    """More boxes meet than are compared."""


def in_doubt(scene: PageScene) -> tuple[Mask, Mask]:
    """Return of which texts the page must be drawn to tell whether they are seen.

    The first: with them and without. The second: without them, if what is drawn differs from them.
    """
    unclear = scene.texts.odd.copy()
    none, everything = np.zeros_like(unclear), np.ones_like(unclear)
    if unclear.all():
        return unclear, none
    if len(unclear) * len(scene.paints.orders) > MAX_COMPARED or scene.crowded:
        return everything, none
    try:
        page = _Page(scene.texts, scene.paints)
        unclear |= page.covered()
        return unclear, page.pale() & ~unclear
    except _Crowded:
        return everything, none


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
