"""In which numbers the built-in models compute: decided here alone, by what the CPU is fast at.

Imports torch only to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def fastest_dtype(device: str = "cpu") -> torch.dtype:
    """Return bfloat16 where the CPU has a unit for its matrices (Intel's AMX), float32 elsewhere.

    On a GPU bfloat16 where that computes it. With the CPU's unit it is about three times as fast.
    With AVX-512's own instruction for it it takes twice as long as float32, and without one longer
    still (measured; benchmarks/LOG.md).
    """
    import torch

    if device != "cpu":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    has_unit = torch.cpu.get_capabilities().get("amx_bf16", False)
    return torch.bfloat16 if has_unit else torch.float32
