"""Reading order and blocks of a page, from lines with boxes. Knows no file format.

A line may be a whole line of a column, or a piece of one (OCR and wide gaps divide lines). All
geometry is in fractions of the page, so it holds for any page size and any OCR resolution.

Columns are found by cutting the page at gutters (Nagy and Seth's X-Y cut, ICPR 1984) with two
additions: lines that cross a gutter, such as titles, divide the page into bands; and a gutter
between short texts that stand in rows (a form, a receipt) is no gutter.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import median
from typing import Final

from rag.datamodel import BBox, Provenance

_BINS: Final = 200
"""Places across the page where a gutter is looked for: every 0.5 % of its width."""

_HALF_GUTTER: Final = 0.004
"""Half the narrowest gutter, in fractions of the page's width (about 5 points of A4)."""

_OVERHANG: Final = 0.02
"""How far a line must reach over a gutter on both sides to be one across columns."""

_SHORT_LETTERS: Final = 18
"""Texts in rows with a median under this are cells of a form, not lines of two columns."""

_CANDIDATES: Final = 6

_LIST_MARK: Final = re.compile(
    r"(?:[•◦▪▫■□●○‣►▸✓✔➢➤❖\u2043\uf0b7\uf0a7\uf0d8]$|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]$"
    r"|[•◦▪▫■□●○‣►▸✓✔➢➤❖\u2043\uf0b7\uf0a7\uf0d8·*\u2013—-]\s+\S"
    r"|\(?(?:\d{1,2}|[a-zA-Z](?![.)]\s+[A-Z]\.)|[ivx]{1,4})[.)]\s+\S"
    r"|\[\d{1,3}\]\s*\S)"
)
_SECTION: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[A-Z]")
_SENTENCE_END: Final = re.compile(r"[.!?:;][\"'”\u2019)\]]*\d{0,3}$")
_HYPHENS: Final = "-\u2010\u00ad"
_KEEPS_HYPHEN: Final = re.compile(
    "all|anti|co|cross|ex|first|full|half|hard|high|in|left|long|low|mid|multi|near|non|off|one"
    "|on|out|over|part|post|pre|quasi|re|real|right|second|self|semi|short|six|so|soft|third"
    "|three|time|top|two|under|up|well|year"
)
"""Words after which a hyphen at a line's end is more often the word's own than a division."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text, or a piece of one. `size_pt` is 0 where unknown, as from OCR."""

    text: str
    bbox: BBox
    size_pt: float = 0.0
    bold: bool = False
    confidence: float | None = None

    @property
    def height(self) -> float:
        return self.bbox.y1 - self.bbox.y0

    @property
    def middle(self) -> float:
        """The vertical middle, in fractions of the page."""
        return (self.bbox.y0 + self.bbox.y1) / 2


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines as a person reads them: column after column, each from top to bottom.

    Lines across all columns are read where they stand, between what is above and below them.
    The result is a permutation of `lines` and does not depend on their order.
    """
    return [line for column in columns(lines) for line in column]


def columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines in reading order, divided where one column ends and another begins."""
    return [column for column in _order(sorted(lines, key=_by_place)) if column]


def blocks(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Group the lines into paragraphs, in reading order; each list item is one of its own."""
    return paragraphs(reading_order([line for line in lines if line.text.strip()]))


def paragraphs(ordered: Sequence[Line]) -> list[tuple[Line, ...]]:
    """Group lines that are in reading order already."""
    found: list[list[Line]] = []
    for line in ordered:
        if found and _continues(found[-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return [tuple(block) for block in found]


def starts_list_item(text: str) -> bool:
    """Whether a line begins with a bullet or a list number."""
    return _LIST_MARK.match(text) is not None


def join_lines(
    lines: Sequence[Line], *, page: int, vocabulary: AbstractSet[str] = frozenset()
) -> tuple[str, tuple[Provenance, ...]]:
    """Join lines with spaces into one text; one provenance a line, its span in that text.

    A word divided at a line's end is made whole: its hyphen goes, unless the word's own form
    (in lower case, in `vocabulary`) or what stands before the hyphen says that it belongs there.
    Lines without words are left out.
    """
    worded = [line for line in lines if line.text.strip()]
    text = ""
    provenances = []
    for line, following in zip_longest(worded, worded[1:]):
        words = line.text.strip()
        glue = " "
        if following is not None and words[-1] in _HYPHENS:
            words, glue = _divided(words, following.text.strip(), vocabulary)
        span = (len(text), len(text) + len(words))
        provenances.append(Provenance(page=page, bbox=line.bbox, span=span))
        text += words if following is None else words + glue
    return text, tuple(provenances)


def _divided(words: str, following: str, vocabulary: AbstractSet[str]) -> tuple[str, str]:
    """Return the line's words, with or without their last hyphen, and what joins them on."""
    head = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*(?=.$)", words)
    if head is None or not following[0].isalpha():
        return words, "" if len(words) > 1 and words[-2].isalnum() else " "
    tail = re.match(r"[^\W\d_]+", following)
    if words[-1] != "\u00ad" and tail and _is_own_hyphen(head[0], tail[0], vocabulary):
        return words, ""
    return words[:-1], ""


def _is_own_hyphen(head: str, tail: str, vocabulary: AbstractSet[str]) -> bool:
    head, lower = head.lower(), tail.lower()
    if head + lower in vocabulary:
        return False
    if f"{head}-{lower}" in vocabulary or "-" in head or not tail[0].islower():
        return True
    return _KEEPS_HYPHEN.fullmatch(head) is not None


def _by_place(line: Line) -> tuple[object, ...]:
    box = line.bbox
    about = (line.text, line.size_pt, line.bold, line.confidence or 0.0)
    return (line.middle, box.x0, box.x1, box.y0, *about)


def _order(lines: list[Line]) -> list[list[Line]]:
    """Order lines that are sorted by place; one list for each stretch of a column."""
    gutter = _best_gutter(lines)
    if gutter is None:
        return [[line for row in rows(lines) for line in row]]
    ordered: list[list[Line]] = [[]]
    for band in _bands(lines, gutter):
        left, right = _sides(band, gutter)
        if _are_columns(left, right):
            ordered += [*_order(left), *_order(right), []]
        else:
            first, *others = _order(band) if len(band) < len(lines) else [band]
            ordered[-1] += first
            ordered += others
    return ordered


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines that stand side by side, from the top; each row is ordered from the left."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=_by_place):
        if found and any(_same_row(other, line) for other in found[-1]):
            found[-1].append(line)
        else:
            found.append([line])
    return [sorted(row, key=lambda line: (line.bbox.x0, _by_place(line))) for row in found]


def _same_row(one: Line, other: Line) -> bool:
    shared = min(one.bbox.y1, other.bbox.y1) - max(one.bbox.y0, other.bbox.y0)
    apart = one.bbox.x1 <= other.bbox.x0 + 0.01 or other.bbox.x1 <= one.bbox.x0 + 0.01
    lower, higher = sorted((one.height, other.height))
    return apart and shared > 0.5 * lower and lower > 0.25 * higher


def _best_gutter(lines: list[Line]) -> float | None:
    """Return the x with the most lines in columns on its two sides; None if there is none."""
    best, best_count = None, 0
    for x in _candidates(lines):
        count = 0
        for band in _bands(lines, x):
            left, right = _sides(band, x)
            if _are_columns(left, right):
                count += len(left) + len(right)
        if count > best_count:
            best, best_count = x, count
    return best


def _candidates(lines: list[Line]) -> list[float]:
    """Return the middles of the emptiest stretches across the page, emptiest first."""
    if len(lines) < 4:
        return []
    change = [0] * (_BINS + 2)
    for line in lines:
        change[max(0, int((line.bbox.x0 - _HALF_GUTTER) * _BINS))] += 1
        change[int((line.bbox.x1 + _HALF_GUTTER) * _BINS) + 1] -= 1
    covered, running = [], 0
    for step in change[:_BINS]:
        running += step
        covered.append(running)
    left = min(line.bbox.x1 for line in lines)
    right = max(line.bbox.x0 for line in lines)
    valleys = [
        (count, (start + end) / 2 / _BINS)
        for count, start, end in _valleys(covered)
        if count <= 0.6 * len(lines) and left <= end / _BINS and start / _BINS <= right
    ]
    return [x for _, x in sorted(valleys)[:_CANDIDATES]]


def _valleys(covered: list[int]) -> list[tuple[int, int, int]]:
    """Return (height, start, end) of each stretch that is lower than both its neighbours."""
    runs: list[tuple[int, int, int]] = []
    for place, count in enumerate(covered):
        if runs and runs[-1][0] == count:
            runs[-1] = (count, runs[-1][1], place + 1)
        else:
            runs.append((count, place, place + 1))
    return [
        run
        for before, run, after in zip(runs, runs[1:], runs[2:], strict=False)
        if before[0] > run[0] < after[0]
    ]


def _bands(lines: list[Line], gutter: float) -> list[list[Line]]:
    """Divide lines, sorted by place, at those that cross the gutter (each a band of its own)."""
    bands: list[list[Line]] = [[]]
    for line in lines:
        if line.bbox.x0 < gutter - _OVERHANG and line.bbox.x1 > gutter + _OVERHANG:
            bands += [[line], []]
        else:
            bands[-1].append(line)
    return [band for band in bands if band]


def _sides(band: list[Line], gutter: float) -> tuple[list[Line], list[Line]]:
    left = [line for line in band if line.bbox.x0 + line.bbox.x1 <= 2 * gutter]
    right = [line for line in band if line.bbox.x0 + line.bbox.x1 > 2 * gutter]
    return left, right


def _are_columns(left: list[Line], right: list[Line]) -> bool:
    """Whether two groups are columns of text, not cells that are read row by row."""
    if not left or not right:
        return False
    fewer, more = sorted((left, right), key=len)
    if len(fewer) < 2:
        # A picture beside a column of text is one tall "line".
        return len(more) > 2 and fewer[0].height > 3 * median(line.height for line in more)
    letters = min(median(map(_letters, side)) for side in (left, right))
    if letters >= _SHORT_LETTERS:
        return True
    return max(_beside(left, right), _beside(right, left)) <= (0.7 if letters > 3 else 0.35)


def _letters(line: Line) -> int:
    return sum(character.isalpha() for character in line.text)


def _beside(lines: list[Line], others: list[Line]) -> float:
    """Return which part of the lines stand in a row with one of the others, sorted by place."""
    middles = [other.middle for other in others]
    count = 0
    for line in lines:
        reach = 2.2 * line.height  # further away, none is of a similar height and overlaps
        first = bisect_left(middles, line.middle - reach)
        last = bisect_right(middles, line.middle + reach)
        count += any(_same_row(line, other) for other in others[first:last])
    return count / len(lines)


def _continues(block: list[Line], line: Line) -> bool:
    """Whether a line belongs to the paragraph that the lines before it make."""
    last = block[-1]
    if _same_row(last, line) and last.bbox.x1 <= line.bbox.x0 + 0.01:
        return line.bbox.x0 - last.bbox.x1 < 3 * max(last.height, line.height)
    if _is_item(line, block) or _SECTION.match(line.text) or not _looks_alike(last, line):
        return False
    gap = line.bbox.y0 - last.bbox.y1
    height = min(last.height, line.height)
    above_below = last.bbox.x0 < line.bbox.x1 and line.bbox.x0 < last.bbox.x1
    if not above_below or line.middle <= last.middle or gap > _largest_gap(block, height):
        return False
    return not _begins_paragraph(block, line)


def _is_item(line: Line, block: list[Line]) -> bool:
    """Whether the line begins a list item; "(ii)" amid a sentence begins none."""
    if not starts_list_item(line.text):
        return False
    last = block[-1]
    lettered = line.text[0].isalnum() or line.text[0] == "("
    amid = lettered and not _SENTENCE_END.search(last.text.rstrip())
    flush = abs(line.bbox.x0 - last.bbox.x0) < 0.3 * line.height
    right = max(other.bbox.x1 for other in block)
    full = len(block) > 1 and last.bbox.x1 > right - 3 * line.height
    return not (amid and flush and full and not starts_list_item(block[0].text))


def _looks_alike(last: Line, line: Line) -> bool:
    if last.size_pt and line.size_pt:
        ratio = last.size_pt / line.size_pt
        goes_on = last.bold == line.bold or (last.bold and line.text[:1].islower())
        return 0.88 < ratio < 1.14 and goes_on
    return 0.6 < last.height / line.height < 1.7


def _largest_gap(block: list[Line], height: float) -> float:
    """Return the widest gap that may stand between two lines of this paragraph."""
    gaps = [after.bbox.y0 - before.bbox.y1 for before, after in pairwise(block)]
    usual = [gap for gap in gaps if gap > -height]
    return max(median(usual) + 0.35 * height, 0.1 * height) if usual else 0.9 * height


def _begins_paragraph(block: list[Line], line: Line) -> bool:
    """Whether the line's indent, or the short line before it, says that a paragraph begins."""
    last = block[-1]
    em = line.height
    left = min(other.bbox.x0 for other in block)
    right = max(other.bbox.x1 for other in [*block, line])
    ended = _SENTENCE_END.search(last.text.rstrip()) is not None
    short = last.bbox.x1 < right - max(0.15 * (right - left), 2 * em)
    if short and ended:
        return True
    indented = line.bbox.x0 > last.bbox.x0 + 0.6 * em
    if indented and len(block) > 1:
        hanging = starts_list_item(block[0].text)
        return ended and not hanging
    is_hanging = len(block) > 1 and block[1].bbox.x0 > block[0].bbox.x0 + 0.6 * em
    outdented = line.bbox.x0 < last.bbox.x0 - 0.6 * em
    return is_hanging and outdented and (ended or starts_list_item(block[0].text))
