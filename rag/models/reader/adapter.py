"""The shipped part of the reader: its difference from the trunk, in 4 bits, and its heads.

A matrix of the fine-tuned trunk is the wheel's matrix plus a delta. Deltas are small and even, so
each group of 64 neighbours keeps one scale and 16 levels (in the way of BitDelta, Liu et al.
2024, and of round-to-nearest quantisation); vectors and heads are kept in 16 bits.
Imports torch when imported.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from rag.errors import ModelError
from rag.models.reader.model import ReaderModel

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
    _apply(dict(model.named_parameters()), found)
    calibration: dict[str, float] = json.loads(metadata["calibration"])
    return calibration


@torch.no_grad()
def _apply(parameters: dict[str, torch.nn.Parameter], found: dict[str, Tensor]) -> None:
    for name, parameter in parameters.items():
        if name in found:
            parameter.copy_(found[name])
        elif f"{name}.codes" in found:
            packed = (found[f"{name}.codes"], found[f"{name}.scales"])
            parameter.add_(unpack(packed, parameter.shape))
