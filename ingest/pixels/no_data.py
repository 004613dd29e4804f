"""Which shapes of a chart's picture are no data: letters, hatches, rules, what a legend hides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ingest.charts.ink import Fill, Label, Stroke, around, holds
from ingest.charts.legend import Legend
from ingest.pixels.shapes import Patch

_GREY: Final = 24
"""The channels of a colour that is grey differ by less."""

_RULE_SIDE_PX: Final = 4.0
"""What lies so near a rule is of it: half its width, and the shade along it."""

_PANEL_EM: Final = 0.6
"""How far a legend's panel reaches beyond its samples and names."""


def is_of_rule(fill: Fill, rules: Sequence[Stroke]) -> bool:
    """Whether a thin shape without a colour is a piece of a rule, between what crosses it."""
    x0, y0, x1, y1 = fill.box
    grey = max(fill.colour) - min(fill.colour) < _GREY
    corners = ((x0, y0), (x1, y1))
    return grey and any(
        all(holds(rule.box, corner, margin=_RULE_SIDE_PX) for corner in corners) for rule in rules
    )


def is_hidden(fill: Fill, legend: Legend, em: float) -> bool:
    """Whether a shape runs to the legend, which may hide its end, and is no sample."""
    if not legend.samples or any(fill is sample for sample in legend.samples):
        return False
    panel = around([*(x.box for x in legend.samples), *(x.box for x in legend.labels)])
    x0, y0, x1, y1 = fill.box
    by = _PANEL_EM * em
    across = x0 < panel[2] + by and panel[0] - by < x1
    return across and y0 < panel[3] + by and panel[1] - by < y1


def is_hatch(sample: Stroke, fills: Sequence[Fill]) -> bool:
    """Whether a short stroke without a colour is what is left of the pattern of a shape."""
    grey = max(sample.colour) - min(sample.colour) < _GREY
    begin, end = sample.points
    return grey and any(
        holds(f.box, begin, margin=4) and holds(f.box, end, margin=4) for f in fills
    )


def is_letter(region: Patch, labels: Sequence[Label]) -> bool:
    """Whether a shape stands in the box of a label, and is no coloured sample of a legend."""
    x0, y0, x1, y1 = map(float, region.box)
    is_sample = max(region.colour) - min(region.colour) > 2 * _GREY and region.mask.mean() > 0.8
    return not is_sample and any(
        holds(label.box, (x0, y0), margin=1.0) and holds(label.box, (x1, y1), margin=1.0)
        for label in labels
    )
