"""The words of a PDF page, as pdfium sees them, joined to pieces of lines. Knows nothing of tables.

A piece is a line of a column, a cell, a label. Lengths are points of the page as it is displayed:
cropped, turned upright, origin top left, y down. pdfium is not thread-safe: hold `PDFIUM` around
every call into it.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, repeat
from operator import itemgetter
from statistics import median
from typing import Final, NamedTuple
from unicodedata import normalize

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.layout.layout import grouped
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.calls import Pdfium
from ingest.parsers.pdf.letters.geometry import Frame, Rect, around, vertical_overlap
from ingest.parsers.pdf.letters.odd_letters import (
    are_adjacent,
    composed,
    in_order,
    is_against,
    runs_leftwards,
)

PDFIUM: Final = threading.RLock()

Ranges = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]
Styles = tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]

_CLEAN: Final = str.maketrans(
    {letter: normalize("NFKC", letter) for letter in map(chr, range(0xFB00, 0xFB07))}  # ligatures
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
    | dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf06e\uf0a8\u25cf", "•")
    | {"\ufffe": "-", "\u2010": "-", "\u2011": "-"}
)
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BLANK: Final = re.compile(r"[\s\x00]")
_ODD: Final = re.compile("[\x00-\x1f\ue000-\uf8fe]")
_NO_EXTENT_PT: Final = 0.05
"""A cell of no more than this, each way, belongs to a sign that the page does not show."""

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

    def __init__(self, page: Pdfium) -> None:
        self._textpage = page.get_textpage()
        self.raw: Final = calls.address_of(self._textpage.raw)
        self.count: Final = max(0, calls.count_letters(self.raw))
        told = map(calls.letter_code, repeat(self.raw), range(self.count))
        codes = np.fromiter(told, np.uint32, self.count)
        codes[(codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))] = 0xFFFD  # surrogates
        codes[codes == 2] = 0xFFFE  # a hyphen that divides a word at a line's end
        self.letters: Final = codes.astype("<u4").tobytes().decode("utf-32-le")
        ltrb, places = calls.table(self.count, 4)
        deque(map(calls.letter_cell, repeat(self.raw), range(self.count), places), maxlen=0)
        self._cells = ltrb[:, [0, 3, 2, 1]].astype(np.float64)

    def boxes(self, frame: Frame) -> NDArray[np.float64]:
        """Return (letters, 4): x0, y0, x1, y1 of each letter's cell, in displayed points."""
        return frame.display_boxes(self._cells)

    def close(self) -> None:
        self._textpage.close()


def read_pieces(
    layer: TextLayer, frame: Frame, hidden: NDArray[np.bool_] | None = None
) -> tuple[list[Piece], Letters]:
    """Return the page's pieces of lines, in the order that the file draws them.

    Letters that are `hidden` or stand outside the page are left out.
    """
    cells, letters = layer.boxes(frame), layer.letters
    x, y = (cells[:, 0] + cells[:, 2]) / 2, (cells[:, 1] + cells[:, 3]) / 2
    gone = (x < 0) | (y < 0) | (x > frame.width_pt) | (y > frame.height_pt)
    gone = gone if hidden is None else gone | hidden
    if gone.any():
        letters = "".join(" " if out else c for c, out in zip(letters, gone, strict=True))
    text, boxes = in_order(*composed(letters, cells), mirrored=frame.mirrored)
    odd = [found.start() for found in _ODD.finditer(text)]
    unmapped = sum(calls.is_unmapped(layer.raw, n) == 1 for n in odd) + text.count("\ufffd")
    told = Letters(count=sum(map(len, text.split())), unmapped=unmapped, text=text)
    words = _words(layer.raw, text, boxes, frame)
    return _merge_adjacent(_pieces(_whole_turned(words))), told


def _words(raw: int, text: str, boxes: NDArray[np.float64], frame: Frame) -> Iterator[Word]:
    starts, ends, spaced = _seen_ranges(text, boxes)
    sizes, bold, angles = _styles(raw, starts, frame)
    cells = _cells(boxes, starts, ends, np.where(angles == 0, sizes, 0.0))
    columns = (starts, ends, cells, sizes, bold, angles, spaced)
    for start, end, cell, size_pt, is_bold, angle, is_spaced in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        letters = text[start:end]
        if not (letters.isascii() and letters.isprintable()):
            letters = _CONTROLS.sub("", letters.translate(_CLEAN))
        if letters:
            against = is_against(letters, leftwards=frame.mirrored)
            yield Word(letters, tuple(cell), size_pt, is_bold, angle, is_spaced, against)


def _cells(
    boxes: NDArray[np.float64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    sizes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the box around the letters of each word, at least one letter high.

    Some fonts, of formulas above all, claim cells that are far too low or too high: they get the
    word's size where it is told (not 0).
    """
    if not len(starts):
        return np.zeros((0, 4))
    edges = np.stack([starts, ends], axis=1).ravel()
    padded = np.concatenate([boxes, boxes[-1:]])  # reduceat wants every edge to be an index
    x0, y0 = np.minimum.reduceat(padded[:, :2], edges)[::2].T
    x1, y1 = np.maximum.reduceat(padded[:, 2:], edges)[::2].T
    high, middle = y1 - y0, (y0 + y1) / 2
    fits = ((0.6 * sizes <= high) & (high <= 1.6 * sizes)) | (sizes == 0)
    top = np.where(fits, y0, middle - sizes / 2)
    bottom = np.where(fits, np.maximum(y1, y0 + 0.1), middle + sizes / 2)
    return np.stack([x0, top, np.maximum(x1, x0 + 0.1), bottom], axis=1)


def _seen_ranges(text: str, boxes: NDArray[np.float64]) -> Ranges:
    """Return the ranges of words, where signs without a meaning and without any extent part none.

    A font of one byte a letter whose text is written with two has such a sign beside each letter.
    """
    if "\x00" not in text:
        return _word_ranges(text, boxes)
    is_nothing = np.fromiter((letter == "\x00" for letter in text), bool, len(text))
    extent = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    seen = np.flatnonzero(~is_nothing | (extent > _NO_EXTENT_PT))
    starts, ends, spaced = _word_ranges("".join(text[n] for n in seen.tolist()), boxes[seen])
    return seen[starts], seen[ends - 1] + 1, spaced


def _word_ranges(text: str, boxes: NDArray[np.float64]) -> Ranges:
    """Return start, end and whether a space stands before, for each run of letters of one word."""
    blank = np.zeros(len(text), dtype=bool)
    blank[[found.start() for found in _BLANK.finditer(text)]] = True
    x0, y0, x1, y1 = boxes.T
    height = np.maximum(np.minimum(y1 - y0, np.roll(y1 - y0, 1)), 0.5)
    gap = x0 - np.roll(x1, 1)
    shift = np.abs((y0 + y1) - np.roll(y0 + y1, 1)) / 2
    moved = (shift > 0.6 * height) & ~are_adjacent(text, y0, y1)
    apart = (gap > 0.3 * height) | (gap < -1.5 * height) | moved
    apart[:1] = True
    before = np.roll(blank, 1)
    before[:1] = True
    starts = np.flatnonzero(~blank & (before | apart))
    stops = np.append(np.flatnonzero(blank), len(text))
    ends = np.minimum(np.append(starts[1:], len(text)), stops[np.searchsorted(stops, starts)])
    return starts, ends, before[starts] | (gap[starts] > 0.2 * height[starts])


def _styles(raw: int, starts: NDArray[np.int64], frame: Frame) -> Styles:
    first = starts.tolist()
    matrices, places = calls.table(len(first), 6)
    deque(map(calls.letter_matrix, repeat(raw), first, places), maxlen=0)
    a, b, c, d = matrices[:, :4].astype(np.float64).T
    sizes = np.fromiter(map(calls.letter_size, repeat(raw), first), np.float64, len(first))
    scale = np.hypot(c, d)
    sizes *= np.where(scale == 0, 1.0, scale)
    turned = (frame.rotation - np.degrees(np.arctan2(b, a))).round() % 360
    angles = np.where((b != 0) | (frame.rotation != 0), turned, 0).astype(np.int64)
    owners = map(calls.letter_owner, repeat(raw), first)
    texts, number = np.unique(np.fromiter(owners, np.uint64, len(first)), return_inverse=True)
    fonts = [calls.font_of(text) if text else 0 for text in texts.tolist()]
    bold = {font: bool(font) and _is_bold(font) for font in set(fonts)}
    return sizes.round(1), np.array([bold[font] for font in fonts], dtype=bool)[number], angles


def _is_bold(address: int) -> bool:
    font = ctypes.cast(address, pdfium_c.FPDF_FONT)
    name = ctypes.create_string_buffer(128)
    pdfium_c.FPDFFont_GetBaseFontName(font, name, 128)
    if _BOLD.search(name.value.decode("latin-1")):
        return True
    return 600 <= pdfium_c.FPDFFont_GetWeight(font) <= 1000 and not name.value


class Word(NamedTuple):
    """Letters without a space between them. `angle` is how far they are turned, in degrees."""

    text: str
    rect: Rect
    size_pt: float
    bold: bool = False
    angle: int = 0
    spaced: bool = True
    """Whether a space (or another line) stands before the word."""
    against: bool = False
    """Whether its letters run against the page's direction, as Hebrew does amid English."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Words of one line that stand close together: a line of a column, a cell, a label.

    `size_pt` is the size of most letters; `bold` says that nearly all letters are, so that a
    run-in heading makes no bold line.
    """

    words: tuple[Word, ...]
    rect: Rect
    text: str
    size_pt: float
    bold: bool = False

    @property
    def angle(self) -> int:
        return self.words[0].angle

    @classmethod
    def of(cls, words: Sequence[Word]) -> Piece:
        text = "".join(f" {w.text}" if w.spaced else w.text for w in as_read(_unspaced(words)))
        letters = sum(len(word.text) for word in words)
        return cls(
            words=tuple(words),
            rect=around([word.rect for word in words]),
            text=" ".join(text.split()),
            size_pt=max(words, key=lambda word: len(word.text)).size_pt,
            bold=sum(len(word.text) for word in words if word.bold) > 0.9 * letters,
        )


def as_read(words: Sequence[Word]) -> list[Word]:
    """Return words of a line, which are in the order of their places, in that of reading.

    Runs of words against the page's direction are turned round, with the signs amid them.
    """
    if not any(word.against for word in words):
        return list(words)
    ordered: list[Word] = []
    for turned, run in groupby(zip(_against(words), words, strict=True), key=itemgetter(0)):
        same = [word for _, word in run]
        ordered += reversed(same) if turned else same
    return ordered


def _against(words: Sequence[Word]) -> Iterator[bool]:
    """Tell which words are turned round: also signs between them, and the number of a name.

    A number stands left of its name ("Page 7") on a page that is mirrored.
    """
    own = [False, *(word.against for word in words), False]
    for n, word in enumerate(words):
        before, after = own[n], own[n + 2]
        is_sign = not any(map(str.isalpha, word.text))
        named = after and word.text.isdecimal() and not runs_leftwards(words[n + 1].text)
        yield word.against or named or (is_sign and before and after)


def _whole_turned(words: Iterable[Word]) -> list[Word]:
    """Join letters below each other that are words of text turned to the side."""
    whole: list[Word] = []
    for word in words:
        if whole and word.angle % 180 and not word.spaced and _follows(whole[-1], word):
            both = around([whole[-1].rect, word.rect])
            whole[-1] = whole[-1]._replace(text=whole[-1].text + word.text, rect=both)
        else:
            whole.append(word)
    return whole


def _pieces(words: Sequence[Word]) -> list[Piece]:
    runs = grouped(words, lambda run, word: _follows(run[-1], word))
    return [Piece.of(_placed(run) if any(w.against for w in run) else run) for run in runs]


def _placed(words: Sequence[Word]) -> list[Word]:
    return sorted(words, key=lambda word: word.rect[0])


def _follows(last: Word, word: Word) -> bool:
    if last.angle != word.angle:
        return False
    if word.angle % 180:
        shared = min(last.rect[2], word.rect[2]) - max(last.rect[0], word.rect[0])
        near = max(last.rect[1], word.rect[1]) - min(last.rect[3], word.rect[3])
        return shared > 0.4 * word.size_pt and near < 1.2 * word.size_pt
    left, right = (word, last) if word.angle == 180 else (last, word)
    if last.against and word.against:
        left, right = sorted((last, word), key=lambda one: one.rect[0])
    gap = right.rect[0] - left.rect[2]
    size = max(last.size_pt, word.size_pt, 1.0)
    return -0.5 * size < gap < 1.2 * size and vertical_overlap(last.rect, word.rect) > 0.4


def _merge_adjacent(pieces: list[Piece]) -> list[Piece]:
    """Join pieces that touch although the file draws them at different times."""
    merged: list[Piece] = []
    row: list[int] = []
    for piece in sorted(pieces, key=lambda p: (p.rect[1] + p.rect[3], p.rect[0])):
        row = [n for n in row if merged[n].rect[3] > piece.rect[1]]
        for n in row:
            if piece.angle == merged[n].angle == 0 and _touches(merged[n], piece):
                words = (*merged[n].words, *piece.words)
                merged[n] = Piece.of(_placed(words))
                break
        else:
            row.append(len(merged))
            merged.append(piece)
    return merged


def _touches(one: Piece, other: Piece) -> bool:
    if vertical_overlap(one.rect, other.rect) < 0.5:
        return False
    left, right = sorted((one.rect, other.rect))
    size = max(one.size_pt, other.size_pt)
    return -0.3 * size < right[0] - left[2] < 0.4 * size


def _unspaced(words: Sequence[Word]) -> list[Word]:
    """Join letters that are spaced out for looks ("T A B L E"), keeping the wider gaps."""
    single = sum(len(word.text) == 1 and word.text.isalpha() for word in words)
    if single < 4 or single < 0.8 * len(words):
        return list(words)
    gaps = [b.rect[0] - a.rect[2] for a, b in pairwise(words)]
    usual = median(gaps)
    return [words[0]] + [
        word._replace(spaced=gap > 1.8 * usual + 0.1)
        for word, gap in zip(words[1:], gaps, strict=True)
    ]
