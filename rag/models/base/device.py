"""Where the built-in models compute, on a GPU that torch can use or else the processor, and how.

Imports torch only to decide. Lettering has its own word for it (`ingest.ocr.ocr`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch
    from torch import nn

logger = logging.getLogger(__name__)

AUTO: Final = "auto"
CPU: Final = "cpu"
CUDA: Final = "cuda"


def placed(model: nn.Module, wanted: str) -> str:
    """Move a model to the device that is wanted, and return torch's name of it.

    Where that can't be (no driver, no room) it stays on the processor, and a warning tells why.
    """
    import torch

    device = wanted
    if wanted == AUTO:
        device = CUDA if torch.cuda.is_available() else CPU
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:  # torch's words: with CUDA, and built without
        logger.warning("the processor computes, for the GPU can't be used: %s", error)
        device = CPU
        model.to(device)
    return device


def fastest_dtype(device: str = CPU) -> torch.dtype:
    """Return bfloat16 where the CPU has a unit for its matrices (Intel's AMX), float32 elsewhere.

    On a GPU bfloat16 where that computes it. With the CPU's unit it is about three times as fast.
    With AVX-512's own instruction for it it takes twice as long as float32, and without one longer
    still (measured; benchmarks/LOG.md).
    """
    import torch

    if device != CPU:
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    has_unit = torch.cpu.get_capabilities().get("amx_bf16", False)
    return torch.bfloat16 if has_unit else torch.float32
