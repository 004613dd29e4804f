"""Samples of a legend whose colour is not quite that of what they name: JPEG changes small ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np

from ingest.charts.ink import Colour, Fill, Stroke, alike
from ingest.charts.legend import Legend

_FURTHEST: Final = 64
"""Shades of one colour differ by less in every channel, ..."""

_SURER: Final = 2.0
"""... and another colour is so many times as far from each."""

Shape = TypeVar("Shape", Stroke, Fill)


def true_colours(legend: Legend, drawn: Iterable[Colour]) -> dict[Colour, Colour]:
    """Return for colours of a legend that nothing has which of the `drawn` ones they mean.

    Only colours that have no name are meant, each by one sample.
    """
    drawn = list(dict.fromkeys(drawn))
    samples = list(dict.fromkeys(colour for colour, _ in legend.names))
    free = [one for one in drawn if not any(alike(one, sample) for sample in samples)]
    lost = [one for one in samples if not any(alike(one, colour) for colour in drawn)]
    meant = {sample: _nearest(sample, free) for sample in lost}
    return {
        sample: colour
        for sample, colour in meant.items()
        if colour is not None and _nearest(colour, lost) == sample
    }


def recoloured(
    shapes: Sequence[Shape], legend: Legend, colours: Mapping[Colour, Colour]
) -> list[Shape]:
    """Return shapes, the samples of a legend in their true colours."""
    own = set(map(id, legend.samples))
    return [
        replace(one, colour=colours.get(one.colour, one.colour)) if id(one) in own else one
        for one in shapes
    ]


def _nearest(colour: Colour, others: Sequence[Colour]) -> Colour | None:
    """Return the colour that is near alone; None where several are, or none."""
    ranked = sorted((_apart(colour, other), other) for other in others)
    if not ranked or ranked[0][0] > _FURTHEST:
        return None
    is_sure = len(ranked) == 1 or ranked[1][0] > _SURER * ranked[0][0]
    return ranked[0][1] if is_sure else None


def _apart(one: Colour, other: Colour) -> int:
    return int(np.abs(np.array(one) - np.array(other)).max())
