"""The reader: question and passage read together, once, for relevance, answer spans, abstention.

A pair is written `[CLS] question [SEP] context, passage [SEP]`. A passage that is too long is read
in overlapping windows; a table's header is repeated in each, since rows mean nothing without it.
Scores are probabilities, calibrated on rows that were kept from training. The network and its trunk
load when first needed, or when `warm` is called from a background thread.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import CELL_SEPARATOR
from rag.glossary.gloss import Gloss, as_english, gloss
from rag.models.base.computing import LazyModel, computed, load_tokenizer
from rag.models.base.weights import MINILM
from rag.protocols import Reading, Span

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

    from rag.models.reader.model import ReaderModel

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

LOOKED_AT: Final = 24
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
    near = np.argpartition(-flat, min(LOOKED_AT, flat.size - 1))[:LOOKED_AT]
    # Stable, by score and then by place: equal scores give the first in the text.
    near = near[np.lexsort((near, -flat[near]))]
    chosen: list[tuple[int, int, float]] = []
    for index in near:
        first, last = (int(tokens[n]) for n in divmod(int(index), len(tokens)))
        apart = all(last < a or b < first for a, b, _ in chosen)
        if apart and np.isfinite(flat[index]) and len(chosen) < count:
            chosen.append((first, last, float(flat[index])))
    return chosen


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
