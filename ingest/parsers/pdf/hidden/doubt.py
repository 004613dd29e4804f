"""Which texts of a PDF page may not be seen, told by what it paints, and in which order.

In doubt are letters that are not plainly filled, that something is painted over, that hardly
differ from something below them, or that reach out of the page or their clip. Most pages have
none, and most things on a page can hide nothing: only boxes that meet are compared. Lengths are the
file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` around every call.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pypdfium2.raw as pdfium_c

from ingest.parsers.pdf.drawn.objects import MAX_PAINTS, Mask, Numbers, Objects, Things
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Boxes, Rect

PLAIN_CONTRAST: Final = 64
"""Letters that differ so much (of 255, in one of the colours) from what lies behind are seen."""

MAX_COMPARED: Final = 50_000_000
"""Texts times paints; above these the page is drawn and nothing compared."""

_MIXED: Final = -1
"""The colour of what is not plainly one: a picture, a pattern, what shines through."""

_PLAIN_MODES: Final = (pdfium_c.FPDF_TEXTRENDERMODE_FILL, pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE)
_MAX_PLAIN_POINTS: Final = 5
_OPAQUE: Final = 255
_THIN_STROKE: Final = 3.0
_AT_ONCE: Final = 65_536
"""Pairs of boxes compared at once."""

_COVERED: Final = 0.25
"""Of a text's area, or of its height by one thing: less is the edge of a neighbour."""


def doubts_of(objects: Objects) -> tuple[Mask, list[Rect]]:
    """Return of which texts the page must be drawn to tell whether they are seen.

    With the boxes of its pictures. Texts are compared with what the page paints, unless that is too
    much.
    """
    texts, inks = objects.texts, _colours(objects.texts)
    windows, plain = texts.windows(np.arange(len(texts)))
    modes = np.fromiter(map(calls.render_mode, texts.handles), np.int64, len(texts))
    some, rects = _hiding(objects.paints)
    pictures = rects[objects.paints.kinds[some] == pdfium_c.FPDF_PAGEOBJ_IMAGE].tolist()
    too_many = len(objects.paints) >= MAX_PAINTS or len(texts) * len(some) > MAX_COMPARED
    if too_many or not len(texts):
        return np.ones(len(texts), dtype=bool), pictures
    doubts = (inks[:, 0] == _MIXED) | ~np.isin(modes, _PLAIN_MODES)
    doubts |= texts.mixed | texts.optional | ~plain | ~_hold(windows, texts.boxes)
    doubts |= (255 - inks).max(axis=1) < PLAIN_CONTRAST  # of paper
    return doubts | _compared(texts, inks, objects.paints, some, rects), pictures


def _hiding(things: Things) -> tuple[Numbers, Boxes]:
    """Return which things may hide texts, and the boxes that are shown of them."""
    hides = (things.kinds != pdfium_c.FPDF_PAGEOBJ_PATH) | (things.modes[:, 0] != 0)
    for n in np.flatnonzero(~hides & (things.modes[:, 1] != 0)).tolist():
        hides[n] = _is_broad(things, n)
    some = np.flatnonzero(hides)
    windows, _ = things.windows(some)
    low = np.maximum(things.boxes[some, :2], windows[:, :2])
    high = np.minimum(things.boxes[some, 2:], windows[:, 2:])
    shown = (low <= high).all(axis=1)
    return some[shown], np.hstack([low, high])[shown]


def _is_broad(paths: Things, n: int) -> bool:
    if calls.count_points(paths.handles[n]) > _MAX_PLAIN_POINTS:
        return True
    a, b, c, d, *_ = paths.matrix(n)
    return calls.stroke_width_of(paths.handles[n]) * max(map(abs, (a, b, c, d))) > _THIN_STROKE


def _colours(things: Things) -> Numbers:
    """Return (things, 3): red, green, blue, or _MIXED."""
    rgba = things.fills
    plain = (rgba[:, 3] >= _OPAQUE) & ~things.blended
    return np.where(plain[:, None], rgba[:, :3], _MIXED)


def _hold(windows: Boxes, rects: Boxes) -> Mask:
    """Say which texts lie in their windows; letters may claim a little more than they fill."""
    slack = 0.25 * (rects[:, 2:] - rects[:, :2]).min(axis=1, keepdims=True) + 0.5
    held = (windows[:, :2] - slack <= rects[:, :2]) & (rects[:, 2:] <= windows[:, 2:] + slack)
    all_sides: Mask = held.all(axis=1)
    return all_sides


def _compared(texts: Things, inks: Numbers, paints: Things, some: Numbers, rects: Boxes) -> Mask:
    """Say over which texts something is painted later, or what is below has their colour.

    `some` are the paints that may hide texts, `rects` their boxes. Texts are compared strip by
    strip of the page: (texts of the strip, paints near it).
    """
    one_colour = (paints.modes[some, 0] != 0) & ~paints.mixed[some]
    colours = np.where(one_colour[:, None], _colours(paints)[some], _MIXED)
    doubts = np.zeros(len(texts), dtype=bool)
    count = min(len(texts), len(texts) * len(some) // _AT_ONCE + 1)
    for strip in np.array_split(np.argsort(texts.boxes[:, 1], kind="stable"), count):
        on = texts.boxes[strip]
        near = np.flatnonzero((rects[:, 1] < on[:, 3].max()) & (rects[:, 3] > on[:, 1].min()))
        below = rects[near]
        shared = np.minimum(on[:, None, 2:], below[:, 2:]) - np.maximum(
            on[:, None, :2], below[:, :2]
        )
        meet = (shared > 0).all(axis=2)
        thick = (on[:, 2:] - on[:, :2]).min(axis=1, keepdims=True)
        overlaps = meet & (shared.min(axis=2) > _COVERED * thick)
        later = texts.orders[strip][:, None] < paints.orders[some[near]]
        hidden = (shared.prod(axis=2) * (meet & later)).sum(axis=1)
        apart = np.abs(inks[strip][:, None] - colours[near]).max(axis=2)
        like = (apart < PLAIN_CONTRAST) | (colours[near, 0] == _MIXED)
        doubts[strip] = hidden > _COVERED * np.prod(on[:, 2:] - on[:, :2], axis=1)
        doubts[strip] |= (overlaps & later & (shared.max(axis=2) > thick)).any(axis=1)
        doubts[strip] |= (overlaps & like & ~later).any(axis=1)
    return doubts
