"""Memory given back once a model is not needed any more."""

from __future__ import annotations

import gc
import sys


def give_back() -> None:
    """Return what nothing refers to any more, on the GPU too. Imports nothing."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
