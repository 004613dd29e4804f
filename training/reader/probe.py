"""Scores of a reader in training on fixed dev windows and groups: quick, and only to compare."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import torch
from torch import nn

from rag.neural.base.weights import MINILM
from rag.neural.reader.inputs import load_tokenizer
from rag.neural.reader.model import UNREACHABLE
from training.reader.data import WindowExample, make_example
from training.reader.group_batches import ExampleGroup, span_odds
from training.reader.groups import RowGroup
from training.reader.metrics import auroc
from training.reader.model import tensors
from training.reader.rows import ReaderRow

WINDOW_TOKENS: Final = 256
ROWS: Final = 300
GROUPS: Final = 300
BATCH: Final = 16


class Probe:
    """Windows of dev rows, sets in their own proportions, and groups of dev questions."""

    def __init__(self, rows: Sequence[ReaderRow], groups: Sequence[RowGroup], *, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._tokenizer = load_tokenizer(MINILM.locate() / "tokenizer.json")
        drawn = self._examples(self._rng.sample(rows, min(ROWS, len(rows))))
        self._windows = sorted(drawn, key=lambda example: len(example.window.ids))
        asked = self._rng.sample(groups, min(GROUPS, len(groups)))
        self._groups = [own for own in map(self._group, asked) if len(own) > 1]

    def _examples(self, rows: Sequence[ReaderRow]) -> list[WindowExample]:
        made = (
            make_example(row, self._tokenizer, self._rng, max_tokens=WINDOW_TOKENS) for row in rows
        )
        return [example for example in made if example is not None]

    def _group(self, rows: RowGroup) -> ExampleGroup:
        """Return its windows; none where no window holds the answer."""
        made = tuple(self._examples(rows))
        return made if made and made[0].answerable else ()

    @torch.inference_mode()
    def scores(self, model: nn.Module) -> dict[str, float]:
        """Score exact spans of answerable windows, and the AUROC of answerability.

        Of groups, how often the window that answers is likeliest, and its span is so of all.
        """
        with torch.autocast("cpu", dtype=torch.bfloat16):
            alone = self._alone(model)
            return {**alone, **self._together(model)} if self._groups else alone

    def _alone(self, model: nn.Module) -> dict[str, float]:
        exact, logits, labels = 0, [], []
        for n in range(0, len(self._windows), BATCH):
            batch = self._windows[n : n + BATCH]
            spans, answer = model(*tensors([example.window for example in batch]))
            spans[:, 0, 0] = UNREACHABLE  # the null
            places = spans.flatten(1).argmax(1).tolist()
            for example, place, logit in zip(batch, places, answer.tolist(), strict=True):
                labels.append(example.answerable)
                logits.append(logit)
                wanted = (example.start, example.end)
                exact += example.answerable and divmod(place, spans.shape[-1]) == wanted
        return {"exact": exact / max(1, sum(labels)), "auroc": auroc(logits, labels)}

    def _together(self, model: nn.Module) -> dict[str, float]:
        first, likeliest = 0, []
        for group in self._groups:
            spans, answer = model(*tensors([example.window for example in group]))
            odds = span_odds(spans)
            first += int((odds.flatten(1).logsumexp(1) + answer).argmax()) == 0
            if group[0].start > 0:
                place = group[0].start * odds.shape[-1] + group[0].end
                likeliest.append(int(odds.flatten().argmax()) == place)
        return {
            "group_first": first / len(self._groups),
            "group_exact": sum(likeliest) / max(1, len(likeliest)),
        }
