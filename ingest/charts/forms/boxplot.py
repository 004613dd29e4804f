"""Box plots: bodies with a line across each and whiskers at its ends, as a row of five values.

Bodies may be filled or mere outlines, and may have notches. What lies beyond the whiskers is not
in the table, which is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from ingest.charts.categories import axis_title, names_at, names_left, parted, unused
from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Ink,
    Label,
    Point,
    Stroke,
    around,
    box_of,
    holds,
    middle_of,
    near,
    size_of,
)
from ingest.charts.legend import Legend
from ingest.charts.numbers import written
from ingest.charts.scale import MOST_OFF, Scale
from ingest.charts.table import (
    NO_VALUE,
    SERIES_UNNAMED,
    Chart,
    LostWordsError,
    UnreadableChartError,
)

HEADS: Final = (
    "Lower whisker (min)",
    "Lower quartile (Q1)",
    "Median",
    "Upper quartile (Q3)",
    "Upper whisker (max)",
)
_BEYOND: Final = "points beyond its whiskers are not in the table"

_NO_MEDIAN: Final = "no median was seen of: "

_MOST_POINTS: Final = 13
_CORNER: Final = 0.6
"""A body with notches has so few points, and one at each corner but for this."""

_AMID: Final = 0.06
"""The lines of a box stand amid it, but for this part of its thickness."""

_LEAST_ACROSS: Final = 0.3
_WIDER: Final = 1.1
_WHOLE: Final = 0.9
"""How long the line across a body is, in parts of its thickness; the last where it is at its end,
where the cap of a whisker may be."""

_SMALL_EM: Final = 1.0
"""Points beyond whiskers are smaller."""

_NAME_EM: Final = 0.5
_SHORT: Final = 0.1
"""So far from the boxes their names may begin; one that is so short beside others is a piece."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """One box: places along x (0) or y (1) of its whiskers' ends and its median.

    `low` is that of the least place; no median is known where none is seen.
    """

    colour: Colour
    body: Box
    along: int
    low: float
    median: float | None
    high: float

    @property
    def places(self) -> tuple[float, float, float | None, float, float]:
        """Where its five values stand."""
        return self.low, self.body[self.along], self.median, self.body[self.along + 2], self.high

    @property
    def middle(self) -> float:
        return middle_of(self.body)[1 - self.along]

    @property
    def box(self) -> Box:
        x0, y0, x1, y1 = self.body
        return (self.low, y0, self.high, y1) if self.along == 0 else (x0, self.low, x1, self.high)


def find_spreads(ink: Ink, taken: Sequence[Stroke | Fill]) -> list[Spread]:
    """Return the boxes of a box plot; none where it has none. `taken` are the legend's samples."""
    bodies = list(_bodies(ink, taken))
    straight = [s for s in ink.strokes if len(s.points) == 2]
    return max(([*_along(bodies, straight, ink, along)] for along in (1, 0)), key=len)


def _bodies(ink: Ink, taken: Sequence[Stroke | Fill]) -> Iterator[tuple[Box, Colour]]:
    """Yield what may be the bodies of boxes, and their colours."""
    gone = set(map(id, taken))
    for thing in ink.drawn:
        if id(thing) in gone or (isinstance(thing, Stroke) and not thing.is_closed):
            continue
        if len(thing.points) <= _MOST_POINTS and _has_corners(thing.points):
            yield thing.box, thing.colour


def _has_corners(points: Sequence[Point]) -> bool:
    """Whether points stand at all corners of the box around them, as also those of notches do."""
    x0, y0, x1, y1 = box_of(points)
    corners = ((x0, y0), (x0, y1), (x1, y0), (x1, y1))
    is_flat = min(x1 - x0, y1 - y0) < 1
    return not is_flat and all(any(near(p, c, by=_CORNER) for p in points) for c in corners)


def _along(
    bodies: Sequence[tuple[Box, Colour]], lines: Sequence[Stroke], ink: Ink, along: int
) -> list[Spread]:
    """Return the boxes along x (0) or y (1); none where whiskers show none to be one."""
    whole = {}
    for body, colour in bodies:
        spread = _spread(body, colour, lines, ink.least_off, along)
        whole[tuple(round(side) for side in body)] = spread  # the later of two is seen
    told = [one for one in whole.values() if one.median is not None]
    ends = [(one.low < one.body[along], one.high > one.body[along + 2]) for one in told]
    if not any(map(all, ends)) or 2 * sum(map(any, ends)) < len(ends):
        return []
    thick = median(size_of(one.body)[1 - along] for one in told)
    alike = [one for one in whole.values() if _is_as_thick(one, thick, ink.least_off)]
    return sorted(alike, key=lambda one: one.middle) if len(alike) <= 2 * len(told) else []


def _is_as_thick(spread: Spread, thick: float, off: float) -> bool:
    """Whether a box is one of those so thick: by its median, else by whiskers and thickness."""
    own = size_of(spread.body)[1 - spread.along]
    has_whisker = size_of(spread.box)[spread.along] > size_of(spread.body)[spread.along]
    return spread.median is not None or (has_whisker and abs(own - thick) <= 2 * off)


def _spread(body: Box, colour: Colour, lines: Sequence[Stroke], off: float, along: int) -> Spread:
    """Return a body with its whiskers and its median, where it has them."""
    across = 1 - along
    thick, middle = size_of(body)[across], middle_of(body)[across]
    first, last = body[along], body[along + 2]
    slack = max(_AMID * thick, off)
    amid = [s for s in lines if abs(middle_of(s.box)[across] - middle) < slack]
    crossing = _crossing([s for s in amid if _is_across(s, along)], body, off, along)
    whiskers = [(s.box[along], s.box[along + 2]) for s in amid if _is_across(s, across)]
    low = min([first, *(begin for begin, end in whiskers if abs(end - first) <= 2 * off)])
    high = max([last, *(end for begin, end in whiskers if abs(begin - last) <= 2 * off)])
    return Spread(colour=colour, body=body, along=along, low=low, median=crossing, high=high)


def _is_across(line: Stroke, along: int) -> bool:
    """Whether a line runs across the values that run along x (0) or y (1)."""
    return line.is_level if along == 1 else line.is_upright


def _crossing(lines: Sequence[Stroke], body: Box, off: float, along: int) -> float | None:
    """Return where the one line that crosses a body stands: within it, else at one of its ends."""
    thick = size_of(body)[1 - along]
    first, last = body[along], body[along + 2]
    shares = [(size_of(s.box)[1 - along] / thick, middle_of(s.box)[along]) for s in lines]
    lengths = [(share, at) for share, at in shares if share < _WIDER]
    inside = [
        at for share, at in lengths if share > _LEAST_ACROSS and first + off < at < last - off
    ]
    ends = [at for share, at in lengths if share > _WHOLE and first - off <= at <= last + off]
    found = sorted(inside or ends)
    is_one = bool(found) and found[-1] - found[0] <= off
    return min(max(found[0], first), last) if is_one else None


def box_plot(ink: Ink, spreads: Sequence[Spread], legend: Legend, scale: Scale) -> Chart:
    """Return a row for each box by the scale along them. Raises UnreadableChartError."""
    if scale.off > max(0.12 * ink.em, MOST_OFF * abs(scale.ends[1] - scale.ends[0])):
        raise UnreadableChartError("its tick labels do not fit a scale")
    marks = around([one.box for one in spreads])
    labels = unused(ink, scale.labels, legend.labels)
    if scale.along == 1:
        labels = parted(labels, [one.middle for one in spreads])
    names = _names(spreads, labels, marks, ink.em)
    head = axis_title(ink, 1 - scale.along, marks) or "Category"
    rows = [_values(one, scale, ink.least_off) for one in spreads]
    return Chart(
        kind="box plot",
        grid=_grid(head, names, [legend.name(one.colour) for one in spreads], rows),
        within=scale.told_within(least=ink.least_off),
        warnings=_doubts(ink, spreads, names, labels),
    )


def _doubts(
    ink: Ink, spreads: Sequence[Spread], names: Sequence[str], labels: Sequence[Label]
) -> list[str]:
    """Return warnings of names without a box, boxes without a median, and points beyond them."""
    find_left = names_left if spreads[0].along == 1 else _rows_left
    left = find_left(names, labels, ink.em)
    unseen = [name for name, one in zip(names, spreads, strict=True) if one.median is None]
    words = [label.box for label in labels if label.text in names]
    is_beyond = any(_has_points_beyond(ink, one, words) for one in spreads)
    return [
        *([f"{NO_VALUE}{', '.join(left)}"] if left else []),
        *([f"{_NO_MEDIAN}{', '.join(unseen)}"] if unseen else []),
        *([_BEYOND] if is_beyond else []),
    ]


def _names(spreads: Sequence[Spread], labels: Sequence[Label], marks: Box, em: float) -> list[str]:
    """Return the name of each box; titles above are none where something stands below."""
    along, middles = spreads[0].along, [one.middle for one in spreads]
    below = [x for x in labels if x.box[1] > marks[3] - _NAME_EM * em]
    found = names_at(middles, (below if along else None) or labels, marks=marks, along=along, em=em)
    if found is None or not all(found) or min(map(len, found)) < _SHORT * max(map(len, found)):
        raise LostWordsError("names of its boxes were not found")
    return found


def _rows_left(names: Sequence[str], labels: Sequence[Label], em: float) -> list[str]:
    """Return what stands among the names beside lying boxes and names none."""
    told = " ".join(names)
    ends = [x.box[2] for x in labels if x.text in names]
    own = [x for x in labels if any(abs(x.box[2] - end) < _NAME_EM * em for end in ends)]
    return [x.text for x in own if x.text not in told and not x.angle]


def _values(spread: Spread, scale: Scale, least: float) -> list[str]:
    """Return the values of a box as written, the least first; "" for one that is not known."""
    places = spread.places if scale.slope > 0 else spread.places[::-1]
    return [
        ""
        if at is None
        else written(scale.value(at), within=scale.within(at, least=least), like=scale.like)
        for at in places
    ]


def _grid(
    head: str, names: Sequence[str], series: Sequence[str], rows: Sequence[list[str]]
) -> list[list[str]]:
    """Return the cells, with the names of series where categories have several boxes."""
    if len(set(names)) == len(names):
        return [[head, *HEADS], *([name, *row] for name, row in zip(names, rows, strict=True))]
    keys = list(zip(names, series, strict=True))
    if not all(series):
        raise LostWordsError(SERIES_UNNAMED)
    if len(set(keys)) < len(keys):
        raise UnreadableChartError("two of its boxes have the same name")
    return [[head, "Series", *HEADS], *([*key, *row] for key, row in zip(keys, rows, strict=True))]


def _has_points_beyond(ink: Ink, spread: Spread, words: Sequence[Box]) -> bool:
    """Whether small marks that are no `words` stand on the line of a box beyond its whiskers."""
    along, across = spread.along, 1 - spread.along
    slack = 0.25 * size_of(spread.body)[across]
    return any(
        abs(middle_of(thing.box)[across] - spread.middle) < slack
        and 0.5 < max(size_of(thing.box)) < _SMALL_EM * ink.em
        and not spread.low - 1 < middle_of(thing.box)[along] < spread.high + 1
        for thing in ink.drawn
        if len(thing.points) > 2 and not any(holds(word, middle_of(thing.box)) for word in words)
    )
