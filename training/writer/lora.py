"""Matrices of low rank beside a model's own (LoRA: Hu et al., 2021), on each linear layer."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

SCALE: Final = 2.0
"""Alpha over rank."""

FILE: Final = "writer.safetensors"
CARD: Final = "writer.json"
"""What was taught beside, for the product to check."""


class LowRank(nn.Module):
    """A linear layer and what is learned beside it: W x + SCALE * B A x; B starts at zero."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        device = layer.weight.device
        self.a = nn.Parameter(torch.empty(rank, layer.in_features, device=device))
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank, device=device))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        low = functional.linear(x, self.a.to(x.dtype))  # (..., rank)
        own: Tensor = self.layer(x)
        return own + SCALE * functional.linear(low, self.b.to(x.dtype))


def adapt(model: Any, *, rank: int) -> dict[str, nn.Parameter]:  # noqa: ANN401 - transformers'
    """Put low-rank matrices beside each linear layer of the blocks; returns them by name."""
    model.requires_grad_(requires_grad=False)
    for block in model.model.layers:
        for parent in (block.self_attn, block.mlp):
            for name, layer in list(parent.named_children()):
                if isinstance(layer, nn.Linear):
                    setattr(parent, name, LowRank(layer, rank))
    return {name: one for name, one in model.named_parameters() if one.requires_grad}


def save(learned: dict[str, nn.Parameter], folder: Path, *, base: Path, steps: int) -> None:
    """Write what was learned as the product reads it: half precision, alpha and rank, the card."""
    weights = {name: one.detach().half().contiguous().cpu() for name, one in learned.items()}
    rank = min(next(iter(weights.values())).shape)
    about = {"rank": str(rank), "alpha": str(SCALE * rank), "steps": str(steps)}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / FILE, metadata=about)
    shutil.copy(base / CARD, folder)


def load(model: Any, folder: Path) -> None:  # noqa: ANN401 - as above
    """Adapt a model, with the weights that were saved."""
    with safe_open(folder / FILE, "pt") as file, torch.no_grad():
        for name, one in adapt(model, rank=int(file.metadata()["rank"])).items():
            one.copy_(file.get_tensor(name))
