"""The reader's network: a BERT trunk with a head for spans and one for answerability.

Knows tensors; knows nothing of text, windows or calibration. Imports torch when imported, so
only code that is itself loaded lazily imports it.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from rag.models.base.bert import Bert

UNREACHABLE = -1e4
"""A logit that softmax sends to zero; finite in every float type."""


JOINT_WIDTH = 64
"""Numbers of a token by which starts and ends are matched."""


class ReaderModel(nn.Module):
    """Reads pairs once. The span (0, 0), the [CLS] alone, stands for "no answer here".

    A span's logit is that of its start, that of its end, and how the two match: starts and ends
    that are likely one by one need not belong together (the joint objective of Fajcik et al.,
    Rethinking the Objectives of Extractive Question Answering, MRQA 2021).
    """

    def __init__(self, trunk: Bert) -> None:
        super().__init__()
        width = trunk.width
        self.trunk = trunk
        self.span = nn.Linear(width, 2)
        self.start = nn.Linear(width, JOINT_WIDTH, bias=False)
        self.end = nn.Linear(width, JOINT_WIDTH, bias=False)
        self.answer = nn.Linear(width, 1)
        nn.init.zeros_(self.end.weight)  # at first a start and an end are independent

    @property
    def device(self) -> torch.device:
        """Where it lies, and its input must."""
        return self.answer.weight.device

    def read(
        self, ids: Tensor, types: Tensor, passage: Tensor, lengths: list[int]
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Score windows that lie one behind another, each (tokens,), with so many tokens each.

        Yields for each window what `heads` gives: logits (tokens, tokens), and one of shape ().
        """
        states = self.trunk(self.trunk.words(ids), types, lengths)
        parts = zip(torch.split(states, lengths), torch.split(passage, lengths), strict=True)
        for own, inside in parts:
            spans, answer = self.heads(own[None], inside[None])
            yield spans[0], answer[0]

    def heads(self, states: Tensor, passage: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of states (batch, tokens, width); `passage` marks what may be an answer.

        Of spans (batch, tokens, tokens), by first and last token, UNREACHABLE outside passage and
        (0, 0) and where the last comes first; of answerability (batch,). In float32.
        """
        # The heads stay in float32: in bfloat16 near scores would tie.
        states = states.to(self.span.weight.dtype)
        first, last = self.span(states).split(1, dim=-1)  # (batch, tokens, 1) each
        match = self.start(states) @ self.end(states).mT / JOINT_WIDTH**0.5
        spans = (first + last.mT + match).float()  # (batch, tokens, tokens)
        spans = spans.masked_fill(~_reachable(passage), UNREACHABLE)
        return spans, self.answer(states[:, 0]).float().squeeze(-1)


def _reachable(passage: Tensor) -> Tensor:
    """Return which spans there are, (batch, tokens, tokens): inside the passage, and (0, 0)."""
    spans = (passage.unsqueeze(-1) & passage.unsqueeze(-2)).triu()
    spans[:, 0, 0] = True
    return spans
