"""The reader: question and passage read together, once, for relevance, answer spans, abstention.

The network and its trunk load when first needed, or when `warm` is called from a background
thread. Scores are probabilities, calibrated on rows that were kept from training.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from rag.glossary.gloss import Gloss, as_english, gloss
from rag.models.base.inputs import computed
from rag.models.base.loading import LazyModel, load_tokenizer
from rag.models.base.weights import MINILM
from rag.models.reader.windows import (
    Calibration,
    Window,
    WindowReading,
    header_length,
    make_window,
    place_ranges,
    read_window,
    room,
)
from rag.protocols import Reading, Span

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

    from rag.models.reader.model import ReaderModel

WEIGHTS: Final = Path(__file__).parent / "reader_weights"
ADAPTER: Final = WEIGHTS / "reader.safetensors"
CLOZE_ADAPTER: Final = WEIGHTS / "cloze.safetensors"
"""Reads sentences with a gap in place of questions (`training.reader.cloze`)."""

WINDOW_TOKENS: Final = 288
"""The widest window of the training."""
CANDIDATES: Final = 8
"""Spans of a passage that share its relevance among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is read: `context` (file name, title, headings) helps, but is never answered from."""

    question: str
    passage: str
    context: str = ""


class Reader(LazyModel["tuple[Tokenizer, ReaderModel, Calibration]"]):
    """Reads pairs in batches. Thread-safe. Raises ModelError where weights are missing."""

    def __init__(self, *, adapter: Path = ADAPTER) -> None:
        super().__init__()
        self._adapter = adapter

    @property
    def threshold(self) -> float:
        """The relevance under which it is better to say that a passage holds no answer."""
        return self._model()[2].threshold

    def read(
        self,
        question: str,
        passages: Sequence[str],
        *,
        contexts: Sequence[str] = (),
        count: int = 3,
    ) -> list[Reading]:
        """Read each passage with the question and its `contexts`; at most `count` spans."""
        lines = contexts or [""] * len(passages)
        pairs = [
            Pair(question=question, passage=passage, context=line)
            for passage, line in zip(passages, lines, strict=True)
        ]
        return self.read_pairs(pairs, count=count)

    def read_pairs(self, pairs: Sequence[Pair], *, count: int = 3) -> list[Reading]:
        """Read pairs of any questions; what is in another language by its gloss in English."""
        calibration = self._model()[2]
        glosses = [gloss(pair.passage) for pair in pairs]
        encodings, windows = self.read_windows(list(map(_in_english, pairs, glosses)))
        return [
            _of_passage(_merge(found, encoding, calibration, count=count), own)
            for found, encoding, own in zip(windows, encodings, glosses, strict=True)
        ]

    def read_windows(
        self, pairs: Sequence[Pair]
    ) -> tuple[list[Encoding], list[list[WindowReading]]]:
        """Return each passage's tokens and what its windows say, not yet calibrated."""
        tokenizer = self._model()[0]
        passages = [tokenizer.encode(pair.passage, add_special_tokens=False) for pair in pairs]
        # Each text, such as a question of all pairs, is made tokens once.
        ids_of = functools.cache(lambda text: tokenizer.encode(text, add_special_tokens=False).ids)
        windows = [
            _windows(pair, passage, ids_of) for pair, passage in zip(pairs, passages, strict=True)
        ]
        flat = list(chain.from_iterable(windows))
        readings = iter(computed(flat, self._forward, length=lambda window: len(window.ids)))
        return passages, [list(islice(readings, len(own))) for own in windows]

    def _forward(self, windows: Sequence[Window]) -> list[WindowReading]:
        found = self._model()[1].read(windows)
        return [
            read_window(spans, answer, window.places, count=CANDIDATES)
            for window, (spans, answer) in zip(windows, found, strict=True)
        ]

    def _load(self) -> tuple[Tokenizer, ReaderModel, Calibration]:
        from rag.models.reader.model import load_reader

        folder = MINILM.locate()
        model, fitted = load_reader(folder, self._adapter, trunk_sha256=MINILM.sha256)
        return load_tokenizer(folder / "tokenizer.json"), model, Calibration(**fitted)


def _in_english(pair: Pair, passage: Gloss | None) -> Pair:
    if passage is None:
        return pair
    return replace(pair, passage=passage.text, context=as_english(pair.context))


def _of_passage(reading: Reading, passage: Gloss | None) -> Reading:
    """Return what was read of a passage's gloss as of the passage; one word there is told once."""
    if passage is None:
        return reading
    apart: list[Span] = []
    for span in reading.spans:
        start, end = passage.range(span.start, span.end)
        if all(end <= other.start or other.end <= start for other in apart):
            apart.append(replace(span, start=start, end=end))
    return replace(reading, spans=tuple(apart))


def _windows(pair: Pair, passage: Encoding, ids_of: Callable[[str], Sequence[int]]) -> list[Window]:
    question, context = ids_of(pair.question), ids_of(pair.context)
    size = room(question, context, max_tokens=WINDOW_TOKENS)
    header = header_length(pair.passage, passage)
    ranges = place_ranges(len(passage.ids), header, size=size, overlap=size // 3)
    return [make_window(question, context, passage.ids, places) for places in ranges]


def _merge(
    windows: Sequence[WindowReading], passage: Encoding, calibration: Calibration, *, count: int
) -> Reading:
    """Join a passage's windows: it is as relevant as its best window."""
    relevance = max(calibration.relevance(window) for window in windows)
    ranked = sorted(
        {(logit, first, last) for window in windows for first, last, logit in window.spans},
        key=lambda span: (-span[0], span[1]),
    )
    apart: list[tuple[float, int, int]] = []
    for logit, first, last in ranked:
        if all(last < a or b < first for _, a, b in apart):
            apart.append((logit, first, last))
    scaled = np.array([logit for logit, _, _ in apart]) / calibration.temperature
    powers = np.exp(scaled - scaled.max(initial=-np.inf))
    weights = (powers / powers.sum()).tolist()
    spans = [
        Span(start=passage.offsets[first][0], end=passage.offsets[last][1], score=relevance * w)
        for (_, first, last), w in zip(apart[:count], weights, strict=False)
    ]
    return Reading(relevance=relevance, spans=tuple(spans))
