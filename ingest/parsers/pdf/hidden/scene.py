"""What a PDF page paints, in which order: its texts, and what may hide them. Knows no verdicts.

Lengths are the file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` while
reading, and while asking which paints fill their boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pypdfium2.raw as pdfium_c

from ingest.parsers.pdf.drawn.clips import is_rectangle
from ingest.parsers.pdf.drawn.objects import MAX_PAINTS, Mask, Numbers, Objects, Things
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
