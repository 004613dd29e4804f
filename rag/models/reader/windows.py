"""A question and a passage to the reader's windows of tokens, and its logits back to spans.

A pair is written `[CLS] question [SEP] context, passage [SEP]`. A passage that is too long is read
in overlapping windows; a table's header is repeated in each, since rows mean nothing without it.
Knows tokens and numbers; knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import CELL_SEPARATOR

if TYPE_CHECKING:
    from tokenizers import Encoding

CLS: Final = 101
SEP: Final = 102
QUESTION_TOKENS: Final = 64
CONTEXT_TOKENS: Final = 32
HEADER_TOKENS: Final = 72
HEADER_LINES: Final = 4
"""A header is looked for in the first lines only: a caption or two may stand above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One reading of a pair. All three lists are as long as the input.

    `types` is 1 from the context on. `places` gives each position's token of the passage, -1 for
    positions that are not of the passage.
    """

    ids: list[int]
    types: list[int]
    places: list[int]


def header_length(passage: str, tokens: Encoding) -> int:
    """Return how many tokens of the passage are a table's header, to repeat in every window."""
    end = 0
    for line in passage.split("\n", HEADER_LINES)[:HEADER_LINES]:
        end += len(line) + 1
        if CELL_SEPARATOR in line:
            count = sum(start < end for start, _ in tokens.offsets)
            return count if count <= HEADER_TOKENS else 0
    return 0


def make_window(
    question: Sequence[int], context: Sequence[int], passage: Sequence[int], places: Sequence[int]
) -> Window:
    """Write one input: `places` are the tokens of the passage to include, in order."""
    head = [CLS, *question[:QUESTION_TOKENS], SEP]
    lead = list(context[:CONTEXT_TOKENS])
    ids = [*head, *lead, *(passage[place] for place in places), SEP]
    return Window(
        ids=ids,
        types=[0] * len(head) + [1] * (len(ids) - len(head)),
        places=[-1] * (len(head) + len(lead)) + list(places) + [-1],
    )


def room(question: Sequence[int], context: Sequence[int], *, max_tokens: int) -> int:
    """Return how many tokens of the passage fit beside the question and the context."""
    used = min(len(question), QUESTION_TOKENS) + min(len(context), CONTEXT_TOKENS)
    return max_tokens - used - 3


def place_ranges(length: int, header: int, *, size: int, overlap: int) -> list[list[int]]:
    """Divide a passage into windows of at most `size` tokens, header in front, so many in both."""
    if length <= size:
        return [list(range(length))]
    header = header if header < size // 2 else 0
    body = size - header
    step = max(1, body - overlap)
    starts = list(range(header, max(header + 1, length - body + step), step))
    starts[-1] = max(header, length - body)
    return [[*range(header), *range(s, min(length, s + body))] for s in starts]


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
    """Decode a window: `logits` (tokens, tokens), `places` as there; `count` spans at most."""
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
