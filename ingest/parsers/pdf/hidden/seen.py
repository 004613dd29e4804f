"""Which letters of a PDF page nobody sees: they are not read, but for the words of a scan.

Where a page has texts in doubt, their surroundings are drawn without them and with them: those that
change no pixel are not seen, whatever hides them. Lengths are points of the page as displayed. Hold
`PDFIUM` around every call.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.drawn.objects import Objects
from ingest.parsers.pdf.hidden.doubt import doubts_of
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.calls import Pdfium
from ingest.parsers.pdf.letters.geometry import Frame, Rect, area, around, clusters, contains, grown
from ingest.parsers.pdf.letters.words import TextLayer

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
    owners = [0 if letter.isspace() else owner(raw, n) or 0 for n, letter in letters]
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
        try:
            drawn = bitmap.to_numpy()
            pixels: Pixels = np.array(drawn.reshape(*drawn.shape[:2], -1)[:, :, :3])
            return pixels
        finally:
            bitmap.close()


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
