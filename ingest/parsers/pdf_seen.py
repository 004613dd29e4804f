"""Which letters of a PDF page nobody sees: they are not read, but for the words of a scan.

A page with texts in doubt is drawn without its text and with it: those in doubt that change no
pixel are not seen, whatever hides them. Lengths are points of the page as displayed. Hold
`PDFIUM` around every call.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf_doubt import in_doubt
from ingest.parsers.pdf_geometry import Frame, Rect, area, around, grown
from ingest.parsers.pdf_scene import Scene, scene_of
from ingest.parsers.pdf_words import char_boxes

LEAST_CONTRAST: Final = 20
"""Of 255, in one of the colours: letters that differ less from the page are not seen."""

INK_CONTRAST: Final = 48
"""A word of a scan's text layer stands where the scan has ink: that differs so much from paper."""

SCAN_SHARE: Final = 0.5
"""Pictures that cover so much of a page, with little text that is seen, are a scan."""

MOST_LAYERS: Final = 4
"""So many texts at one place are told apart; what stands there besides is not read."""

_CONTESTED_SHARE: Final = 0.25
_SCALE: Final = 2.0
_MOST_PIXELS: Final = 6_000_000
_CONTESTED: Final = -1
_MARGIN_PT: Final = 8.0

Boxes = NDArray[np.float64]  # (letters, 4): x0, y0, x1, y1
Pixels = NDArray[np.uint8]  # (height, width, 3)
Place = tuple[int, int, int, int]  # y0, y1, x0, x1 in pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters of one word that one text of the file draws. `owner` is that text's address."""

    start: int
    end: int
    owner: int
    place: Place


def hidden_letters(page: Any, frame: Frame) -> NDArray[np.bool_] | None:  # noqa: ANN401 - pypdfium2 has no types
    """Return which letters of a page's text are not seen; None where all are.

    `frame` shows the page as it is displayed.
    """
    scene = scene_of(page, (frame.left, frame.bottom, frame.right, frame.top))
    doubt = in_doubt(scene)
    if not doubt.any():
        return None
    look = _Look(page, scene, frame, doubt)
    textpage = page.get_textpage()
    try:
        raw = textpage.raw
        boxes = char_boxes(raw, max(0, pdfium_c.FPDFText_CountChars(raw)), frame)
        runs = list(_runs(raw, boxes, look))
    finally:
        textpage.close()
    hidden, seen = np.zeros(len(boxes), dtype=bool), look.seen(runs)
    for run in runs:
        hidden[run.start : run.end] = run not in seen
    return hidden


def _runs(raw: object, boxes: Boxes, look: _Look) -> Iterator[Run]:
    """Yield the letters between blanks that one text draws."""
    start, owner = 0, 0
    for n in range(len(boxes) + 1):
        drawn = _owner(raw, n) if n < len(boxes) else 0
        if drawn != owner:
            if owner:
                yield Run(start=start, end=n, owner=owner, place=look.place(boxes[start:n]))
            start, owner = n, drawn


def _owner(raw: object, letter: int) -> int:
    """Return the address of the text that draws a letter; 0 for a blank."""
    if chr(pdfium_c.FPDFText_GetUnicode(raw, letter) & 0xFFFF).isspace():
        return 0
    text = pdfium_c.FPDFText_GetTextObject(raw, letter)
    return ctypes.addressof(text.contents) if text else 0


class _Layer:
    """Texts that stand beside each other, so that each is told by the pixels that it claims."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.owners: set[int] = set()
        self._claims = np.zeros(shape[:2], dtype=np.int32)
        self._runs: list[tuple[int, Run]] = []

    def takes(self, number: int, runs: Sequence[Run]) -> bool:
        """Take the runs of one text, unless others claim much of their place."""
        claims = [self._claims[y0:y1, x0:x1] for y0, y1, x0, x1 in (run.place for run in runs)]
        if any(claim.size and (claim != 0).mean() > _CONTESTED_SHARE for claim in claims):
            return False
        for claim in claims:
            claim[:] = np.where((claim == 0) | (claim == number), number, _CONTESTED)
        self.owners |= {run.owner for run in runs}
        self._runs += [(number, run) for run in runs]
        return True

    def seen(self, change: NDArray[np.uint8]) -> Iterator[Run]:
        """Yield the runs where the page changed; what is contested tells of none."""
        for number, run in self._runs:
            y0, y1, x0, x1 = run.place
            own = self._claims[y0:y1, x0:x1] == number
            changed = change[y0:y1, x0:x1]
            told = changed[own] if own.any() else changed
            if told.max(initial=0) >= LEAST_CONTRAST:
                yield run


class _Look:
    """One page in doubt, drawn without its text, and with some of it."""

    def __init__(self, page: Any, scene: Scene, frame: Frame, doubt: NDArray[np.bool_]) -> None:  # noqa: ANN401 - as above
        self._page, self._scene = page, scene
        self._area = frame.width_pt * frame.height_pt
        owners = [ctypes.addressof(text.contents) for text in scene.handles]
        self._texts = dict(zip(owners, scene.handles, strict=True))
        self._plain = {owner for owner, odd in zip(owners, doubt, strict=True) if not odd}
        self._scale = min(_SCALE, (_MOST_PIXELS / self._area) ** 0.5)
        self._crop = self._part(
            frame, [t.rect for t, odd in zip(scene.texts, doubt, strict=True) if odd]
        )
        self._blank: Pixels = np.zeros((0, 0, 3), dtype=np.uint8)

    def _part(self, frame: Frame, rects: Sequence[Rect]) -> tuple[int, int, int, int]:
        """Return the pixels that need not be drawn: left, below, right of and above the texts."""
        x0, y0, x1, y1 = grown(around([frame.display(rect) for rect in rects]), _MARGIN_PT)
        width, height = frame.width_pt, frame.height_pt
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            return 0, 0, 0, 0
        sides = (x0, height - y1, width - x1, y0)
        left, bottom, right, top = (max(0, int(side * self._scale)) for side in sides)
        return left, bottom, right, top

    def place(self, boxes: Boxes) -> Place:
        """Return the pixels that letters fill, of the part that is drawn."""
        begin = np.array([self._crop[0], self._crop[3]])
        low = np.maximum(0, np.floor(boxes[:, :2].min(axis=0) * self._scale) - begin)
        high = np.maximum(0, np.ceil(boxes[:, 2:].max(axis=0) * self._scale) + 1 - begin)
        return int(low[1]), int(high[1]), int(low[0]), int(high[0])

    def seen(self, runs: Sequence[Run]) -> set[Run]:
        """Return the runs that a reader sees, or finds in a scan's picture."""
        besides = self._texts.keys() - {run.owner for run in runs}  # such as a text drawn twice
        shown = {run for run in runs if run.owner in self._plain}
        runs = [run for run in runs if run not in shown]
        self._blank = self._drawn(frozenset())
        layers = self._layers(runs)
        shown |= {run for run in runs if self._is_clip(run) and self._has_ink(run, LEAST_CONTRAST)}
        for layer in layers:
            shown.update(layer.seen(_change(self._blank, self._drawn(layer.owners | besides))))
        hidden = [run for run in runs if run not in shown]
        if _letters(hidden) > _letters(shown) and self._is_scan():
            shown.update(run for run in hidden if self._has_ink(run, INK_CONTRAST))
        return shown

    def _layers(self, runs: Sequence[Run]) -> list[_Layer]:
        """Return the texts in layers; one that finds no place in any is in none."""
        of_owner: dict[int, list[Run]] = defaultdict(list)
        for run in runs:
            of_owner[run.owner].append(run)
        layers = [_Layer(self._blank.shape)]
        for number, own in enumerate(of_owner.values(), 1):
            if any(layer.takes(number, own) for layer in layers) or len(layers) == MOST_LAYERS:
                continue
            layers.append(_Layer(self._blank.shape))
            layers[-1].takes(number, own)
        return layers

    def _drawn(self, owners: Collection[int]) -> Pixels:
        """Draw the page with these texts alone."""
        for owner, text in self._texts.items():
            pdfium_c.FPDFPageObj_SetIsActive(text, owner in owners)
        try:
            bitmap = self._page.render(
                scale=self._scale,
                crop=tuple(max(0, side - 0.5) / self._scale for side in self._crop),
                draw_annots=False,
                may_draw_forms=False,
                prefer_bgrx=False,
            )
        finally:
            for text in self._texts.values():
                pdfium_c.FPDFPageObj_SetIsActive(text, True)  # noqa: FBT003 - as in C
        try:
            drawn = bitmap.to_numpy()
            return np.array(drawn.reshape(*drawn.shape[:2], -1)[:, :, :3])
        finally:
            bitmap.close()

    def _is_clip(self, run: Run) -> bool:
        """Whether letters cut out what is drawn next, as those of a picture in letters do."""
        text = self._texts.get(run.owner)
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(text) if text else None
        return bool(mode == pdfium_c.FPDF_TEXTRENDERMODE_CLIP)

    def _has_ink(self, run: Run, least: int) -> bool:
        """Whether the page without its text shows anything where the letters stand."""
        y0, y1, x0, x1 = run.place
        below = self._blank[y0:y1, x0:x1].reshape(-1, 3)
        return len(below) > 0 and int((below.max(axis=0) - below.min(axis=0)).max()) >= least

    def _is_scan(self) -> bool:
        return sum(map(area, self._scene.pictures)) >= SCAN_SHARE * self._area


def _change(one: Pixels, other: Pixels) -> NDArray[np.uint8]:
    """Return (height, width): by how much two pictures differ, in any of the colours."""
    apart = np.maximum(one, other) - np.minimum(one, other)
    change: NDArray[np.uint8] = np.maximum.reduce([apart[:, :, n] for n in range(apart.shape[2])])
    return change


def _letters(runs: Collection[Run]) -> int:
    return sum(run.end - run.start for run in runs)
