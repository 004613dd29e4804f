"""Where the built-in models compute: on a GPU that torch can use, else on the processor.

Imports torch only to decide. Lettering has its own word for it (`ingest.ocr.gpu`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torch import nn

logger = logging.getLogger(__name__)

AUTO: Final = "auto"
CPU: Final = "cpu"
CUDA: Final = "cuda"


def placed(model: nn.Module, wanted: str) -> str:
    """Move a model to the device that is wanted, and return torch's name of it.

    Where that can't be (no driver, no room) it stays on the processor, and a warning tells why.
    """
    device = _found() if wanted == AUTO else wanted
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:  # torch's words: with CUDA, and built without
        logger.warning("the processor computes, for the GPU can't be used: %s", error)
        device = CPU
        model.to(device)
    return device


def _found() -> str:
    import torch

    return CUDA if torch.cuda.is_available() else CPU
