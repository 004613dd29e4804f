"""Legends: small samples of a colour or a line, each with a name beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.charts.categories import YEAR
from ingest.charts.ink import Box, Colour, Fill, Ink, Label, Stroke, alike, around, hue_of
from ingest.charts.numbers import amount


@dataclass(frozen=True, kw_only=True)
class Legend:
    """Names by colour, and what of the ink is the legend's."""

    names: tuple[tuple[Colour, str], ...] = ()
    labels: tuple[Label, ...] = ()
    samples: tuple[Stroke | Fill, ...] = ()

    def name(self, colour: Colour) -> str:
        """Return the one name of a colour; "" where it has none or several."""
        names = {name for other, name in self.names if alike(other, colour)}
        return names.pop() if len(names) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class _Entry:
    label: Label
    samples: tuple[Stroke | Fill, ...]

    @property
    def colour(self) -> Colour:
        """Its most saturated sample's; of as many a filled one's."""
        return max(self.samples, key=lambda s: (hue_of(s.colour), isinstance(s, Fill))).colour

    @property
    def is_value(self) -> bool:
        """Whether its name is a number that is no year: among words it names no series."""
        return amount(self.label.text) is not None and not YEAR.fullmatch(self.label.text)


def find_legend(ink: Ink, taken: Sequence[Label]) -> Legend:
    """Return the legend: two entries or more whose samples begin below or beside each other.

    `taken` are labels that are an axis's.
    """
    gone = set(map(id, taken))
    free = [x for x in ink.labels if id(x) not in gone and not x.angle]
    labels = [x for x in free if amount(x.text) is None or x.text.isdecimal()]
    small = [thing for thing in ink.drawn if _is_sample(thing, ink.em)]
    entries = [entry for label in labels if (entry := _entry(label, small, ink))]
    colours = {entry.colour for entry in entries}
    if len(colours) < len(entries) or not all(entry.is_value for entry in entries):
        entries = [one for one in entries if not one.is_value]
    kept = [one for one in entries if any(_aligned(one, other, ink.em) for other in entries)]
    heads = [entry.label for entry in kept]
    are_distinct = len({label.text for label in heads}) == len(heads)  # else they go on below
    gap = (0.2 if are_distinct else 0.45) * ink.em
    names = [[label, *_lines_below(label, ink, heads, gap)] for label in heads]
    return Legend(
        names=tuple(
            (entry.colour, " ".join(x.text for x in lines))
            for entry, lines in zip(kept, names, strict=True)
        ),
        labels=tuple(line for lines in names for line in lines),
        samples=tuple(sample for entry in kept for sample in entry.samples),
    )


def _is_sample(thing: Stroke | Fill, em: float) -> bool:
    if isinstance(thing, Fill) and thing.is_white and not thing.outlined:
        return False
    x0, y0, x1, y1 = thing.box
    return 0.2 * em < max(x1 - x0, y1 - y0) and x1 - x0 < 4.5 * em and y1 - y0 < 1.4 * em


def is_level(box: Box, name: Label, em: float) -> bool:
    """Whether a sample stands at the middle of a name; that of several lines may not."""
    return abs((box[1] + box[3]) / 2 - name.middle[1]) < 0.3 * em


def _entry(label: Label, small: Sequence[Stroke | Fill], ink: Ink) -> _Entry | None:
    """Return a name with the samples right before it, at its height; None without."""
    nearby = [thing for thing in small if _is_adjacent(thing.box, label.box, ink.em)]
    if not nearby:
        return None
    level = [thing for thing in nearby if is_level(thing.box, label, ink.em)]
    x0, y0, x1, y1 = max(level or nearby, key=lambda thing: thing.box[2]).box
    by = ink.blur
    touching = tuple(
        thing
        for thing in nearby
        if thing.box[0] <= x1 + by and x0 <= thing.box[2] + by
        if thing.box[1] <= y1 + by and y0 <= thing.box[3] + by
    )
    return _Entry(label=label, samples=touching)


def _is_adjacent(sample: Box, name: Box, em: float) -> bool:
    gap, y = name[0] - sample[2], (sample[1] + sample[3]) / 2
    if gap > 1.3 * em:  # the marker amid a sample of a line
        gap -= 1.2 * em
    return -0.2 * em < gap < 1.3 * em and name[1] < y < name[3]


def _aligned(one: _Entry, other: _Entry, em: float) -> bool:
    """Whether samples begin, end or are centred below each other, or names stand on one level."""
    if one is other:
        return False
    (a0, _, a1, _), (b0, _, b1, _) = (around([s.box for s in e.samples]) for e in (one, other))
    apart = min(abs(a0 - b0), abs(a1 - b1), abs(a0 + a1 - b0 - b1) / 2)  # of one, only its mark
    down = abs(one.label.middle[1] - other.label.middle[1])
    return (apart < 0.2 * em and down < 12 * em) or down < 0.25 * em


def _lines_below(label: Label, ink: Ink, heads: Sequence[Label], gap: float) -> Iterator[Label]:
    """Yield the lines that go on with a name: they begin where it does and have no sample."""
    others = set(map(id, heads))
    last = label
    for line in sorted(ink.labels, key=lambda one: one.box[1]):
        flush = abs(line.box[0] - label.box[0]) < 0.1 * ink.em
        if flush and id(line) not in others and -0.3 * ink.em < line.box[1] - last.box[3] < gap:
            last = line
            yield line
