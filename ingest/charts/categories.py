"""Words along an axis: names of its places, where they are no scale, and titles."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median
from typing import Final

from ingest.charts.ink import Box, Ink, Label, around
from ingest.charts.numbers import amount, day_of
from ingest.layout.layout import grouped
from rag.text import RECENT_YEAR

YEAR: Final = re.compile(RECENT_YEAR + r"(?:\.0)?")


def names_at(
    places: Sequence[float],
    labels: Sequence[Label],
    *,
    marks: Box,
    along: int,
    em: float,
    distinct: bool = False,
) -> list[str] | None:
    """Return a name for each place across the values; None where too many have none.

    `along` is where the values grow (1: up), `marks` the box around what they mark. Names that
    should be `distinct` and are not have those of their groups before them, "Rural 2019".
    """
    rows = _rows(labels, marks, along, em)
    named = [names for row in rows if (names := _named(places, row, along, em)) is not None]
    best = max(reversed(named), key=_fitness, default=None)
    if best is None or (along == 0 and _are_totals(best)):
        return None
    is_plain = along == 0 or not distinct or len(set(best)) == len(best)
    return best if is_plain else _in_groups(list(filter(all, named))) or best


def _in_groups(named: Sequence[Sequence[str]]) -> list[str] | None:
    """Return the names of two rows joined; None where these do not tell all places apart."""
    for both in combinations(named, 2):
        outer, inner = sorted(both, key=lambda names: sum(a != b for a, b in pairwise(names)))
        joined = [f"{a} {b}" for a, b in zip(outer, inner, strict=True)]
        if len(set(joined)) == len(joined) and not _are_totals(inner):
            return joined
    return None


def names_left(names: Sequence[str], labels: Sequence[Label], em: float) -> list[str]:
    """Return what stands in the row of names below a plot and names nothing that was read."""
    text = " ".join(names)
    row = [x for x in labels if x.text in names and not x.angle]
    if len(row) < 3:
        return []
    level = median(x.middle[1] for x in row)
    left = [x for x in labels if not x.angle and abs(x.middle[1] - level) < 0.25 * em]
    return [x.text for x in left if x.text not in text and _may_name(x, row, em)]


def _may_name(label: Label, row: Sequence[Label], em: float) -> bool:
    """Whether a label stands amid a row of names, or as far from its end as they are apart."""
    middles = sorted(x.middle[0] for x in row)
    apart = median(b - a for a, b in pairwise(middles))
    near = min(abs(label.middle[0] - at) for at in middles)
    inside = middles[0] < label.middle[0] < middles[-1]
    return near > 0.7 * apart and (inside or near <= max(1.3 * apart, apart + em))


def _fitness(names: Sequence[str]) -> tuple[int, bool, int, int]:
    """Return how well a row names places: it tells them apart, is no row of sums, names days."""
    distinct = len(set(filter(None, names)))
    days = sum(day_of(name) is not None for name in names)
    return distinct, not _are_totals(names), sum(map(bool, names)), days


def _are_totals(names: Sequence[str]) -> bool:
    """Whether names are numbers that are no years: sums printed at the ends of bars."""
    return all(amount(name) and not YEAR.fullmatch(name) for name in names if name)


def anchor(label: Label, along: int, em: float) -> float:
    """Return where a label of an axis points to: turned ones hang at their end."""
    x0, y0, x1, y1 = label.box
    if along == 0 or label.angle % 90 == 0:
        return (y0 + y1) / 2 if along == 0 else (x0 + x1) / 2
    return x1 - 0.4 * em if label.angle > 180 else x0 + 0.4 * em


def _rows(labels: Sequence[Label], marks: Box, along: int, em: float) -> list[list[Label]]:
    """Return groups of labels on each side of the marks, the lines of each joined."""
    if along == 0:
        left = [x for x in labels if not x.angle and x.box[2] < marks[0] + 0.7 * em]
        right = [x for x in labels if not x.angle and x.box[0] > marks[2] - 0.5 * em]
        return [left, right]
    found = grouped(
        sorted(labels, key=lambda one: one.box[1]),
        lambda row, label: abs(label.box[1] - row[0].box[1]) < 0.5 * em,
    )
    outside = [
        row
        for row in found
        if row[0].box[1] > marks[3] - 0.5 * em or max(x.box[3] for x in row) < marks[1] + 0.5 * em
    ]
    return [_with_lines_below(row, outside[n + 1 :], marks, em) for n, row in enumerate(outside)]


def _with_lines_below(
    row: Sequence[Label], rows: Sequence[Sequence[Label]], marks: Box, em: float
) -> list[Label]:
    """Join the lines of names that go on below their first."""
    joined = list(row)
    for below in rows:
        gap = below[0].box[1] - max(label.box[3] for label in joined)
        if any(label.angle for label in below) or gap > 0.45 * em:
            break
        if not all(any(_continues(line, label, em) for label in joined) for line in below):
            break
        amid = abs(below[0].middle[0] - (marks[0] + marks[2]) / 2) < em
        if len(row) > 1 and len(below) == 1 and (gap > 0.1 * em or amid):
            break  # the axis's own title
        joined += below
    return joined


def _continues(line: Label, label: Label, em: float) -> bool:
    is_amid = abs(line.middle[0] - label.middle[0]) < 0.6 * em
    return is_amid or abs(line.box[0] - label.box[0]) < 0.15 * em


def _named(
    places: Sequence[float], row: Sequence[Label], along: int, em: float
) -> list[str] | None:
    """Return the names of places; "" for one without. None where no label is near."""
    if along == 0 and (each := _one_each(places, row, em)):
        return each
    groups = _grouped(row, along, em)
    if not groups:
        return None
    gaps = [b - a for (a, _), (b, _) in pairwise(sorted(groups)) if b - a > 0.5 * em]
    pitch = min(median(gaps) if gaps else math.inf, _reach(places, len(groups), em))
    names = [min((abs(at - place), text) for at, text in groups) for place in places]
    found = [text if gap <= 0.55 * pitch else "" for gap, text in names]
    return found if any(found) else None


def _one_each(places: Sequence[float], row: Sequence[Label], em: float) -> list[str]:
    """Return the labels right beside the places, one each, headings left out; else none."""
    words = _words(row)
    nearby = [[x for x in words if abs(x.middle[1] - at) < 0.35 * em] for at in places]
    if not all(len(found) == 1 for found in nearby):
        return []
    names = [found[0] for found in nearby]
    apart = min((b - a for a, b in pairwise(sorted(places))), default=math.inf)
    between = [x for x in words if min(places) < x.middle[1] < max(places) and x not in names]
    if any(abs(x.middle[1] - at) < 0.8 * apart for x in between for at in places):
        return []
    return [label.text for label in names]


def _words(labels: Sequence[Label]) -> list[Label]:
    return [x for x in labels if amount(x.text) is None or YEAR.fullmatch(x.text)]


def _grouped(row: Sequence[Label], along: int, em: float) -> list[tuple[float, str]]:
    """Return where names stand, and the names, the lines of each joined."""
    ordered = sorted(row, key=lambda label: anchor(label, along, em))
    if along == 1:
        groups = grouped(
            ordered, lambda own, label: anchor(label, 1, em) - anchor(own[0], 1, em) < 0.6 * em
        )
        return [(anchor(group[0], 1, em), _text(group)) for group in groups]
    reach = _line_gap([x for x in ordered if amount(x.text) is None] or ordered, em)
    groups = grouped(
        ordered, lambda own, label: label.box[1] - max(one.box[3] for one in own) < reach
    )
    boxes = [around([label.box for label in group]) for group in groups]
    return [((b[1] + b[3]) / 2, _text(group)) for b, group in zip(boxes, groups, strict=True)]


def _line_gap(ordered: Sequence[Label], em: float) -> float:
    """Return from which gap on lines are of different names; smaller ones are within a name."""
    gaps = [b.box[1] - a.box[3] for a, b in pairwise(ordered)]
    gaps = [gap for gap in gaps if gap > -0.6 * em]
    if gaps and min(gaps) < 0.35 * em and max(gaps) > min(gaps) + 0.45 * em:
        return (min(gaps) + max(gaps)) / 2 if max(gaps) < em else min(gaps) + 0.3 * em
    return -0.6 * em


def _reach(places: Sequence[float], groups: int, em: float) -> float:
    """Return how far apart names are if they are evenly spread over the places."""
    spread = max(places) - min(places)
    if spread < em:
        return math.inf
    return 1.5 * spread / (groups - 1) if groups > 1 else spread / (len(set(places)) - 1)


def _text(labels: Sequence[Label]) -> str:
    """Return the lines of a name as one; values that are printed beside a name are none of it."""
    ordered = _words(labels) or list(labels)
    if not any(label.angle for label in ordered):
        ordered.sort(key=lambda label: (round(label.box[1]), label.box[0]))
    texts = [label.text for label in ordered]
    day = "-".join(text.strip("-") for text in texts)
    return day if len(texts) > 1 and day_of(day) is not None else " ".join(texts)


def blocks_of(labels: Sequence[Label], em: float) -> list[list[Label]]:
    """Return labels, those joined that stand closely below each other: lines of one name."""
    blocks: list[list[Label]] = []
    for label in sorted(labels, key=lambda one: one.box[1]):
        x0, y0, x1, _ = label.box
        for block in blocks:
            last = block[-1].box
            if -0.5 * em < y0 - last[3] < 0.35 * em and min(last[2], x1) > max(last[0], x0):
                block.append(label)
                break
        else:
            blocks.append([label])
    return blocks


def unused(ink: Ink, *taken: Sequence[Label]) -> list[Label]:
    """Return the labels that none has taken."""
    gone = {id(label) for labels in taken for label in labels}
    return [label for label in ink.labels if id(label) not in gone]


def axis_title(ink: Ink, along: int, marks: Box) -> str:
    """Return the words along an axis of x (0) or y (1) values; "" where none stand there."""
    if along == 1:
        turned = [x for x in ink.labels if x.angle in {90, 270} and x.box[2] < marks[0]]
        turned = [x for x in turned if marks[1] - ink.em < x.middle[1] < marks[3] + ink.em]
        return turned[0].text if len(turned) == 1 else ""
    below = [x for x in ink.labels if not x.angle and x.box[1] > marks[3]]
    if len(below) < 2:
        return ""
    last = max(below, key=lambda label: label.box[1])
    is_alone = sum(x.box[3] > last.box[1] for x in below) == 1
    is_close = last.box[1] - max(x.box[3] for x in below if x is not last) < 1.5 * ink.em
    is_amid = abs(last.middle[0] - (marks[0] + marks[2]) / 2) < 3 * ink.em
    return last.text if is_alone and is_close and is_amid else ""


def title_above(ink: Ink) -> str:
    """Return what stands over a plot, amid it; "" where nothing does."""
    boxes = [thing.box for thing in ink.drawn]
    if not boxes:
        return ""
    x0, y0, x1, _ = around(boxes)
    over = [x for x in ink.labels if not x.angle and x.middle[1] < y0 and not amount(x.text)]
    amid = [x for x in over if x0 < x.middle[0] < x1]
    lowest = max(amid, key=lambda label: label.box[3], default=None)
    return lowest.text if lowest and y0 - lowest.box[3] < 1.5 * ink.em else ""
