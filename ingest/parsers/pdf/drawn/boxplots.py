"""Where box plots are, by their rules: bodies, whiskers at their ends, medians. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Rect, around, clusters, contains

_OFF_PT: Final = 1.5
_SIDE_PT: Final = 2.5
"""Rules stand where they should but for this; a median may be so much longer than its body."""

_EDGE_PT: Final = 0.75
_LEAST_THICK_PT: Final = 4.0
_APART: Final = 6.0
"""Boxes of one plot are no further apart, in parts of their thickness."""


def box_plots(drawings: Drawings) -> list[Rect]:
    """Return the boxes around bodies with their whiskers, those of one plot together."""
    level, upright, filled = drawings.horizontal, drawings.vertical, drawings.boxes
    found = _plots(level, upright, filled)
    turned = _plots(*(list(map(_turned, one)) for one in (upright, level, filled)))
    return [*found, *map(_turned, turned)]


def _turned(rect: Rect) -> Rect:
    x0, y0, x1, y1 = rect
    return y0, x0, y1, x1


def _plots(level: Sequence[Rect], upright: Sequence[Rect], filled: Sequence[Rect]) -> list[Rect]:
    """Return groups of upright bodies with whiskers; in each a median is seen in one or more."""
    bodies = list(_bodies(level, upright, filled))
    sure = [whole for body, whole in bodies if _has_median(body, level)]
    thick = max((body[2] - body[0] for body, whole in bodies if whole in sure), default=0.0)
    near = [whole for body, whole in bodies if body[2] - body[0] < thick + 2 * _SIDE_PT]
    plots = clusters(near, _APART * thick) if near else []
    return [plot for plot in plots if any(contains(plot, one) for one in sure)]


def _bodies(
    level: Sequence[Rect], upright: Sequence[Rect], filled: Sequence[Rect]
) -> Iterator[tuple[Rect, Rect]]:
    """Yield what may be bodies, and each with the whiskers at its ends."""
    for (x0, x1), heights in _lanes(level, filled).items():
        body = (x0, min(heights), x1, max(heights))
        own = [w for w in upright if _is_at(w, body)] if x1 - x0 > _LEAST_THICK_PT else []
        if own:
            yield body, around([body, *own])


def _lanes(level: Iterable[Rect], filled: Iterable[Rect]) -> dict[tuple[int, int], list[float]]:
    """Return the heights of rules that begin and end at the same places, to a point."""
    lanes: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for x0, y0, x1, y1 in level:
        lanes[round(x0), round(x1)].append((y0 + y1) / 2)
    for x0, y0, x1, y1 in filled:
        lanes[round(x0), round(x1)] += [y0, y1]
    return lanes


def _has_median(body: Rect, rules: Iterable[Rect]) -> bool:
    """Whether one rule alone runs through a body from side to side; a grid has several."""
    x0, y0, x1, y1 = body
    within = {
        round(rule[1])
        for rule in rules
        if abs(rule[0] - x0) < _SIDE_PT and abs(rule[2] - x1) < _SIDE_PT
        if y0 + _EDGE_PT < (rule[1] + rule[3]) / 2 < y1 - _EDGE_PT
    }
    return len(within) == 1


def _is_at(whisker: Rect, body: Rect) -> bool:
    """Whether a rule stands amid a body at one of its ends, and runs on beyond it."""
    x0, y0, x1, y1 = whisker
    left, top, right, bottom = body
    is_amid = abs((x0 + x1) / 2 - (left + right) / 2) < _OFF_PT
    above = abs(y1 - top) < _OFF_PT and y0 < top - _OFF_PT
    return is_amid and (above or (abs(y0 - bottom) < _OFF_PT and y1 > bottom + _OFF_PT))
