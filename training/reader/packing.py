"""The reader's weights as they are shipped: what differs from the trunk, in 4 bits.

`rag.models.reader.adapter` says in which form, and reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor

from rag.models.reader.adapter import GROUP, LEVELS, Packed

SHRINKS: Final = (1.0, 0.9, 0.8, 0.7, 0.6)
"""Clipping a group's extremes often lowers its squared error: the best of these is taken."""
MIN_QUANTISED: Final = 100_000
"""Matrices smaller than this are kept in 16 bits."""


def pack(delta: Tensor) -> Packed:
    """Quantise a tensor whose size is a multiple of GROUP."""
    groups = delta.float().reshape(-1, GROUP)
    widest = groups.abs().amax(dim=1, keepdim=True)  # (n / GROUP, 1)
    trials = [(widest * shrink / LEVELS).half().float() for shrink in SHRINKS]
    errors = torch.stack([_error(groups, scale) for scale in trials])  # (shrinks, n / GROUP)
    best = errors.argmin(dim=0)
    scale = torch.stack(trials)[best, torch.arange(len(groups))]
    codes = (_codes(groups, scale) + LEVELS).to(torch.uint8).reshape(-1, 2)
    return codes[:, 0] | (codes[:, 1] << 4), scale.squeeze(1).half()


def _codes(groups: Tensor, scale: Tensor) -> Tensor:
    return (groups / scale.clamp_min(1e-12)).round().clamp(-LEVELS, LEVELS)


def _error(groups: Tensor, scale: Tensor) -> Tensor:
    return (_codes(groups, scale) * scale - groups).square().sum(dim=1)


def save_adapter(
    path: Path,
    tuned: dict[str, Tensor],
    origin: dict[str, Tensor],
    *,
    trunk_sha256: str,
    calibration: dict[str, float],
) -> None:
    """Write what differs between the tuned reader and a fresh one (same names)."""
    tensors: dict[str, Tensor] = {}
    for name, value in tuned.items():
        if torch.equal(value, origin[name]):
            continue
        if value.numel() < MIN_QUANTISED:
            tensors[name] = value.half().contiguous()
        else:
            codes, scales = pack(value - origin[name])
            tensors |= {f"{name}.codes": codes, f"{name}.scales": scales}
    metadata = {"trunk_sha256": trunk_sha256, "calibration": json.dumps(calibration)}
    save_file(tensors, path, metadata=metadata)
