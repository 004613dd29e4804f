"""From the network's logits to spans of text and probabilities. Pure numbers; knows no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]

SPAN_TOKENS: Final = 110
"""The longest answer, in tokens: a clause of a contract; 99 % of the training answers fit."""

CANDIDATES: Final = 24
"""Spans of a window that are looked at; overlapping ones are then dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Turns logits into probabilities; fitted on held-back rows.

    Relevance is a logistic regression (Platt 1999) on the answer logit and on the log-odds of all
    spans to the null (Devlin et al. 2019 take the best one's); spans are weighed by a softmax at
    `temperature` (Guo et al. 2017). `threshold` is the relevance under which abstaining gives the
    better F1.

    It holds where about two passages in three hold the answer, as in the fit; among many
    retrieved passages fewer do, and relevance is then too high.
    """

    answer: float = 1.0
    lead: float = 0.0
    bias: float = 0.0
    temperature: float = 1.0
    threshold: float = 0.5

    def relevance(self, reading: WindowReading) -> float:
        logit = self.answer * reading.answer + self.lead * reading.lead + self.bias
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReading:
    """What one window says. `answer` is a logit, `lead` the log-odds of any span to the null.

    `spans` are (first token, last token, logit), best first, tokens of the passage. They do not
    overlap.
    """

    answer: float
    lead: float
    spans: tuple[tuple[int, int, float], ...]


def read_window(
    logits: Logits, answer: float, places: Sequence[int], *, count: int
) -> WindowReading:
    """Decode one window: `logits` (tokens, tokens), `places` as in `Window`.

    At most `count` spans.
    """
    null = float(logits[0, 0])
    positions = np.flatnonzero(np.asarray(places) >= 0)
    if not positions.size:
        return WindowReading(answer=answer, lead=-30.0, spans=())
    tokens = np.asarray(places)[positions]
    scores = _span_scores(logits[np.ix_(positions, positions)], tokens)
    spans = _best_apart(scores, tokens, count=count)
    lead = float(np.logaddexp.reduce(scores[np.isfinite(scores)], dtype=np.float64)) - null
    return WindowReading(answer=answer, lead=lead, spans=tuple(spans))


def _span_scores(logits: Logits, tokens: NDArray[np.intp]) -> Logits:
    """Return the logits, -inf where backwards, too long, or across a gap."""
    order = np.arange(len(tokens))
    width = order[None, :] - order[:, None]
    whole = tokens[None, :] - tokens[:, None] == width
    allowed = (width >= 0) & (width < SPAN_TOKENS) & whole
    scores: Logits = np.where(allowed, logits, -np.inf).astype(np.float32)
    return scores


def _best_apart(
    scores: Logits, tokens: NDArray[np.intp], *, count: int
) -> list[tuple[int, int, float]]:
    """Return the best spans that share no token, best first."""
    flat = scores.ravel()
    near = np.argpartition(-flat, min(CANDIDATES, flat.size - 1))[:CANDIDATES]
    # Stable, by score and then by place: equal scores give the first in the text.
    near = near[np.lexsort((near, -flat[near]))]
    chosen: list[tuple[int, int, float]] = []
    for index in near:
        first, last = (int(tokens[n]) for n in divmod(int(index), len(tokens)))
        apart = all(last < a or b < first for a, b, _ in chosen)
        if apart and np.isfinite(flat[index]) and len(chosen) < count:
            chosen.append((first, last, float(flat[index])))
    return chosen


def span_weights(logits: Sequence[float], *, temperature: float) -> list[float]:
    """Share 1 among the spans of a passage by their logits."""
    if not logits:
        return []
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    powers = np.exp(scaled - scaled.max())
    return [float(power) for power in powers / powers.sum()]
