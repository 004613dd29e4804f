"""Batches of groups: each question's windows together, and what a loss over them is.

Passages that are read one by one have scores that need not compare. Over a group the spans of all
its windows share one sum (the shared norm of Clark and Gardner, Simple and Effective
Multi-Paragraph Reading Comprehension, ACL 2018), and so do the answer logits.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from training.reader.augment import as_typed, dressed
from training.reader.data import UNMARKED, WindowExample, make_example, mixed
from training.reader.groups import RowGroup
from training.reader.model import joint_loss, tensors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

ExampleGroup = tuple[WindowExample, ...]
"""Windows of one question; the first is answered."""

LEAST_WINDOWS: Final = 2


def group_examples(
    groups: Mapping[str, Sequence[RowGroup]],
    tokenizer: Tokenizer,
    rng: random.Random,
    *,
    widths: Sequence[int],
) -> Iterator[ExampleGroup]:
    """Yield labelled groups for ever, the sets in the proportions of the mix."""
    for group in mixed(groups, rng):
        width = rng.choice(widths)
        question = as_typed(group[0].question, rng)
        rows = [dressed(replace(row, question=question), rng) for row in group]
        made = [make_example(row, tokenizer, rng, max_tokens=width) for row in rows]
        if made[0] is not None:
            found = tuple(example for example in made if example is not None)
            if len(found) >= LEAST_WINDOWS:
                yield found


def group_batches(
    groups: Iterator[ExampleGroup], rng: random.Random, *, pool: int, tokens: int, rows: int
) -> Iterator[list[ExampleGroup]]:
    """Put groups of like length together for ever: at most `rows` windows and `tokens`, padded.

    Each pool's batches come in random order.
    """
    while True:
        ready = sorted((next(groups) for _ in range(pool)), key=_width)
        found: list[list[ExampleGroup]] = [[]]
        for group in ready:
            held = sum(map(len, found[-1])) + len(group)
            if found[-1] and (held > rows or held * _width(group) > tokens):
                found.append([])
            found[-1].append(group)
        rng.shuffle(found)
        yield from found


def _width(group: ExampleGroup) -> int:
    return max(len(example.window.ids) for example in group)


def group_loss(model: nn.Module, batch: Sequence[ExampleGroup]) -> Tensor:
    """Return the mean of what each window loses alone and what its group does."""
    examples = [example for group in batch for example in group]
    spans, answer = model(*tensors([example.window for example in examples]))
    alone = joint_loss(spans, answer, examples)
    sizes = [len(group) for group in batch]
    odds = torch.split(span_odds(spans), sizes)
    parts = zip(odds, torch.split(answer, sizes), batch, strict=True)
    together = [_shared(*part) for part in parts if len(part[-1]) > 1]
    return (alone + torch.stack(together).mean()) / 2 if together else alone


def span_odds(spans: Tensor) -> Tensor:
    """Return each span's log-odds to its window's null, (windows, tokens, tokens)."""
    odds = spans - spans[:, :1, :1]
    kept = torch.ones_like(odds, dtype=torch.bool)
    kept[:, 0, 0] = False
    return odds.masked_fill(~kept, -torch.inf)


def _shared(odds: Tensor, answer: Tensor, group: ExampleGroup) -> Tensor:
    """Return how unlikely the first window's span, and the first window, are among a group's."""
    first = group[0]
    right = odds[0] if first.start == UNMARKED else odds[0, first.start, first.end]
    span = odds.flatten().logsumexp(0) - right.flatten().logsumexp(0)
    return (span + answer.logsumexp(0) - answer[0]) / 2
