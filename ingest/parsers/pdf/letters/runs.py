"""Words of a PDF page joined to pieces of lines: lines of a column, cells, labels. Pure.

Lengths are points of the page as it is displayed: cropped, turned upright, origin top left, y
down. Knows words and where they stand; knows nothing of pdfium, tables or roles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import median
from typing import NamedTuple

from ingest.layout.layout import grouped
from ingest.parsers.pdf.letters.geometry import Rect, around, vertical_overlap
from ingest.parsers.pdf.letters.odd_letters import runs_leftwards


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


def join_words(words: Iterable[Word]) -> list[Piece]:
    """Return the pieces that words make, which come in the order that the file draws them."""
    return _merge_adjacent(_pieces(_whole_turned(words)))


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
