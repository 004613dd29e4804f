"""Axes: tick labels fitted to where they stand, linear or by date.

A scale is trusted where three labels or more lie on it; how far they lie beside it is its error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.charts.categories import anchor
from ingest.charts.ink import Ink, Label, size_of
from ingest.charts.numbers import amount, day_of, short_year
from ingest.charts.scale import MIN_LABELS, Kind, Places, Scale, scale_through
from ingest.layout.layout import grouped

_NEAR_EM: Final = 0.3
"""Labels further from where their value belongs are not of the axis."""

_FLUSH_EM: Final = 0.35
_MAX_LABELS: Final = 60
_MIN_SHARE: Final = 0.65
"""So many of the numbers in its lane lie on its scale; of a drawing, of those between its ends."""
_MAY_BE_POWER: Final = re.compile(r"10\s?\d")
"""What a ten with a raised power is read as: a logarithmic axis is not read."""

_ADDED: Final = re.compile(r"\+(\d[\d.]*(?:e\d{1,2})?)")
_FACTOR: Final = re.compile(r"[\u00d7x]?\s?1e([-+\u2212]?\d{1,2})")


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
    labels = [label for label in ink.labels if amount(label.text)]
    labels += [x for x in ink.labels if along == 0 and short_year(x.text)]
    labels += [x for x in ink.labels if along == 0 and _meaning(x, "date") is not None]
    keys: list[Callable[[Label], float]] = [lambda label: label.middle[across]]
    if along == 1:
        keys = [lambda label: label.box[2], lambda label: label.box[0], *keys]
    for key in keys:
        ordered = sorted(labels, key=key)
        for lane in grouped(ordered, lambda lane, x: key(x) - key(lane[-1]) <= _FLUSH_EM * ink.em):  # noqa: B023 - used at once
            yield lane[:_MAX_LABELS]


def _meaning(label: Label, kind: Kind) -> float | None:
    if kind == "date":
        return day_of(label.text)
    found = amount(label.text) or short_year(label.text)
    return found.value if found else None


def _fitted(lane: Sequence[Label], ink: Ink, along: int) -> Scale | None:
    """Return the scale that most labels lie on; of as many, the one that fits best."""
    if all(_MAY_BE_POWER.fullmatch(label.text) for label in lane):
        return None
    kinds: tuple[Kind, ...] = ("linear", "date") if along == 0 else ("linear",)
    scales: list[Scale] = []
    for kind in kinds:
        if (scale := _of_kind(lane, ink, along, kind)) is not None:
            scales.append(scale)
        if scales and len(scales[0].labels) == len(lane):
            break
    best = max(scales, key=lambda s: (len(s.labels), -s.off), default=None)
    return _shifted(best, ink) if best and best.kind == "linear" else best


def _of_kind(lane: Sequence[Label], ink: Ink, along: int, kind: Kind) -> Scale | None:
    known = [(label, m) for label in lane if (m := _meaning(label, kind)) is not None]
    if len(known) < MIN_LABELS:
        return None
    at = np.array([_stands(label, along, ink.em) for label, _ in known])
    values = np.array([value for _, value in known])
    chosen = agreeing(at, values, _NEAR_EM * ink.em)
    if chosen is None:
        return None
    amid = (at >= at[chosen].min()) & (at <= at[chosen].max())  # panels share lanes
    if chosen.sum() < _MIN_SHARE * (len(at) if ink.blur else amid.sum()):
        return None  # printed values, or letters that are misread, may agree by chance
    labels = tuple(known[n][0] for n in np.flatnonzero(chosen).tolist())
    places = _ticks(labels, ink, along)
    return scale_through(labels, values[chosen], places, along, kind)


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
    found = [x for x in ink.labels if x not in scale.labels and _is_at_end(x, scale, ink.em)]
    for label in found:
        if add := _ADDED.fullmatch(label.text):
            return replace(scale, start=scale.start + float(add[1]), like=None, shifted=True)
        if factor := _FACTOR.fullmatch(label.text):
            by = 10.0 ** int(factor[1].replace("\u2212", "-"))
            return replace(
                scale, start=scale.start * by, slope=scale.slope * by, like=None, shifted=True
            )
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
    factors = [x for x in ink.labels if _FACTOR.fullmatch(x.text)]
    on_axes = {id(label) for scale in scales for label in scale.labels}
    lost = [x for x in factors if id(x) not in on_axes]
    return len(lost) > sum(scale.shifted for scale in scales)


def _ticks(labels: Sequence[Label], ink: Ink, along: int) -> Places:
    """Return where the ticks or grid lines of labels stand; else the middles of the labels."""
    middles = np.array([_stands(label, along, ink.em) for label in labels])
    marks = np.array(sorted(_marks(ink, along)))
    if len(marks) < 2:
        return middles
    nearest = marks[np.abs(marks[None, :] - middles[:, None]).argmin(axis=1)]
    offs = nearest - middles
    usual = median(offs.tolist())
    fits = np.abs(offs - usual) < 0.12 * ink.em
    most = 0.4 if along == 1 else 0.2  # words are centred on their ticks
    if abs(usual) > most * ink.em or fits.sum() < max(2, 0.7 * len(labels)):
        return middles
    places: Places = np.where(fits, nearest, middles + usual)
    return places


def _marks(ink: Ink, along: int) -> set[float]:
    """Return where lines across an axis stand."""
    strokes = (s.box for s in ink.strokes if len(s.points) == 2)
    thin = (f.box for f in ink.fills if min(size_of(f.box)) < 1.5)
    across = 1 - along
    return {
        round((box[along] + box[along + 2]) / 2, 2)
        for box in (*strokes, *thin)
        if box[along + 2] - box[along] < 1.5 and box[across + 2] - box[across] > 1.5
    }
