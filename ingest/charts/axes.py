"""Axes: tick labels fitted to where they stand, linear or by date.

A scale is trusted where three labels or more lie on it; how far they lie beside it is its error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ingest.charts.categories import anchor
from ingest.charts.ink import Box, Ink, Label, around, size_of
from ingest.charts.numbers import Amount, amount, day_of, short_year, written
from ingest.layout.layout import grouped

Places = NDArray[np.float64]
Kind = Literal["linear", "date"]

MAX_OFF: Final = 0.01
"""How far labels may lie beside their scale, and scales differ, in parts of them."""

MIN_LABELS: Final = 3
"""Fewer labels tell no scale."""

_MAY_BE_POWER: Final = re.compile(r"10\s?\d")
"""What a ten with a raised power is read as: a logarithmic axis is not read."""

_ADDED: Final = re.compile(r"\+(\d[\d.]*(?:e\d{1,2})?)")
_FACTOR: Final = re.compile(r"[\u00d7x]?\s?1e([-+\u2212]?\d{1,2})")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What maps places along one direction (0: x, 1: y) to values.

    `off` is how far, in units of length, labels lie beside the fit: the median of all. `shifted`:
    its labels are only a part of its values, a factor stands at its end.
    """

    along: int
    kind: Kind
    slope: float
    start: float
    off: float
    labels: tuple[Label, ...]
    places: tuple[float, ...]
    like: Amount | None = None
    shifted: bool = False

    @property
    def box(self) -> Box:
        return around([label.box for label in self.labels])

    def value(self, at: float) -> float:
        return self.slope * at + self.start

    def place(self, value: float) -> float:
        return (value - self.start) / self.slope

    @property
    def ends(self) -> tuple[float, float]:
        """Where the first and the last label stand."""
        return min(self.places), max(self.places)

    @property
    def span(self) -> float:
        """The values that the labels span."""
        return abs(self.value(self.ends[1]) - self.value(self.ends[0]))

    def is_off(self, em: float) -> bool:
        """Whether its labels lie too far beside it for it to be trusted."""
        return self.off > max(0.12 * em, MAX_OFF * (self.ends[1] - self.ends[0]))

    def within(self, at: float, *, least: float) -> float:
        """Return how far a value read at a place may be off, `least` units of length at least."""
        by = max(self.off, least)
        return abs(self.value(at + by) - self.value(at - by)) / 2

    def within_text(self, *, least: float) -> str:
        """Return in words how far values may be off."""
        within = self.within(self.ends[0], least=least)
        return written(within, within=within / 10, like=self.like)


def are_firsts(scale: Scale) -> bool:
    """Whether the labels of a scale of days are first days of their months."""
    days = [day for label in scale.labels if (day := day_of(label.text)) is not None]
    return bool(days) and all(date.fromordinal(round(day)).day == 1 for day in days)


def scale_through(
    labels: tuple[Label, ...], values: Places, places: Places, along: int, kind: Kind = "linear"
) -> Scale | None:
    """Return the scale that labels of these values at these places lie on; None for too few."""
    if len(set(values.tolist())) < MIN_LABELS or np.ptp(places) == 0:
        return None
    slope, start = np.polyfit(places, values, 1)
    off = np.abs(places - (values - start) / slope)
    return Scale(
        along=along,
        kind=kind,
        slope=float(slope),
        start=float(start),
        off=float(np.median(off)),
        labels=labels,
        places=tuple(places.tolist()),
        like=amount(labels[-1].text) if kind == "linear" else None,
    )


def taken_by(upright: Sequence[Scale], level: Sequence[Scale]) -> list[Label]:
    """Return the labels that are no legend's: of upright scales, and of days.

    Names of a legend may be years that stand evenly beside each other.
    """
    scales = [*upright, *(scale for scale in level if scale.kind == "date")]
    return [label for scale in scales for label in scale.labels]


def find_scales(ink: Ink, along: int) -> list[Scale]:
    """Return the scales along x (0) or y (1), that with most labels first."""
    found: list[Scale] = []
    for lane in _lanes(ink, along):
        left = lane
        while len(left) >= MIN_LABELS and (scale := _fitted(left, ink, along)):
            found.append(scale)
            left = [label for label in left if label not in scale.labels]
    kept: list[Scale] = []
    for scale in sorted(found, key=lambda s: (-len(s.labels), s.off)):
        if not any(set(map(id, scale.labels)) & set(map(id, one.labels)) for one in kept):
            kept.append(scale)
    return kept


def _lanes(ink: Ink, along: int) -> Iterator[list[Label]]:
    """Yield groups of labels that begin, end or are centred on one line across the axis."""
    across = 1 - along
    kinds: tuple[Kind, ...] = ("linear", "date") if along == 0 else ("linear",)
    labels = [
        label
        for label in ink.labels
        if any(_meaning(label, kind, along) is not None for kind in kinds)
    ]
    keys: list[Callable[[Label], float]] = [lambda label: label.middle[across]]
    if along == 1:
        keys = [lambda label: label.box[2], lambda label: label.box[0], *keys]
    for key in keys:
        ordered = sorted(labels, key=key)
        for lane in grouped(ordered, lambda lane, x: key(x) - key(lane[-1]) <= 0.35 * ink.em):  # noqa: B023 - used at once
            yield lane[:60]


def _meaning(label: Label, kind: Kind, along: int) -> float | None:
    if kind == "date":
        return day_of(label.text)
    found = amount(label.text) or (short_year(label.text) if along == 0 else None)
    return found.value if found else None


def _fitted(lane: Sequence[Label], ink: Ink, along: int) -> Scale | None:
    """Return the scale that most labels lie on; of as many, the one that fits best."""
    if all(_MAY_BE_POWER.fullmatch(label.text) for label in lane):
        return None
    scales = []
    if linear := _of_kind(lane, ink, along, "linear"):
        scales.append(linear)
    if along == 0 and not (linear and len(linear.labels) == len(lane)):
        scales += filter(None, [_of_kind(lane, ink, along, "date")])
    best = max(scales, key=lambda s: (len(s.labels), -s.off), default=None)
    return _shifted(best, ink) if best and best.kind == "linear" else best


def _of_kind(lane: Sequence[Label], ink: Ink, along: int, kind: Kind) -> Scale | None:
    known = [(label, m) for label in lane if (m := _meaning(label, kind, along)) is not None]
    if len(known) < MIN_LABELS:
        return None
    at = np.array([_stands(label, along, ink.em) for label, _ in known])
    values = np.array([value for _, value in known])
    chosen = agreeing(at, values, 0.3 * ink.em)
    if chosen is None:
        return None
    amid = (at >= at[chosen].min()) & (at <= at[chosen].max())  # panels share lanes
    if chosen.sum() < 0.65 * (len(at) if ink.blur else amid.sum()):
        return None  # printed values, or letters that are misread, may agree by chance
    labels = tuple(known[n][0] for n in np.flatnonzero(chosen).tolist())
    return scale_through(labels, values[chosen], _ticks(labels, ink, along), along, kind)


def _stands(label: Label, along: int, em: float) -> float:
    """Return where along an axis a label stands: one on a slant at its upper end."""
    return anchor(label, 1, em) if along == 0 else label.middle[along]


def agreeing(at: Places, values: Places, reach: float) -> NDArray[np.bool_] | None:
    """Return which labels lie on the line through two of them that most lie on, and best."""
    one, other = np.triu_indices(len(at), 1)
    apart = (np.abs(at[one] - at[other]) >= reach) & (values[one] != values[other])
    one, other = one[apart], other[apart]
    if not len(one):
        return None
    slopes = (at[other] - at[one]) / (values[other] - values[one])
    off = np.abs(at[one, None] + slopes[:, None] * (values[None, :] - values[one, None]) - at)
    on = off < reach
    best = np.lexsort((np.where(on, off, 0.0).sum(axis=1), -on.sum(axis=1)))[0]
    chosen: NDArray[np.bool_] = on[best]
    return chosen if chosen.sum() >= MIN_LABELS else None


def _shifted(scale: Scale, ink: Ink) -> Scale:
    """Return a scale with what stands at its end taken in: "1e6" to multiply, "+2e3" to add."""
    for label in ink.labels:
        if label in scale.labels or not _is_at_end(label, scale, ink.em):
            continue
        if add := _ADDED.fullmatch(label.text):
            return replace(scale, start=scale.start + float(add[1]), like=None, shifted=True)
        if factor := _FACTOR.fullmatch(label.text):
            by = 10.0 ** int(factor[1].replace("\u2212", "-"))
            start, slope = scale.start * by, scale.slope * by
            return replace(scale, start=start, slope=slope, like=None, shifted=True)
    return scale


def _is_at_end(label: Label, scale: Scale, em: float) -> bool:
    """Whether a label stands at the end of an axis, which may be a step beyond the last label."""
    x, y = label.middle
    x0, y0, x1, y1 = scale.box
    beyond = max(4 * em, (scale.ends[1] - scale.ends[0]) / (len(scale.places) - 1))
    if scale.along == 1:
        return y0 - beyond < y < y0 + em and x0 - 3 * em < x < x1 + 5 * em
    return x1 - 6 * em < x < x1 + beyond and y0 < y < y1 + 4 * em


def has_lost_factor(ink: Ink, scales: Sequence[Scale]) -> bool:
    """Whether more factors, as "1e11" at an axis, are printed than scales have taken in."""
    on_axes = {id(label) for scale in scales for label in scale.labels}
    lost = [x for x in ink.labels if _FACTOR.fullmatch(x.text) and id(x) not in on_axes]
    return len(lost) > sum(scale.shifted for scale in scales)


def _ticks(labels: Sequence[Label], ink: Ink, along: int) -> Places:
    """Return where the ticks or grid lines of labels stand; else the middles of the labels."""
    middles = np.array([_stands(label, along, ink.em) for label in labels])
    across = 1 - along
    strokes = [s.box for s in ink.strokes if len(s.points) == 2]
    thin = [f.box for f in ink.fills if min(size_of(f.box)) < 1.5]
    marks = {
        round((box[along] + box[along + 2]) / 2, 2)
        for box in (*strokes, *thin)
        if size_of(box)[along] < 1.5 < size_of(box)[across]
    }
    if len(marks) < 2:
        return middles
    known = np.array(sorted(marks))
    nearest = known[np.abs(known[None, :] - middles[:, None]).argmin(axis=1)]
    offs = nearest - middles
    usual = median(offs.tolist())
    fits = np.abs(offs - usual) < 0.12 * ink.em
    most = 0.4 if along == 1 else 0.2  # words are centred on their ticks
    if abs(usual) > most * ink.em or fits.sum() < max(2, 0.7 * len(labels)):
        return middles
    places: Places = np.where(fits, nearest, middles + usual)
    return places
