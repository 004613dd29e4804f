"""Legends: small samples of a colour or a line, each with a name beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.charts.categories import YEAR
from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Ink,
    Label,
    Stroke,
    alike,
    around,
    hue_of,
    middle_of,
    size_of,
)
from ingest.charts.numbers import amount

_GAP_EM: Final = 1.3
_LONGEST_EM: Final = 4.5
_HIGHEST_EM: Final = 1.4
_LEVEL_EM: Final = 0.3
"""A sample stands at the middle of its name, but for this; that of several lines may not."""

_LINE_GAP_EM: Final = 0.2
_WIDE_GAP_EM: Final = 0.45
"""Between the lines of a name; the second where names are told apart by what goes on below."""


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


def find_legend(ink: Ink, taken: Sequence[Label]) -> Legend:
    """Return the legend: two entries or more whose samples begin below or beside each other.

    `taken` are labels that are an axis's.
    """
    gone = set(map(id, taken))
    free = [x for x in ink.labels if id(x) not in gone and not x.angle]
    labels = [x for x in free if amount(x.text) is None or x.text.isdecimal()]
    small = [thing for thing in ink.drawn if _is_sample(thing, ink.em)]
    entries = [entry for label in labels if (entry := _entry(label, small, ink))]
    colours = {_colour(entry) for entry in entries}
    if len(colours) < len(entries) or not all(_is_value(entry.label) for entry in entries):
        entries = [one for one in entries if not _is_value(one.label)]
    kept = [one for one in entries if any(_aligned(one, other, ink.em) for other in entries)]
    pairs = [(_colour(entry), _whole_name(entry, ink, kept, _LINE_GAP_EM)) for entry in kept]
    first = [lines[0].text for _, lines in pairs]
    if len(set(first)) < len(first):  # they go on below
        pairs = [(_colour(entry), _whole_name(entry, ink, kept, _WIDE_GAP_EM)) for entry in kept]
    return Legend(
        names=tuple((colour, " ".join(x.text for x in lines)) for colour, lines in pairs),
        labels=tuple(line for _, lines in pairs for line in lines),
        samples=tuple(sample for entry in kept for sample in entry.samples),
    )


def _is_value(label: Label) -> bool:
    """Whether a label is a number that is no year: among words it names no series."""
    return amount(label.text) is not None and not YEAR.fullmatch(label.text)


def _is_sample(thing: Stroke | Fill, em: float) -> bool:
    width, height = size_of(thing.box)
    if isinstance(thing, Fill) and thing.is_white and not thing.outlined:
        return False
    return 0.2 * em < max(width, height) and width < _LONGEST_EM * em and height < _HIGHEST_EM * em


def is_level(box: Box, name: Label, em: float) -> bool:
    """Whether a sample stands at the middle of a name."""
    return abs(middle_of(box)[1] - name.middle[1]) < _LEVEL_EM * em


def _entry(label: Label, small: Sequence[Stroke | Fill], ink: Ink) -> _Entry | None:
    nearby = [thing for thing in small if _is_adjacent(thing.box, label.box, ink.em)]
    if not nearby:
        return None
    level = [thing for thing in nearby if is_level(thing.box, label, ink.em)]
    nearest = max(level or nearby, key=lambda thing: thing.box[2])
    touching = [thing for thing in nearby if _overlap(thing.box, nearest.box, ink.blur)]
    return _Entry(label=label, samples=tuple(touching))


def _overlap(one: Box, other: Box, by: float) -> bool:
    """Whether boxes touch, edges that may stand `by` beside what they draw."""
    across = one[0] <= other[2] + by and other[0] <= one[2] + by
    return across and one[1] <= other[3] + by and other[1] <= one[3] + by


def _is_adjacent(sample: Box, name: Box, em: float) -> bool:
    """Whether a sample stands left of its name, at its height."""
    gap, y = name[0] - sample[2], middle_of(sample)[1]
    if gap > _GAP_EM * em:  # the marker amid a sample of a line
        gap -= 1.2 * em
    return -0.2 * em < gap < _GAP_EM * em and name[1] < y < name[3]


def _aligned(one: _Entry, other: _Entry, em: float) -> bool:
    if one is other:
        return False
    (ax, ex, ay), (bx, fx, by) = (_corners(entry) for entry in (one, other))
    apart = min(abs(ax - bx), abs(ex - fx), abs(ax + ex - bx - fx) / 2)  # of one, only its mark
    below = apart < 0.2 * em and abs(ay - by) < 12 * em
    return below or abs(ay - by) < 0.25 * em


def _corners(entry: _Entry) -> tuple[float, float, float]:
    """Return where the sample of an entry begins and ends, and the height of its name."""
    box = around([sample.box for sample in entry.samples])
    return box[0], box[2], entry.label.middle[1]


def _colour(entry: _Entry) -> Colour:
    """Return the colour of an entry: its most saturated sample's, of as many a filled one's."""
    return max(entry.samples, key=lambda s: (hue_of(s.colour), isinstance(s, Fill))).colour


def _whole_name(entry: _Entry, ink: Ink, kept: Sequence[_Entry], gap_em: float) -> list[Label]:
    """Return the lines of a name: those below it that begin where it does and have no sample."""
    others = {id(other.label) for other in kept}
    return [entry.label, *_lines_below(entry.label, ink, others, gap_em)]


def _lines_below(label: Label, ink: Ink, others: set[int], gap_em: float) -> Iterator[Label]:
    last = label
    for line in sorted(ink.labels, key=lambda one: one.box[1]):
        gap = line.box[1] - last.box[3]
        flush = abs(line.box[0] - label.box[0]) < 0.1 * ink.em
        if flush and id(line) not in others and -0.3 * ink.em < gap < gap_em * ink.em:
            last = line
            yield line
