"""A scale of an axis: places along it mapped to values, and how sure these are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Box, Label, around
from ingest.charts.numbers import Amount, amount, day_of, written

Places = NDArray[np.float64]
Kind = Literal["linear", "date"]

MAX_OFF: Final = 0.01
"""Labels that lie further beside their scale, in parts of its length, make a chart unreadable."""

MIN_LABELS: Final = 3
"""Fewer labels tell no scale."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What maps places along one direction (0: x, 1: y) to values.

    `off` is how far, in units of length, labels lie beside the fit: the median of all.
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
    """Whether its labels are only a part of its values: a factor stands at its end."""

    @property
    def box(self) -> Box:
        return around([label.box for label in self.labels])

    def value(self, at: float) -> float:
        return self.slope * at + self.start

    def place(self, value: float) -> float:
        """Return where a value stands."""
        return (value - self.start) / self.slope

    @property
    def ends(self) -> tuple[float, float]:
        """Where the first and the last label stand."""
        return min(self.places), max(self.places)

    @property
    def span(self) -> float:
        """The values that the labels span."""
        return abs(self.value(self.ends[1]) - self.value(self.ends[0]))

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
    labels: tuple[Label, ...],
    values: Places,
    places: Places,
    along: int,
    kind: Kind = "linear",
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
