"""How well boxes fit. Knows rectangles in fractions of a page."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rag.evaluation.records.report import Box


def area(box: Box) -> float:
    x0, y0, x1, y1 = box
    return max(0.0, x1 - x0) * max(0.0, y1 - y0)


def intersection(one: Box, other: Box) -> Box:
    """Return what both cover; its area is 0 if that is nothing."""
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )


def iou(one: Box, other: Box) -> float:
    """Return the intersection over union (Everingham et al., The PASCAL VOC Challenge, 2010)."""
    common = area(intersection(one, other))
    whole = area(one) + area(other) - common
    return common / whole if whole else 0.0


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def covered(box: Box, boxes: Sequence[Box]) -> float:
    """Return the share of `box` that lies under at least one of `boxes`."""
    parts = [part for part in (intersection(box, other) for other in boxes) if area(part) > 0]
    return union_area(parts) / area(box) if area(box) else 0.0


def union_area(boxes: Sequence[Box]) -> float:
    """Return the area under at least one box: a sum over the grid that their edges make."""
    xs = sorted({x for box in boxes for x in (box[0], box[2])})
    ys = sorted({y for box in boxes for y in (box[1], box[3])})
    cells = itertools.product(itertools.pairwise(xs), itertools.pairwise(ys))
    return sum(
        (x1 - x0) * (y1 - y0)
        for (x0, x1), (y0, y1) in cells
        if any(b[0] <= x0 and x1 <= b[2] and b[1] <= y0 and y1 <= b[3] for b in boxes)
    )
