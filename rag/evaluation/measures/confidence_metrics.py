"""Whether it knows what it does not know: refusals, selective risk, calibration.

Statistics over many questions at once, for `bootstrap`. Knows arrays; knows no question.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.records.report import Bin

BINS: Final = 15
"""Of equal width, as in Guo et al., On Calibration of Modern Neural Networks, ICML 2017."""

Samples = NDArray[np.float64]
"""(samples, questions, 2)."""

Values = NDArray[np.float64]
"""(samples,)."""


def abstention_precision(samples: Samples) -> Values:
    """Return the share of the refused that can't be answered. Columns: answerable, answered."""
    return _share(_rightly_refused(samples), (samples[..., 1] == 0).sum(axis=-1))


def abstention_recall(samples: Samples) -> Values:
    """Return the share of what can't be answered that is refused. Columns as in precision."""
    return _share(_rightly_refused(samples), (samples[..., 0] == 0).sum(axis=-1))


def abstention_f1(samples: Samples) -> Values:
    """Return the harmonic mean of precision and recall (van Rijsbergen, 1979)."""
    refused = (samples[..., 1] == 0).sum(axis=-1)
    unanswerable = (samples[..., 0] == 0).sum(axis=-1)
    return _share(2 * _rightly_refused(samples), refused + unanswerable)


def _rightly_refused(samples: Samples) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = ((samples[..., 0] == 0) & (samples[..., 1] == 0)).sum(axis=-1)
    return counts


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Values:
    shares: Values = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return shares


def aurc(samples: Samples) -> Values:
    """Return the area under the risk-coverage curve; lower is better. Columns: confidence, right.

    The mean, over the n questions from the most confident on, of the share of wrong ones so far
    (Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation, ICLR 2019). Questions of
    the same confidence are accepted together: each counts with the risk of them all.
    """
    confidence, wrong = samples[..., 0], 1 - samples[..., 1]
    order = np.argsort(-confidence, axis=-1, kind="stable")
    falling = np.take_along_axis(confidence, order, axis=-1)
    risks = np.cumsum(np.take_along_axis(wrong, order, axis=-1), axis=-1)
    risks = risks / np.arange(1, risks.shape[-1] + 1)
    # The risk at the last question of each run of equal confidences, taken from the right.
    last = np.ones_like(falling, dtype=bool)
    last[..., :-1] = falling[..., 1:] != falling[..., :-1]
    places = np.where(last, np.arange(falling.shape[-1]), falling.shape[-1])
    places = np.minimum.accumulate(places[..., ::-1], axis=-1)[..., ::-1]
    areas: Values = np.take_along_axis(risks, places, axis=-1).mean(axis=-1)
    return areas


def ece(samples: Samples) -> Values:
    """Return the expected calibration error (Guo et al., 2017). Columns: confidence, right."""
    confidence, right = samples[..., 0], samples[..., 1]
    bins = _bins(confidence)
    total = np.zeros(len(samples))
    for number in range(BINS):
        gaps = np.where(bins == number, right - confidence, 0).sum(axis=-1)
        total += np.abs(gaps) / confidence.shape[-1]
    return total


def ece_by_chance(samples: Samples) -> Values:
    """Return what the error would be at the mean if every confidence were exactly true.

    So few answers a bin leave it even then (Bröcker and Smith, Increasing the Reliability of
    Reliability Diagrams, Weather and Forecasting 22, 2007); by the normal approximation of each
    bin's sum. Columns as in `ece`.
    """
    confidence = samples[..., 0]
    bins = _bins(confidence)
    variance = confidence * (1 - confidence)
    total = np.zeros(len(samples))
    for number in range(BINS):
        total += np.sqrt(np.where(bins == number, variance, 0).sum(axis=-1))
    chance: Values = np.sqrt(2 / np.pi) * total / confidence.shape[-1]
    return chance


def _bins(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return each one's bin: (0, 1/15], (1/15, 2/15], …; 0 itself lies in the first."""
    bins: NDArray[np.int64] = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    return bins


def reliability(rows: NDArray[np.float64]) -> tuple[Bin, ...]:
    """Return the bins that hold a question. Rows: (confidence, right)."""
    bins = _bins(rows[:, 0])
    return tuple(
        Bin(
            confidence=float(rows[bins == number, 0].mean()),
            accuracy=float(rows[bins == number, 1].mean()),
            n=int((bins == number).sum()),
        )
        for number in range(BINS)
        if (bins == number).any()
    )


def risk_coverage(rows: NDArray[np.float64], *, total: int) -> tuple[tuple[float, float], ...]:
    """Return (coverage, risk) as ever less confident answers of `rows` are accepted.

    Rows: (confidence, right), of the answered; coverage is their share of `total` questions.
    """
    points = []
    for confidence in np.unique(rows[:, 0])[::-1]:
        accepted = rows[rows[:, 0] >= confidence]
        points.append((len(accepted) / total, float(1 - accepted[:, 1].mean())))
    return tuple(points)
