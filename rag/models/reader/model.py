"""The reader's network, a BERT trunk with heads for spans and answerability, and what is shipped.

A matrix of the fine-tuned trunk is the wheel's matrix plus a delta. Deltas are small and even, so
each group of 64 neighbours keeps one scale and 16 levels (in the way of BitDelta, Liu et al.
2024, and of round-to-nearest quantisation); vectors and heads are kept in 16 bits.
Knows tensors; knows nothing of text, windows or calibration. Imports torch when imported, so
only code that is itself loaded lazily imports it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from rag.errors import ModelError
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


GROUP: Final = 64
LEVELS: Final = 7
"""Steps to either side of zero: 15 of 16 codes, so that zero is exact."""

Packed = tuple[Tensor, Tensor]
"""Codes, two in a byte, and scales: (n / 2,) uint8 and (n / GROUP,) float16."""


def unpack(packed: Packed, shape: torch.Size) -> Tensor:
    """Return the float32 tensor that `pack` stands for."""
    codes, scales = packed
    steps = torch.stack((codes & 15, codes >> 4), dim=1).reshape(-1, GROUP).float() - LEVELS
    return (steps * scales.float().unsqueeze(1)).reshape(shape)


def apply_adapter(model: ReaderModel, path: Path, *, trunk_sha256: str) -> dict[str, float]:
    """Turn a fresh reader into the shipped one; returns its calibration.

    Raises ModelError if the file can't be read or was made for another trunk.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The reader's weights {path} can't be read: {error}.") from error
    if metadata["trunk_sha256"] != trunk_sha256:
        raise ModelError(f"The reader's weights {path} were made for another trunk.")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in found:
                parameter.copy_(found[name])
            elif f"{name}.codes" in found:
                packed = (found[f"{name}.codes"], found[f"{name}.scales"])
                parameter.add_(unpack(packed, parameter.shape))
    calibration: dict[str, float] = json.loads(metadata["calibration"])
    return calibration
