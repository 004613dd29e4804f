"""Which letters of a PDF page nobody sees: they are not read, but for the words of a scan.

In doubt are texts that are not plainly filled, that something is painted over, that hardly differ
from paper or from something below them, or that reach out of the page or their clip. Most pages
have none, and most things on a page can hide nothing: only boxes that meet are compared, in the
file's own points (origin bottom left, y up, not turned). Where a page has texts in doubt, their
surroundings are drawn without them and with them: those that change no pixel are not seen, whatever
hides them. There lengths are points of the page as displayed. Hold `PDFIUM` around every call.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.drawn.objects import MAX_PAINTS, Mask, Numbers, Objects, Things
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.calls import Pdfium
from ingest.parsers.pdf.letters.geometry import (
    Boxes,
    Frame,
    Rect,
    area,
    around,
    clusters,
    contains,
    grown,
)
from ingest.parsers.pdf.letters.words import TextLayer

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


MIN_CONTRAST: Final = 20
"""Of 255, in one of the colours: letters that differ less from the page are not seen."""

INK_CONTRAST: Final = 48
"""A word of a scan's text layer stands where the scan has ink: that differs so much from paper."""

SCAN_SHARE: Final = 0.5
"""Pictures that cover so much of a page, with little text that is seen, are a scan."""

MAX_LAYERS: Final = 4
"""So many texts at one place are told apart; what stands there besides is not read."""

_LETTER_SCALES: Final = (1.0, 2.0)
"""Pixels a point: letters that are not seen in the first picture may be in the second."""

_SCAN_SCALE: Final = 1.0
"""Pixels a point that show a scan's ink."""

_MAX_PIXELS: Final = 6_000_000
"""Of a whole page: a larger one is drawn smaller."""

_MAX_PARTS: Final = 6
_CONTESTED_SHARE: Final = 0.25
_CONTESTED: Final = -1
_MARGIN_PT: Final = 8.0

Pixels = NDArray[np.uint8]  # (height, width, 3): red, green, blue
Place = tuple[slice, slice]  # rows and columns of a part's pixels


class LetterRun(NamedTuple):
    """Letters of one word that one text of the file draws. `owner` is that text's address."""

    start: int
    end: int
    owner: int
    rect: Rect


def hidden_letters(
    page: Pdfium, objects: Objects, layer: TextLayer, frame: Frame
) -> NDArray[np.bool_] | None:
    """Return which letters of a page's text are not seen; None where all are.

    `frame` shows the page as it is displayed.
    """
    doubts, pictures = doubts_of(objects)
    texts = set(objects.texts.handles)
    doubtful = {text for text, doubt in zip(objects.texts.handles, doubts, strict=True) if doubt}
    if not doubtful:
        return None
    owners = _owners(layer)
    runs = [run for run in _runs(owners, layer.boxes(frame)) if run.owner in doubtful]
    hidden = np.zeros(layer.count, dtype=bool)
    with _Look(page, frame, texts, bare=texts - set(owners.tolist())) as look:
        unseen = look.unseen(runs)
        letters = sum(run.end - run.start for run in unseen)
        is_scan = sum(map(area, pictures)) >= SCAN_SHARE * frame.width_pt * frame.height_pt
        if is_scan and 2 * letters > np.count_nonzero(owners):
            unseen -= look.on_ink(unseen)
    for run in unseen:
        hidden[run.start : run.end] = True
    return hidden


def _owners(layer: TextLayer) -> NDArray[np.int64]:
    """Return the address of the text that draws each letter; 0 for a blank."""
    owner, raw = calls.letter_owner, layer.raw
    letters = enumerate(layer.letters)
    owners = [0 if letter.isspace() else owner(raw, n) for n, letter in letters]
    return np.array(owners, dtype=np.int64)


def _runs(owners: NDArray[np.int64], boxes: NDArray[np.float64]) -> Iterator[LetterRun]:
    """Yield the letters between blanks that one text draws."""
    if not len(owners):
        return
    starts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
    ends = np.append(starts[1:], len(owners))
    low = np.minimum.reduceat(boxes[:, :2], starts)
    high = np.maximum.reduceat(boxes[:, 2:], starts)
    rects = map(tuple, np.hstack([low, high]).tolist())
    for run in map(LetterRun, starts.tolist(), ends.tolist(), owners[starts].tolist(), rects):
        if run.owner:
            yield run


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of the page; `crop` are the pixels left, below, right of and above it."""

    scale: float
    crop: tuple[int, int, int, int]

    def place(self, rect: Rect) -> Place:
        """Return the pixels that a rectangle touches, and one more."""
        left, _, _, top = self.crop
        x0, y0, x1, y1 = (side * self.scale for side in rect)
        rows = slice(max(0, math.floor(y0 - top)), max(0, math.ceil(y1 - top) + 1))
        return rows, slice(max(0, math.floor(x0 - left)), max(0, math.ceil(x1 - left) + 1))


class _Look:
    """A page in doubt, drawn in parts. While it is looked at, its texts are off.

    `bare` are texts of which no letter is known.
    """

    def __init__(
        self, page: Pdfium, frame: Frame, texts: Collection[int], *, bare: Collection[int]
    ) -> None:
        self._page, self._texts, self._bare = page, texts, bare
        self._width, self._height = frame.width_pt, frame.height_pt

    def __enter__(self) -> Self:
        _set_active(self._texts, active=False)
        return self

    def __exit__(self, *_: object) -> None:
        _set_active(self._texts, active=True)

    def unseen(self, runs: Sequence[LetterRun]) -> set[LetterRun]:
        """Return the runs that change nothing when the page is drawn with them."""
        modes = {owner: calls.render_mode(owner) for owner in {run.owner for run in runs}}
        invisible = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
        left = [run for run in runs if modes[run.owner] != invisible and self._shows(run.rect)]
        seen: set[LetterRun] = set()
        for scale in _LETTER_SCALES:
            left = [run for run in left if run not in seen]
            for rect in _parts([run.rect for run in left]):
                inside = [run for run in left if contains(rect, run.rect)]
                part = self._part(grown(rect, _MARGIN_PT), scale)
                blank = self._drawn(part, ())
                cuts = {r for r in inside if modes[r.owner] == pdfium_c.FPDF_TEXTRENDERMODE_CLIP}
                seen |= {run for run in cuts if _has_ink(blank, part, run, MIN_CONTRAST)}
                for layer in _layers(inside, part, blank.shape):
                    drawn = self._drawn(part, layer.owners | set(self._bare))
                    seen.update(layer.seen(_contrast(drawn, blank)))
        return set(runs) - seen

    def on_ink(self, runs: Collection[LetterRun]) -> set[LetterRun]:
        """Return the runs that stand where the page without text shows something."""
        part = self._part(around([run.rect for run in runs]), _SCAN_SCALE)
        blank = self._drawn(part, ())
        return {run for run in runs if _has_ink(blank, part, run, INK_CONTRAST)}

    def _shows(self, rect: Rect) -> bool:
        x0, y0, x1, y1 = rect
        return x1 > 0 and y1 > 0 and x0 < self._width and y0 < self._height

    def _part(self, rect: Rect, scale: float) -> _Part:
        """Return the part of the page that shows a rectangle, at most `scale` pixels a point."""
        scale = min(scale, (_MAX_PIXELS / (self._width * self._height)) ** 0.5)
        x0, y0, x1, y1 = rect if self._shows(rect) else (0.0, 0.0, self._width, self._height)
        left, bottom, right, top = (
            max(0, int(side * scale)) for side in (x0, self._height - y1, self._width - x1, y0)
        )
        return _Part(scale=scale, crop=(left, bottom, right, top))

    def _drawn(self, part: _Part, texts: Collection[int]) -> Pixels:
        _set_active(texts, active=True)
        try:
            bitmap = self._page.render(
                scale=part.scale,
                crop=tuple(max(0, side - 0.5) / part.scale for side in part.crop),
                draw_annots=False,
                may_draw_forms=False,
                prefer_bgrx=False,
                rev_byteorder=True,
            )
        finally:
            _set_active(texts, active=False)
        with closing(bitmap):
            pixels: Pixels = bitmap.to_numpy()
            return pixels


def _set_active(texts: Collection[int], *, active: bool) -> None:
    for text in texts:
        calls.set_active(text, active)


def _parts(rects: Sequence[Rect]) -> list[Rect]:
    """Return the parts of the page that hold all rectangles: a few small ones, or one."""
    parts = clusters(rects, 2 * _MARGIN_PT)
    return parts if len(parts) <= _MAX_PARTS else [around(rects)]


def _has_ink(blank: Pixels, part: _Part, run: LetterRun, least: int) -> bool:
    below = blank[part.place(run.rect)].reshape(-1, 3)
    return len(below) > 0 and int((below.max(axis=0) - below.min(axis=0)).max()) >= least


def _contrast(one: Pixels, other: Pixels) -> NDArray[np.uint8]:
    """Return (height, width): by how much pixels differ, in any of the colours."""
    apart = np.maximum(one, other) - np.minimum(one, other)
    red, green, blue = apart[:, :, 0], apart[:, :, 1], apart[:, :, 2]
    most: NDArray[np.uint8] = np.maximum(np.maximum(red, green), blue)
    return most


class _Layer:
    """Texts that stand beside each other, so that each is told by the pixels that it claims."""

    def __init__(self, part: _Part, shape: tuple[int, ...]) -> None:
        self.owners: set[int] = set()
        self._part = part
        self._claims = np.zeros(shape[:2], dtype=np.int32)
        self._runs: list[tuple[int, LetterRun]] = []

    def takes(self, number: int, runs: Sequence[LetterRun]) -> bool:
        """Take the runs of one text, unless others claim much of their place."""
        claims = [self._claims[self._part.place(run.rect)] for run in runs]
        if any(claim.size and (claim != 0).mean() > _CONTESTED_SHARE for claim in claims):
            return False
        for claim in claims:
            claim[:] = np.where((claim == 0) | (claim == number), number, _CONTESTED)
        self.owners |= {run.owner for run in runs}
        self._runs += [(number, run) for run in runs]
        return True

    def seen(self, change: NDArray[np.uint8]) -> Iterator[LetterRun]:
        """Yield the runs where the page changed; what is contested tells of none."""
        for number, run in self._runs:
            place = self._part.place(run.rect)
            own, changed = self._claims[place] == number, change[place]
            part = changed[own] if own.any() else changed
            if part.max(initial=0) >= MIN_CONTRAST:
                yield run


def _layers(runs: Sequence[LetterRun], part: _Part, shape: tuple[int, ...]) -> list[_Layer]:
    """Return the texts in layers; one that finds no place in any is in none."""
    of_owner: dict[int, list[LetterRun]] = defaultdict(list)
    for run in runs:
        of_owner[run.owner].append(run)
    layers = [_Layer(part, shape)]
    for number, own in enumerate(of_owner.values(), 1):
        if any(layer.takes(number, own) for layer in layers) or len(layers) == MAX_LAYERS:
            continue
        layers.append(_Layer(part, shape))
        layers[-1].takes(number, own)
    return layers
