"""What stands still in a film: slides, each found once, told from cuts, fades and moving cameras.

Knows small grey pictures and their seconds; knows no codec.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH_PX: Final = 192
HEIGHT_PX: Final = 108
BLOCK_PX: Final = 6
"""A thumbnail, and the blocks that it is compared by: a line of text is about one high."""

ROWS: Final = HEIGHT_PX // BLOCK_PX
COLUMNS: Final = WIDTH_PX // BLOCK_PX
CHANGED: Final = 8.0
"""Mean difference in grey levels from which a block is another; compression alone stays below 3."""

SAME_SHARE: Final = 0.008
"""Pictures are the same if no more of their blocks changed: a pointer moves, a word does not."""

LIVELY_SHARE: Final = 0.35
"""Where more of the picture is in motion than so much, nothing stands still."""

AROUND: Final = 4
"""Steps before and after that tell whether a block is always in motion: who speaks, in a corner."""

STILL_S: Final = 1.5
BLANK_DEVIATION: Final = 4.0
"""Of the grey levels of a picture that shows nothing."""

Thumbnail = NDArray[np.float32]
"""(HEIGHT_PX, WIDTH_PX), grey levels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One picture of a film, small. `is_key`: it can be decoded alone."""

    time_s: float
    thumbnail: Thumbnail
    is_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What stands still from and to which second; `at_s` is when it is seen best."""

    start_s: float
    end_s: float
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StillPicture:
    """One slide: when it is shown, the first time first."""

    showings: tuple[Showing, ...]


def still_pictures(samples: Sequence[Sample], *, end_s: float) -> list[StillPicture]:
    """Return what stands still for `STILL_S`, by the first time that it is shown.

    `samples` are in order of time; the last lasts to `end_s`. Blank pictures are left out.
    """
    found: list[tuple[_Still, list[Showing]]] = []
    for first, last in still_runs(samples):
        after_s = samples[last + 1].time_s if last + 1 < len(samples) else end_s
        run = samples[first : last + 1]
        still, shown = _still(run), _showing(run, after_s)
        if after_s - run[0].time_s < STILL_S or still.thumbnail.std() < BLANK_DEVIATION:
            continue
        known = next((times for seen, times in found if _is_again(seen, still)), None)
        if known is None:
            found.append((still, [shown]))
        else:
            known.append(shown)
    return [StillPicture(showings=tuple(times)) for _, times in found]


def still_runs(samples: Sequence[Sample]) -> list[tuple[int, int]]:
    """Return the first and last index of runs of at least two samples that are the same."""
    steps = _still_steps(samples)
    runs = []
    first = 0
    for n in range(len(samples)):
        goes_on = n < len(steps) and steps[n]
        if goes_on and not is_same(samples[first].thumbnail, samples[n + 1].thumbnail):
            goes_on = _is_again(_still(samples[first : n + 1]), _still(samples[n : n + 2]))
        if not goes_on:
            if n > first:
                runs.append((first, n))
            first = n + 1
    return runs


def is_same(one: Thumbnail, other: Thumbnail) -> bool:
    return float(_changes(one, other).mean()) <= SAME_SHARE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Still:
    """What a run shows: its last picture, and the blocks that moved in it."""

    thumbnail: Thumbnail
    moving: NDArray[np.bool_]


def _still(run: Sequence[Sample]) -> _Still:
    recent = run[-1 - 2 * AROUND :]
    changes = [_changes(a.thumbnail, b.thumbnail) for a, b in pairwise(recent)]
    moving = np.any(changes, axis=0) if changes else np.zeros((ROWS, COLUMNS), np.bool_)
    return _Still(thumbnail=run[-1].thumbnail, moving=np.asarray(moving))


def _is_again(one: _Still, other: _Still) -> bool:
    """Say whether both show the same but for what moves in either."""
    moving = one.moving | other.moving
    changed = _changes(one.thumbnail, other.thumbnail) & ~moving
    return bool(moving.mean() <= LIVELY_SHARE and changed.mean() <= SAME_SHARE)


def _showing(run: Sequence[Sample], after_s: float) -> Showing:
    """Return when a run is shown; it is seen best late, where all of it has come."""
    keys = [sample for sample in run[1:] if sample.is_key]
    best = keys[-1] if keys else run[(len(run) + 1) // 2]
    return Showing(start_s=run[0].time_s, end_s=after_s, at_s=best.time_s)


def _changes(one: Thumbnail, other: Thumbnail) -> NDArray[np.bool_]:
    """Return which blocks changed: (rows, columns)."""
    difference = np.abs(one - other)
    blocks = difference.reshape(ROWS, BLOCK_PX, COLUMNS, BLOCK_PX).mean(axis=(1, 3))
    return np.asarray(blocks > CHANGED)


def _still_steps(samples: Sequence[Sample]) -> list[bool]:
    """Say of each step from one sample to the next whether nothing but what always moves moved."""
    changes = [_changes(a.thumbnail, b.thumbnail) for a, b in pairwise(samples)]
    return [_is_still(changes, n) for n in range(len(changes))]


def _is_still(changes: Sequence[NDArray[np.bool_]], n: int) -> bool:
    changed = changes[n]
    if changed.mean() <= SAME_SHARE:
        return True
    moving = _always_moving(changes[max(0, n - AROUND) : n]) & _always_moving(
        changes[n + 1 : n + 1 + AROUND]
    )
    return bool(moving.mean() <= LIVELY_SHARE and (changed & ~moving).mean() <= SAME_SHARE)


def _always_moving(changes: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return the blocks that changed in most of these steps; all where there are none."""
    if not changes:
        return np.ones((ROWS, COLUMNS), np.bool_)
    return np.asarray(np.mean(changes, axis=0) > 0.5)  # noqa: PLR2004 - most
