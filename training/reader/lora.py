"""Low-rank adaptation (LoRA; Hu et al., ICLR 2022), to compare with training every weight.

The product of two thin matrices is added to each large matrix; the matrix itself stays frozen.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from rag.models.reader.model import ReaderModel

ALPHA: Final = 32.0
"""The product is scaled by ALPHA / rank, so that one rate suits every rank."""


class LowRank(nn.Module):
    """Adds `up` (rows, rank) @ `down` (rank, columns); zero at the start."""

    def __init__(self, rows: int, columns: int, *, rank: int) -> None:
        super().__init__()
        self.scale = ALPHA / rank
        self.down = nn.Parameter(torch.empty(rank, columns).uniform_(-1, 1) / columns**0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.scale * (self.up @ self.down)


def add_lora(model: ReaderModel, *, rank: int) -> None:
    """Freeze the trunk and put a low-rank addition on each of its linear layers."""
    for parameter in model.trunk.parameters():
        parameter.requires_grad = False
    for layer in [m for m in model.trunk.modules() if isinstance(m, nn.Linear)]:
        rows, columns = layer.weight.shape
        parametrize.register_parametrization(layer, "weight", LowRank(rows, columns, rank=rank))
