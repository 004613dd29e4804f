"""Which parts of a PDF page are figures: pictures, charts, drawings. Pure.

Works from boxes alone. What tells a chart from a table's shading or a page's ornaments: charts
have curves, slants, or bars of many lengths; and they hold labels, not lines of prose.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Final

from ingest.parsers.pdf.drawn.drawings import Drawings, Paths
from ingest.parsers.pdf.drawn.frames import (
    frame_around,
    frames_of,
    has_ticks,
    pieces_in,
    with_axes,
    with_keys,
)
from ingest.parsers.pdf.letters.geometry import (
    Rect,
    area,
    around,
    clusters,
    contains,
    grown,
    intersection,
    share_inside,
    vertical_overlap,
)
from ingest.parsers.pdf.letters.words import Piece

CAPTION: Final = re.compile(
    r"(?:(?:Figure|Fig|FIGURE|FIG|Table|TABLE|Tab|Chart|CHART|Exhibit|Graph|Scheme|Plate|Map"
    r"|Abbildung|Abb|Tabelle|Tableau|Illustration|Figura|Tabla|Photo)\b\.?\s*"
    r"(?:[A-Z]?\d{1,3}(?:[.\u2013-]\d{1,3})*|[IVX]{1,5}|[A-Z])\s*[a-z]?\s*(?:[:.|)\u2013\u2014-]|$|(?=\s*[A-Z(]))"
    r")"
)
_LABEL_CHARS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFigure:
    """A figure's box, and the pieces of text inside it.

    Where a picture fills it, there are none: its lettering is yet to be read, and text that the
    page writes over it stays text of the page.
    """

    rect: Rect
    pieces: tuple[Piece, ...]
    unread: bool = False
    """Whether the text layer lacks its words: they are drawn as shapes, or are noise."""


@dataclass(frozen=True, slots=True)
class Areas:
    """Where charts are, by what is drawn; `likely` are some only if numbers stand beside them."""

    sure: Sequence[Rect] = ()
    likely: Sequence[Rect] = ()


def find_areas(drawings: Drawings, page: Rect) -> Areas:
    """Return where a page may have charts."""
    return Areas(sure=_chart_areas(drawings, page), likely=_likely_areas(drawings, page))


def find_figures(
    drawings: Drawings,
    pieces: Sequence[Piece],
    *,
    page: Rect,
    ignored: Callable[[Rect], bool],
    paths: Paths | None = None,
    areas: Areas | None = None,
) -> list[PdfFigure]:
    """Return the figures of a page, from the top.

    `ignored` says which pictures are ornaments, `paths` what charts are drawn of, and `areas`
    where they may be, if that is known.
    """
    pictures = [rect for rect in drawings.pictures if not ignored(rect)]
    found = [rect for rect in clusters(pictures, 3.0) if _is_picture(rect, pieces, page)]
    areas = find_areas(drawings, page) if areas is None else areas
    likely = [rect for rect in areas.likely if has_ticks(rect, pieces)]
    charts = [rect for rect in (*areas.sure, *likely) if not _holds_prose(rect, pieces)]
    paths = paths or Paths()
    frame_of = frames_of(charts, drawings, paths, pieces)
    frames = frame_of.values()
    holds_prose = partial(_holds_prose, pieces=pieces)
    charts = [
        with_axes(rect, paths, pieces_in(frame_of.get(rect), pieces), holds_prose)
        for rect in charts
    ]
    boxes = clusters([*found, *charts], 8.0)
    boxes = [_with_labels(rect, pieces_in(frame_around(rect, frames), pieces)) for rect in boxes]
    boxes = with_keys(boxes, drawings, pieces)
    boxes = [_framed(rect, boxes, frames, pieces) for rect in boxes]
    rules = [rule for rule in drawings.horizontal if not ignored(rule)]
    panels = [_panel(rect, found, rules, pieces, page=page) for rect in boxes]
    panels = [rect for rect in panels if area(rect) > 0.012 * area(page) or rect in found]
    figures = []
    left = list(pieces)
    for panel in sorted(clusters(panels, 0.0), key=lambda box: (box[1], box[0])):
        within = [p for p in left if share_inside(p.rect, panel) > 0.5]
        inside = tuple(p for p in within if not any(_captions(c, p) for c in within))
        rect = around([panel, *(p.rect for p in inside)])
        if sum(intersection(picture, rect) for picture in found) > 0.2 * area(rect):
            inside = ()
        left = [p for p in left if p not in inside]
        unread = _has_drawn_letters(rect, inside, drawings) or _is_noise(inside)
        figures.append(PdfFigure(rect=rect, pieces=inside, unread=unread))
    return figures


def _framed(
    rect: Rect, boxes: Sequence[Rect], frames: Collection[Rect], pieces: Sequence[Piece]
) -> Rect:
    """Widen the box of a chart to the frame that it fills alone, with its title and notes."""
    frame = frame_around(rect, frames)
    if frame is None or area(frame) >= 2.5 * area(rect) or _holds_paragraph(frame, pieces):
        return rect
    others = any(other != rect and share_inside(other, frame) > 0.1 for other in boxes)
    return rect if others else frame


def _captions(caption: Piece, piece: Piece) -> bool:
    """Whether a piece is a caption's first line, or one of the four after it."""
    if not CAPTION.match(caption.text):
        return False
    height = caption.rect[3] - caption.rect[1]
    below = piece.rect[1] - caption.rect[1]
    return abs(piece.size_pt - caption.size_pt) < 0.6 and -0.3 * height < below < 5 * height


def _has_drawn_letters(rect: Rect, inside: Sequence[Piece], drawings: Drawings) -> bool:
    """Whether many small shapes stand there, most beside each other: marks of plots do not."""
    small = [
        shape
        for shape in drawings.shapes
        if 2 < shape[3] - shape[1] < 14
        and shape[2] - shape[0] < 14
        and share_inside(shape, rect) > 0.9
    ]
    if len(small) <= max(40, sum(len(piece.text) for piece in inside) / 2):
        return False
    ordered = sorted(small, key=lambda shape: (round(shape[3] / 3), shape[0]))
    adjacent = [
        abs(one[3] - other[3]) < 4 and -1 < other[0] - one[2] < 4
        for one, other in pairwise(ordered)
    ]
    return sum(adjacent) > 0.4 * len(small)


def _is_noise(inside: Sequence[Piece]) -> bool:
    """Whether the letters are mostly signs: a font whose letters are mapped wrongly."""
    text = "".join(piece.text for piece in inside).replace(" ", "")
    return len(text) > 20 and sum(map(str.isalnum, text)) < 0.55 * len(text)


def divided_title(figure: PdfFigure) -> tuple[list[Piece], list[Piece]]:
    """Divide a figure's pieces into its title (bold first lines) and its labels."""
    ordered = sorted(figure.pieces, key=lambda p: (p.rect[1], p.rect[0]))
    title: list[Piece] = []
    for piece in ordered:
        last = title[-1] if title else piece
        alike = piece.bold and piece.size_pt == last.size_pt and piece.rect[1] >= last.rect[1]
        if not alike or piece.rect[1] - last.rect[3] > piece.size_pt:
            break
        title.append(piece)
    if sum(len(piece.text) for piece in title) < 15 or len(title) > 4:
        return [], ordered
    return title, ordered[len(title) :]


def is_prose(piece: Piece) -> bool:
    """Whether a piece is long enough to be a line of running text."""
    text = piece.text
    return len(text) >= 45 and text.count(" ") >= 6


def _is_picture(rect: Rect, pieces: Sequence[Piece], page: Rect) -> bool:
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    big = area(rect) > 0.004 * area(page) and min(width, height) > 18 and max(width, height) > 36
    return big and area(rect) < 0.9 * area(page) and not _holds_prose(rect, pieces)


def _holds_prose(rect: Rect, pieces: Sequence[Piece]) -> bool:
    """Whether running text stands in the box: then it is a background, or a frame."""
    lines = [piece for piece in pieces if share_inside(piece.rect, rect) > 0.5]
    prose = sum(is_prose(piece) for piece in lines)
    if prose >= 3 and prose > 0.15 * len(lines):
        return True
    letters = sum(len(piece.text) for piece in lines)
    return letters > 600 and median(len(piece.text) for piece in lines) > 22


def _holds_paragraph(rect: Rect, pieces: Sequence[Piece]) -> bool:
    """Whether four lines of the page's usual text follow one another: more than notes."""
    letters: Counter[float] = Counter()
    for piece in pieces:
        letters[round(piece.size_pt)] += len(piece.text)
    usual = letters.most_common(1)[0][0] if letters else 0.0
    lines = [
        piece
        for piece in pieces
        if len(piece.text) >= 25
        and piece.size_pt > usual - 0.8
        and share_inside(piece.rect, rect) > 0.5
    ]
    amid = [
        line
        for line in lines
        if _adjacent_line(line, lines, up=True) is not None
        and _adjacent_line(line, lines, up=False) is not None
    ]
    return len(amid) >= 2


def _chart_areas(drawings: Drawings, page: Rect) -> list[Rect]:
    whole = area(page)
    inner = grown(page, -1.0)  # what reaches the edge is an ornament, or has a false box
    seeds = {
        _rounded(rect)
        for rect in drawings.shapes + drawings.boxes
        if area(rect) < 0.5 * whole and contains(inner, rect)
    }
    shapes = {_rounded(rect) for rect in drawings.shapes} & seeds
    boxes = {_rounded(rect) for rect in drawings.boxes} & seeds
    sides = {shape: sorted((shape[2] - shape[0], shape[3] - shape[1])) for shape in shapes}
    rounded = {shape for shape, (short, long) in sides.items() if short > 4 and long > 20}
    charts = _bar_charts(list(boxes | rounded))
    for rect in clusters(list(seeds), 9.0):
        if area(rect) < 0.004 * whole or rect[2] - rect[0] < 40 or rect[3] - rect[1] < 24:
            continue
        curved = [s for s in shapes if share_inside(s, rect) > 0.9]
        filled = [b for b in boxes if share_inside(b, rect) > 0.9]
        large = sum(area(shape) > 0.01 * whole for shape in curved)
        tiled = sum(map(area, filled)) > 0.85 * area(rect)  # a table's shading leaves no gaps
        drawn = len(curved) >= 3 or large >= 2 or (curved and len(filled) >= 3)
        if drawn or (_are_bars(filled) and not tiled):
            charts.append(rect)
    return charts


def _bar_charts(boxes: Sequence[Rect]) -> list[Rect]:
    """Return the boxes around rows of bars that stand on one line, hang from it, begin or end."""
    charts = []
    for sides, begin, end in (((1, 3), 0, 2), ((0, 2), 1, 3)):
        rows: dict[float, list[Rect]] = defaultdict(list)
        for box in boxes:
            for side in sides:
                rows[box[side]].append(box)
        for row in rows.values():
            row.sort(key=lambda box: box[begin])
            lengths = {box[sides[1]] - box[sides[0]] for box in row}
            thickness = max(box[end] - box[begin] for box in row)
            gaps = [after[begin] - before[end] for before, after in pairwise(row)]
            if len(lengths) >= max(3, 0.5 * len(row)) and max(gaps) < 2 * thickness < 160:
                charts.append(around(row))
    return charts


def _likely_areas(drawings: Drawings, page: Rect) -> list[Rect]:
    """Return boxes of what is a chart only if numbers stand beside it: one shape, many dots."""
    whole = area(page)
    large = [s for s in drawings.shapes if 0.01 * whole < area(s) < 0.5 * whole]
    dots: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)
    for shape in drawings.shapes:
        width, height = round(shape[2] - shape[0]), round(shape[3] - shape[1])
        if max(width, height) < 12:
            dots[width, height].append(shape)
    spread = [
        around(marks)
        for marks in dots.values()
        if len(marks) > 7
        and len({round(mark[0]) for mark in marks}) > 5
        and len({round(mark[1]) for mark in marks}) > 5
    ]
    return [rect for rect in (*large, *spread) if rect[2] - rect[0] > 80 and rect[3] - rect[1] > 30]


def _rounded(rect: Rect) -> Rect:
    x0, y0, x1, y1 = rect
    return (round(x0), round(y0), max(round(x1), round(x0) + 1), max(round(y1), round(y0) + 1))


def _are_bars(boxes: Sequence[Rect]) -> bool:
    """Bars lie side by side and differ in length; a table's shading repeats its sizes."""
    if len(boxes) < 3:
        return False
    many = max(3, 0.4 * len(boxes))
    level = len({b[2] - b[0] for b in boxes}) >= many and len({b[1] + b[3] for b in boxes}) >= 3
    upright = len({b[3] - b[1] for b in boxes}) >= many and len({b[0] + b[2] for b in boxes}) >= 3
    return level or upright


def _with_labels(rect: Rect, pieces: Sequence[Piece]) -> Rect:
    for _ in range(3):
        is_square = abs((rect[2] - rect[0]) / (rect[3] - rect[1]) - 1) < 0.1
        above, below = (14, 16) if is_square else (7, 9)  # names stand around a pie
        reach = (rect[0] - 45, rect[1] - above, rect[2] + 30, rect[3] + below)
        labels = [
            piece.rect
            for piece in pieces
            if intersection(piece.rect, reach)
            and _longest_label(piece) <= _LABEL_CHARS
            and not CAPTION.match(piece.text)
            and (vertical_overlap(piece.rect, rect) > 0.5 or _shares_width(piece.rect, rect))
            and not _in_prose(piece, pieces)
        ]
        wider = around([rect, *labels])
        if wider == rect:
            break
        rect = wider
    return rect


def _longest_label(piece: Piece) -> int:
    """Return the letters of the longest label of a piece: labels of an axis may make one."""
    longest = letters = 0
    for last, word in pairwise((piece.words[0], *piece.words)):
        apart = word.rect[0] - last.rect[2] > 0.5 * word.size_pt
        letters = len(word.text) if apart else letters + len(word.text) + 1
        longest = max(longest, letters)
    return longest


def _shares_width(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2]


def _in_prose(piece: Piece, pieces: Sequence[Piece]) -> bool:
    """Whether a piece is a line of a paragraph: long lines, or a stack of three, around it."""
    above, below = _adjacent_line(piece, pieces, up=True), _adjacent_line(piece, pieces, up=False)
    if any(is_prose(other) for other in (above, below) if other):
        return True
    stack = [piece, above, below]
    if above and below is None:
        stack.append(_adjacent_line(above, pieces, up=True))
    if below and above is None:
        stack.append(_adjacent_line(below, pieces, up=False))
    lines = [line for line in stack if line is not None]
    return len(lines) >= 3 and sum(len(line.text) >= 16 for line in lines) >= 2


def _adjacent_line(piece: Piece, pieces: Sequence[Piece], *, up: bool) -> Piece | None:
    """Return the line right above or below that is of the same size and begins where it does."""
    height = piece.rect[3] - piece.rect[1]
    for other in pieces:
        gap = piece.rect[1] - other.rect[3] if up else other.rect[1] - piece.rect[3]
        if other is piece or not -0.5 * height < gap < 0.9 * height:
            continue
        alike = abs(other.size_pt - piece.size_pt) < 0.6 and other.bold == piece.bold
        flush = abs(other.rect[0] - piece.rect[0]) < 2.5 or (
            is_prose(other) and _shares_width(other.rect, piece.rect)
        )
        if alike and flush:
            return other
    return None


def _panel(
    rect: Rect,
    pictures: Sequence[Rect],
    rules: Sequence[Rect],
    pieces: Sequence[Piece],
    *,
    page: Rect,
) -> Rect:
    """Widen the box to the rules above and below that frame chart, title and notes as a panel.

    A picture fills a good part of its panel; what is a small part of one is a logo.
    """
    least = 0.5 * sum(intersection(picture, rect) for picture in pictures) / area(rect)
    rules = [
        rule
        for rule in rules
        if rule[0] < rect[0] + 12 and rule[2] > rect[2] - 12 and rule[2] - rule[0] > 60
    ]
    above = [rule for rule in rules if rule[3] <= rect[1] + 3]
    below = [rule for rule in rules if rule[1] >= rect[3] - 3]
    for top in sorted(above, key=lambda rule: -rule[1]):
        for bottom in sorted(below, key=lambda rule: rule[1]):
            panel = around([rect, top, bottom])
            same = abs(top[0] - bottom[0]) < 4 and abs(top[2] - bottom[2]) < 4
            same = same and area(rect) > least * area(panel)
            if same and area(panel) < 0.75 * area(page) and not _holds_paragraph(panel, pieces):
                return panel
    return rect
