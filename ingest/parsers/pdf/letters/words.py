"""The words of a PDF page, as pdfium sees them, with boxes. Knows nothing of lines or tables.

Lengths are points of the page as it is displayed: cropped, turned upright, origin top left, y
down. pdfium is not thread-safe: hold `PDFIUM` around every call into it.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.letters import calls as calls
from ingest.parsers.pdf.letters.direction import in_order, is_against, stand_beside
from ingest.parsers.pdf.letters.geometry import Frame, Rect
from ingest.parsers.pdf.letters.runs import Piece, Word, join_words

PDFIUM: Final = threading.RLock()

_HYPHEN_MARK: Final = 2
"""What pdfium gives for a hyphen that divides a word at a line's end."""

_LIGATURES: Final = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_CLEAN: Final = str.maketrans(
    _LIGATURES
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
    | dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf06e\uf0a8\u25cf", "•")
    | {"\ufffe": "-", "\u2010": "-", "\u2011": "-"}
)
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BOLD: Final = re.compile(
    r"bold|black|heavy|demi|semib|-bd|\.b$|(?:cm|ec|sf)bx|medi\b|nimbus.{0,60}medi", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What tells whether a text layer is usable."""

    count: int
    unmapped: int
    text: str


class TextLayer:
    """What pdfium makes of the text of a page, read once, however the page is turned. Close it."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401 - pypdfium2 has no types
        self._textpage = page.get_textpage()
        self.raw: Final[object] = self._textpage.raw
        self.count: Final[int] = max(0, pdfium_c.FPDFText_CountChars(self.raw))
        codes = map(calls.letter_code, repeat(self.raw), range(self.count))
        self.letters: Final = "".join(map(_letter, codes))
        self._cells = _cells_of(self.raw, self.count)

    def boxes(self, frame: Frame) -> NDArray[np.float64]:
        """Return (letters, 4): x0, y0, x1, y1 of each letter's cell, in displayed points."""
        return frame.display_boxes(self._cells)

    def close(self) -> None:
        self._textpage.close()


def _cells_of(raw: object, count: int) -> NDArray[np.float64]:
    """Return (count, 4): left, bottom, right, top of each letter's cell, in the file's points."""
    cells = (pdfium_c.FS_RECTF * count)()
    begin, size = ctypes.addressof(cells), ctypes.sizeof(pdfium_c.FS_RECTF)
    places = range(begin, begin + size * count, size)
    deque(map(calls.letter_cell, repeat(raw), range(count), places), maxlen=0)
    ltrb = np.frombuffer(cells, dtype=np.float32).reshape(count, 4).astype(np.float64)
    return ltrb[:, [0, 3, 2, 1]]


def read_pieces(
    layer: TextLayer, frame: Frame, hidden: NDArray[np.bool_] | None = None
) -> tuple[list[Piece], Letters]:
    """Return the page's pieces of lines, in the order that the file draws them.

    Letters that are `hidden` or stand outside the page are left out.
    """
    cells = layer.boxes(frame)
    gone = _outside(cells, frame) if hidden is None else hidden | _outside(cells, frame)
    letters = _without(gone, layer.letters)
    text, boxes = in_order(letters, cells, mirrored=frame.mirrored)
    return join_words(_words(layer.raw, text, boxes, frame)), _letters(layer.raw, text)


def _letter(code: int) -> str:
    if code == _HYPHEN_MARK:
        return "\ufffe"
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _outside(cells: NDArray[np.float64], frame: Frame) -> NDArray[np.bool_]:
    """Return which letters have their middle outside the page."""
    x, y = (cells[:, 0] + cells[:, 2]) / 2, (cells[:, 1] + cells[:, 3]) / 2
    outside: NDArray[np.bool_] = (x < 0) | (y < 0) | (x > frame.width_pt) | (y > frame.height_pt)
    return outside


def _without(gone: NDArray[np.bool_], letters: str) -> str:
    """Return the letters, each that is gone as a space."""
    if not gone.any():
        return letters
    return "".join(" " if left_out else c for c, left_out in zip(letters, gone, strict=True))


def _words(raw: object, text: str, boxes: NDArray[np.float64], frame: Frame) -> Iterator[Word]:
    style = _Styles(raw, frame)
    ranges = _word_ranges(text, boxes)
    for (start, end, spaced), cell in zip(ranges, _cells(boxes, ranges), strict=True):
        letters = _CONTROLS.sub("", text[start:end].translate(_CLEAN))
        if letters:
            size_pt, bold, angle = style.of(start)
            yield Word(
                text=letters,
                rect=_at_least_letter_high(cell, size_pt if angle == 0 else 0.0),
                size_pt=size_pt,
                bold=bold,
                angle=angle,
                spaced=spaced,
                against=is_against(letters, leftwards=frame.mirrored),
            )


def _cells(boxes: NDArray[np.float64], ranges: Sequence[tuple[int, int, bool]]) -> list[Rect]:
    """Return the box around the letters of each range."""
    if not ranges:
        return []
    edges = np.array([(start, end) for start, end, _ in ranges]).ravel()
    padded = np.concatenate([boxes, boxes[-1:]])  # reduceat wants every edge to be an index
    low = np.minimum.reduceat(padded[:, :2], edges)[::2]
    high = np.maximum.reduceat(padded[:, 2:], edges)[::2]
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in np.hstack([low, high]).tolist()]


def _at_least_letter_high(rect: Rect, size_pt: float) -> Rect:
    """Some fonts, of formulas above all, claim cells that are far too low or too high."""
    x0, y0, x1, y1 = rect
    if 0.6 * size_pt <= y1 - y0 <= 1.6 * size_pt or not size_pt:
        return (x0, y0, max(x1, x0 + 0.1), max(y1, y0 + 0.1))
    middle = (y0 + y1) / 2
    return (x0, middle - size_pt / 2, max(x1, x0 + 0.1), middle + size_pt / 2)


def _word_ranges(text: str, boxes: NDArray[np.float64]) -> list[tuple[int, int, bool]]:
    """Return (start, end, whether a space stands before) of each run of letters of one word."""
    if not text:
        return []
    blank = np.fromiter((c.isspace() or c == "\x00" for c in text), bool, len(text))
    x0, y0, x1, y1 = boxes.T
    height = np.maximum(np.minimum(y1 - y0, np.roll(y1 - y0, 1)), 0.5)
    gap = x0 - np.roll(x1, 1)
    shift = np.abs((y0 + y1) - np.roll(y0 + y1, 1)) / 2
    moved = (shift > 0.6 * height) & ~stand_beside(text, y0, y1)
    apart = (gap > 0.3 * height) | (gap < -1.5 * height) | moved
    apart[0] = True
    before = np.roll(blank, 1)
    before[0] = True
    starts = np.flatnonzero(~blank & (before | apart))
    stops = np.flatnonzero(blank)
    ends = np.minimum(
        np.append(starts[1:], len(text)),
        np.append(stops, len(text))[np.searchsorted(stops, starts)],
    )
    spaced = before[starts] | (gap[starts] > 0.2 * height[starts])
    return list(zip(starts.tolist(), ends.tolist(), spaced.tolist(), strict=True))


class _Styles:
    """Size, boldness and angle of letters; fonts are looked up once a page."""

    def __init__(self, raw: object, frame: Frame) -> None:
        self._raw = raw
        self._turn = frame.rotation
        self._matrix = pdfium_c.FS_MATRIX()
        self._place = ctypes.addressof(self._matrix)
        self._bold: dict[int, bool] = {}

    def of(self, index: int) -> tuple[float, bool, int]:
        matrix = self._matrix
        calls.letter_matrix(self._raw, index, self._place)
        size_pt = calls.letter_size(self._raw, index)
        size_pt *= math.hypot(matrix.c, matrix.d) or 1.0
        angle = 0
        if matrix.b or self._turn:
            turned = -math.degrees(math.atan2(matrix.b, matrix.a)) + self._turn
            angle = round(turned) % 360
        return round(size_pt, 1), self._is_bold(index), angle

    def _is_bold(self, index: int) -> bool:
        drawn = calls.letter_owner(self._raw, index)
        font = calls.font_of(drawn) if drawn else None
        if not font:
            return False
        if font not in self._bold:
            self._bold[font] = _is_bold_font(ctypes.cast(font, pdfium_c.FPDF_FONT))
        return self._bold[font]


def _is_bold_font(font: object) -> bool:
    name = ctypes.create_string_buffer(128)
    pdfium_c.FPDFFont_GetBaseFontName(font, name, 128)
    if _BOLD.search(name.value.decode("latin-1")):
        return True
    return 600 <= pdfium_c.FPDFFont_GetWeight(font) <= 1000 and not name.value


def _letters(raw: object, text: str) -> Letters:
    odd = [n for n, c in enumerate(text) if c < " " or "\ue000" <= c < "\uf8ff"]
    mapped = pdfium_c.FPDFText_HasUnicodeMapError
    unmapped = sum(mapped(raw, n) == 1 for n in odd) + text.count("\ufffd")
    return Letters(count=sum(not c.isspace() for c in text), unmapped=unmapped, text=text)
