"""The column of a table that a word means where none has its name: inhabitants, `Population`.

By the likeness of word and name in the space of meaning. Knows names; knows no table and no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""Returns the cosine of a text with each of others; nothing while no model is ready."""

LEAST_LIKENESS: Final = 0.5
"""Inhabitants and Population .57, staff and Employees .72; battery and Price .40, crime and
Districts .42."""

APART: Final = 0.05
"""The likeliest column is so much likelier than the next."""

_UNIT: Final = re.compile(r"(?<!\s)\s*+[\[(][^\])]{0,100}[\])]\s*$")


def unlike(text: str, others: Sequence[str]) -> Sequence[float]:
    """Return no likeness at all."""
    del text, others
    return ()


def column_meant(
    said: str, names: Sequence[str], columns: Sequence[int], likeness: Likeness
) -> int | None:
    """Return that of `columns` whose name means what is said; None where none or several do.

    All `names` are compared: what is more like another column means that one.
    """
    if not said or not columns:
        return None
    cosines = likeness(said, [_UNIT.sub("", name) for name in names])
    ranked = sorted(zip(cosines, range(len(names)), strict=False), reverse=True)
    if not ranked or ranked[0][0] < LEAST_LIKENESS or ranked[0][1] not in columns:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < APART:
        return None
    return ranked[0][1]
