"""How sure a figure is: the percentile bootstrap over questions.

Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 16. Knows arrays of
numbers, one row a question; knows nothing of what they measure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.records.report import Difference, Estimate

RESAMPLES: Final = 1000
TAIL_PERCENT: Final = 2.5
"""On either side of a 95 % interval."""

Rows = NDArray[np.float64]
"""(questions, columns)."""

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""(samples, questions, columns) to (samples,); NaN where a sample does not allow it."""


def mean(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the first column of each sample."""
    means: NDArray[np.float64] = samples[..., 0].mean(axis=-1)
    return means


def estimate(rows: Rows, statistic: Statistic = mean, *, seed: int) -> Estimate | None:
    """Return the statistic of all rows and its interval; None where it is not defined.

    The same rows in another order give the same estimate.
    """
    if not len(rows):
        return None
    value, drawn = _resampled(rows, statistic, seed)
    if np.isnan(value):
        return None
    low, high = _interval(drawn, value)
    return Estimate(value=value, low=low, high=high, n=len(rows))


def paired_difference(
    rows: Rows, others: Rows, statistic: Statistic = mean, *, seed: int
) -> Difference | None:
    """Return statistic(rows) - statistic(others), row i of both being the same question.

    p is two-sided: twice the share of resamples on the far side of zero, each tail with one
    added to its count (Davison and Hinkley, Bootstrap Methods, 1997, section 4.2), at most 1.
    """
    if len(rows) != len(others):
        raise ValueError(f"{len(rows)} rows can't be paired with {len(others)}")
    if not len(rows):
        return None
    columns = rows.shape[1]

    def difference(samples: NDArray[np.float64]) -> NDArray[np.float64]:
        return statistic(samples[..., :columns]) - statistic(samples[..., columns:])

    value, drawn = _resampled(np.hstack([rows, others]), difference, seed)
    if np.isnan(value):
        return None
    low, high = _interval(drawn, value)
    return Difference(value=value, low=low, high=high, p=_p(drawn))


def _resampled(rows: Rows, statistic: Statistic, seed: int) -> tuple[float, NDArray[np.float64]]:
    """Return the statistic of all rows, and of each resample; NaN and none if not defined."""
    rows = rows[np.lexsort(rows.T[::-1])]
    value = float(statistic(rows[np.newaxis])[0])
    if np.isnan(value):
        return value, np.empty(0)
    return value, statistic(rows[_draws(len(rows), seed)])


def _p(drawn: NDArray[np.float64]) -> float:
    drawn = drawn[~np.isnan(drawn)]
    rounding = 1e-12
    tails = [np.sum(drawn <= rounding), np.sum(drawn >= -rounding)]
    return min(1.0, 2 * float(min(tails) + 1) / (len(drawn) + 1))


def _draws(n: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, n, size=(RESAMPLES, n))


def _interval(drawn: NDArray[np.float64], value: float) -> tuple[float, float]:
    """Return the interval of the resamples; rounding may put the value itself a hair outside."""
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, [TAIL_PERCENT, 100 - TAIL_PERCENT])
    return min(float(low), value), max(float(high), value)
