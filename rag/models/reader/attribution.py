"""Which words of a passage moved the reader: attributions of its relevance, by Captum.

Integrated gradients (Sundararajan, Taly and Yan, ICML 2017) of the logit of relevance, from a
passage of [MASK] to the passage, on the word embeddings; a word's share is the sum of its tokens'.
Knows the reader's network; knows nothing of stores and pages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import numpy as np

from rag.models.base.threads import SMALL, computing
from rag.models.reader.reader import Pair, Reader
from rag.text import STOP_WORDS, fold, word_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from rag.models.reader.inputs import Window
    from rag.models.reader.model import ReaderModel
    from rag.models.reader.spans import Calibration

STEPS: Final = 4
"""More steps cost as much more, and name the same words (see benchmarks/LOG.md)."""
MASK: Final = 103
MOST_WORDS: Final = 8
LEAST_SHARE: Final = 0.2
"""A word is shown if it counts at least this share of what the first one does."""

KEPT: Final = 256

Range = tuple[int, int]


class Attributor:
    """Explains readings; keeps the last `most_kept`. Thread-safe."""

    def __init__(self, reader: Reader, *, most_kept: int = KEPT) -> None:
        self._reader = reader
        self._most_kept = most_kept
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str], tuple[Range, ...]] = OrderedDict()

    def warm(self) -> None:
        """Import what explains now: it takes a second."""
        import captum.attr  # noqa: F401 - the import is what takes the time

    def telling_words(self, question: str, passage: str, *, context: str) -> tuple[Range, ...]:
        """Return the ranges of the words that speak most for the passage, in their order."""
        key = (question, passage, context)
        with self._lock:
            if key not in self._kept:
                shares = self.shares(question, passage, context=context)
                self._kept[key] = tuple(sorted(_most(shares)))
                while len(self._kept) > self._most_kept:
                    self._kept.popitem(last=False)
            return self._kept[key]

    def shares(self, question: str, passage: str, *, context: str) -> dict[Range, float]:
        """Return what each content word of the passage adds to the logit of its relevance.

        Of a passage that is read in several windows the most relevant one counts.
        """
        pair = Pair(question=question, passage=passage, context=context)
        found = self._reader.most_relevant_window(pair)
        if found is None:
            return {}
        window, encoding = found
        model, calibration = self._reader.network()
        tokens = _attribute(model, window, calibration)
        return _by_word(passage, window, encoding.offsets, tokens)


def _most(shares: dict[Range, float]) -> list[Range]:
    ranked = sorted(shares, key=lambda span: (-shares[span], span))[:MOST_WORDS]
    least = LEAST_SHARE * shares[ranked[0]] if ranked else 0.0
    return [span for span in ranked if shares[span] > 0 and shares[span] >= least]


def _attribute(model: ReaderModel, window: Window, calibration: Calibration) -> NDArray[np.float64]:
    """Return each input token's share of the logit, (tokens,)."""
    import torch
    from captum.attr import IntegratedGradients

    ids = torch.tensor([window.ids], device=model.device)
    passage = torch.tensor([window.places], device=model.device) >= 0
    types = torch.tensor([window.types], device=model.device)
    words = model.trunk.words
    with torch.no_grad():
        inputs = words(ids)
        start = words(torch.where(passage, MASK, ids))

    def logit(embeddings: Tensor) -> Tensor:
        many = embeddings.shape[0]
        every = types.expand(many, -1), passage.expand(many, -1)
        return relevance_logit(model, embeddings, *every, calibration)

    with computing(SMALL):
        shares = IntegratedGradients(logit).attribute(
            inputs, baselines=start, n_steps=STEPS, internal_batch_size=STEPS
        )
    summed: NDArray[np.float64] = shares.sum(-1)[0].double().cpu().numpy()
    return summed


def relevance_logit(
    model: ReaderModel, embeddings: Tensor, types: Tensor, passage: Tensor, by: Calibration
) -> Tensor:
    """Return the logit of `Calibration.relevance`, (batch,), so that gradients flow."""
    spans, answer = model.read_embeddings(embeddings, types, passage)
    lead = spans[:, 1:, 1:].flatten(1).logsumexp(1) - spans[:, 0, 0]
    return by.answer * answer + by.lead * lead + by.bias


def _by_word(
    passage: str, window: Window, offsets: list[Range], tokens: NDArray[np.float64]
) -> dict[Range, float]:
    """Sum the shares of a word's tokens; stop words are left out."""
    starts = {
        at: float(tokens[position])
        for position, place in enumerate(window.places)
        if place >= 0
        for at in [offsets[place][0]]
    }
    return {
        (start, end): sum(share for at, share in starts.items() if start <= at < end)
        for start, end in word_spans(passage)
        if fold(passage[start:end]) not in STOP_WORDS and any(start <= a < end for a in starts)
    }
